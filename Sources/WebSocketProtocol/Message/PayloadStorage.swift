/// The memory that payloads lie in once they are out of the read buffer.
///
/// A slice of a read buffer would pin all of it; one copy per payload into memory that a whole batch shares costs a
/// few nanoseconds and lets the read buffer be used again.
// Sendable: bytes are only appended by the one MessageReader that made the storage, before the batch that holds it is
// handed over; from then on they are read only.
@safe
package final class PayloadStorage: @unchecked Sendable {
    private var base: UnsafeMutableRawPointer
    package private(set) var capacity: Int
    package private(set) var count = 0

    /// Creates empty storage.
    ///
    /// - Parameter capacity: The bytes to make room for: as many as were received, never as many as were announced.
    package init(capacity: Int) {
        self.capacity = max(capacity, 16)
        unsafe self.base = .allocate(byteCount: self.capacity, alignment: 16)
    }

    deinit { unsafe self.base.deallocate() }

    /// The bytes appended so far.
    package var bytes: UnsafeRawBufferPointer { unsafe UnsafeRawBufferPointer(start: self.base, count: self.count) }

    /// Copies `part` to the end, unmasked.
    ///
    /// - Parameters:
    ///   - part: The bytes as received.
    ///   - key: The key they are masked with, or nil.
    ///   - keyOffset: Where `part` begins in the masked payload.
    /// - Returns: The copied bytes, unmasked; valid until the next append.
    @discardableResult
    package func append(
        _ part: UnsafeRawBufferPointer,
        key: MaskingKey?,
        keyOffset: Int = 0
    ) -> UnsafeRawBufferPointer {
        self.reserve(part.count)
        let target = unsafe UnsafeMutableRawBufferPointer(start: self.base + self.count, count: part.count)
        unsafe target.copyMemory(from: part)
        if let key { unsafe key.apply(to: target, offset: keyOffset) }
        self.count &+= part.count
        return UnsafeRawBufferPointer(target)
    }

    /// Makes room for `additional` bytes, at least doubling when it grows.
    package func reserve(_ additional: Int) {
        guard self.capacity &- self.count < additional else { return }
        self.reallocate(max(self.count + additional, self.capacity * 2))
    }

    /// Gives back what a read reserved and did not fill.
    package func trim() {
        guard self.count < self.capacity / 2 else { return }
        self.reallocate(max(self.count, 16))
    }

    private func reallocate(_ capacity: Int) {
        let larger = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 16)
        unsafe larger.copyMemory(from: self.base, byteCount: self.count)
        unsafe self.base.deallocate()
        unsafe self.base = larger
        self.capacity = capacity
    }
}
