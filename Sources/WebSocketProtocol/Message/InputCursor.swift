/// A position in the bytes of one read.
@safe
struct InputCursor: ~Copyable {
    private let bytes: UnsafeRawBufferPointer
    private var position = 0

    init(_ bytes: UnsafeRawBufferPointer) { unsafe self.bytes = bytes }

    /// The number of remaining bytes.
    var count: Int { unsafe self.bytes.count &- self.position }
    var isEmpty: Bool { self.count == 0 }
    var rest: UnsafeRawBufferPointer { unsafe UnsafeRawBufferPointer(rebasing: self.bytes[self.position...]) }

    mutating func skip(_ count: Int) { self.position &+= count }

    mutating func take(atMost count: Int) -> UnsafeRawBufferPointer {
        let end = self.position &+ min(count, self.count)
        let part = unsafe UnsafeRawBufferPointer(rebasing: self.bytes[self.position..<end])
        self.position = end
        return unsafe part
    }

    mutating func takeRest() -> UnsafeRawBufferPointer { unsafe self.take(atMost: self.count) }
}
