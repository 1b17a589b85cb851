/// The payload of a message; it stays valid as long as you keep the value.
///
/// Messages that arrived together share memory. If you keep one small message for a long time, copy it
/// (`Array(bytes)`). Otherwise it keeps the memory of all messages of that read.
public struct MessageBytes: Sendable, RandomAccessCollection {
    @usableFromInline package let storage: PayloadStorage
    @usableFromInline package let offset: Int
    /// The number of bytes.
    public let count: Int

    @inlinable
    package init(storage: PayloadStorage, offset: Int, count: Int) {
        self.storage = storage
        self.offset = offset
        self.count = count
    }

    /// Copies `bytes` to new memory.
    ///
    /// - Parameter bytes: The bytes to copy.
    public init(_ bytes: some Sequence<UInt8>) {
        let bytes = Array(bytes)
        self.storage = PayloadStorage(capacity: bytes.count)
        self.offset = 0
        self.count = bytes.count
        unsafe bytes.withUnsafeBytes { part in _ = unsafe self.storage.append(part, key: nil) }
    }

    /// 0.
    public var startIndex: Int { 0 }
    /// The number of bytes.
    public var endIndex: Int { self.count }

    /// The byte at `position`.
    ///
    /// - Parameter position: 0 up to, not including, ``count``; any other position traps, as with an array.
    public subscript(position: Int) -> UInt8 {
        precondition(position >= 0 && position < self.count, "index out of range")
        return unsafe self.storage.bytes[self.offset + position]
    }

    /// Calls `body` with the bytes in place.
    ///
    /// - Parameter body: Uses the bytes; the pointer must not escape.
    /// - Returns: The value of `body`.
    /// - Throws: The error of `body`.
    @inlinable
    public func withUnsafeBytes<Value, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        unsafe try body(self.storage.payload(at: self.offset, count: self.count))
    }

    /// Lets `Array(bytes)` and similar code copy all bytes at once.
    ///
    /// - Parameter body: Uses the bytes; the pointer must not escape.
    /// - Returns: The value of `body`.
    /// - Throws: The error of `body`.
    public func withContiguousStorageIfAvailable<Value>(
        _ body: (UnsafeBufferPointer<UInt8>) throws -> Value
    ) rethrows -> Value? {
        unsafe try self.withUnsafeBytes { bytes in unsafe try bytes.withMemoryRebound(to: UInt8.self, body) }
    }
}

extension MessageBytes: Hashable {
    /// Whether both have the same bytes.
    public static func == (left: Self, right: Self) -> Bool {
        guard left.count == right.count else { return false }
        return unsafe left.withUnsafeBytes { left in
            unsafe right.withUnsafeBytes { right in unsafe left.elementsEqual(right) }
        }
    }

    /// Hashes the bytes.
    ///
    /// - Parameter hasher: Takes the bytes.
    public func hash(into hasher: inout Hasher) {
        unsafe self.withUnsafeBytes { bytes in unsafe hasher.combine(bytes: bytes) }
    }
}
