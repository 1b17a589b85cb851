import CommandIO

/// Collects rendered events, so that a flood of them does not cost a system call each.
struct OutputBuffer {
    /// What waits to be written.
    var bytes: [UInt8] = []
    private let sink: any OutputSink
    private let bound: Int

    /// - Parameters:
    ///   - sink: Where the bytes go.
    ///   - bound: How many bytes may wait. Default: 64 KiB, the size of a pipe.
    init(_ sink: any OutputSink, bound: Int = 64 * 1024) {
        self.sink = sink
        self.bound = bound
    }

    /// Whether it is time to write, also when more is about to come.
    var isFull: Bool { self.bytes.count >= self.bound }

    /// Writes what waits.
    mutating func flush() async throws(OutputError) {
        guard !self.bytes.isEmpty else { return }
        try await self.sink.write(self.bytes)
        self.bytes.removeAll(keepingCapacity: true)
    }
}
