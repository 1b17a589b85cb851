import CommandIO

/// Collects rendered events, so that many events need only one system call.
struct OutputBuffer {
    /// The bytes that wait to be written.
    var bytes: [UInt8] = []
    private let sink: any OutputSink
    private let bound: Int

    /// - Parameters:
    ///   - sink: The destination of the bytes.
    ///   - bound: The number of bytes that may wait. Default: 64 KiB, the size of a pipe.
    init(_ sink: any OutputSink, bound: Int = 64 * 1024) {
        self.sink = sink
        self.bound = bound
    }

    /// Whether it is time to write, even if more events come at once.
    var isFull: Bool { self.bytes.count >= self.bound }

    /// Writes the waiting bytes.
    mutating func flush() async throws(OutputError) {
        guard !self.bytes.isEmpty else { return }
        try await self.sink.write(self.bytes)
        self.bytes.removeAll(keepingCapacity: true)
    }
}
