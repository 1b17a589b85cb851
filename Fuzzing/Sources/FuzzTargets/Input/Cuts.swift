/// A way to cut a stream into at most 18 chunks, decided by one byte of the input.
struct Cuts {
    // Allocated once, because an allocation for each chunk would take most of the time. Safe, because a process runs
    // one target in one thread.
    nonisolated(unsafe) private static let memory = UnsafeMutableRawBufferPointer.allocate(
        byteCount: 1 << 16,
        alignment: 1
    )

    private var random: SplitMix64
    private let longest: Int
    private let beginsAnywhere: Bool

    /// Chooses the way: single bytes or chunks up to a size, from the start or from a random place.
    init(seed: UInt8) {
        self.random = SplitMix64(seed: UInt64(seed))
        self.longest = [1, 3, 20, 150][Int(seed & 3)]
        self.beginsAnywhere = seed & 4 != 0
    }

    /// Calls `body` with chunk after chunk, some of them empty.
    ///
    /// Each chunk ends at the end of its memory, so the address sanitizer sees a read past it.
    mutating func forEachChunk(of bytes: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) -> Void) {
        var start = 0
        if self.beginsAnywhere { start = Self.call(body, bytes, from: 0, count: self.below(bytes.count + 1)) }
        for _ in 0..<16 where start < bytes.count {
            let count = self.longest == 1 ? 1 : self.below(self.longest + 1)
            start = Self.call(body, bytes, from: start, count: min(count, bytes.count - start))
        }
        if start < bytes.count { _ = Self.call(body, bytes, from: start, count: bytes.count - start) }
    }

    private mutating func below(_ limit: Int) -> Int { Int(self.random.next() % UInt64(limit)) }

    private static func call(
        _ body: (UnsafeRawBufferPointer) -> Void,
        _ bytes: UnsafeRawBufferPointer,
        from start: Int,
        count: Int
    ) -> Int {
        let chunk = UnsafeMutableRawBufferPointer(rebasing: Self.memory.suffix(count))
        chunk.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[start..<start + count]))
        body(UnsafeRawBufferPointer(chunk))
        return start + count
    }
}
