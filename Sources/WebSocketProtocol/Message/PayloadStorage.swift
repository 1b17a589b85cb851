/// The memory for payloads after they are copied out of the read buffer.
///
/// A slice of a read buffer would keep the whole buffer. One copy per read, into memory that a whole batch shares,
/// costs a few nanoseconds, and the read buffer can be used again. Only a read that is full of messages is kept without
/// a copy.
// Sendable: bytes are only appended by the one MessageReader that made the storage, before the batch that holds it is
// handed over; from then on they are read only.
@safe
@usableFromInline
package final class PayloadStorage: @unchecked Sendable {
    /// The address and the number of the bytes.
    @safe
    @usableFromInline
    struct Header {
        @usableFromInline var block: UnsafeMutableRawBufferPointer
        @usableFromInline var filled = 0
        /// The owner of the block, which keeps it alive; nil if the block comes from ``PayloadMemory``.
        var lender: AnyObject?
    }

    // Without checks for exclusive access, which would cost more than the access: no code reads while another one
    // writes.
    @exclusivity(unchecked) @usableFromInline var header: Header

    /// Creates empty storage.
    ///
    /// - Parameters:
    ///   - capacity: The size in bytes: for bytes that have arrived, never for a length that was only announced.
    ///   - total: The final number of bytes, if it is known; see ``reserve(_:total:)``.
    package init(capacity: Int, total: Int = .max) {
        let kept = unsafe Self.keptBlock(for: capacity, of: total)
        unsafe self.header = Header(block: kept ?? PayloadMemory.shared.take(max(capacity, 16)))
    }

    /// Keeps the memory of a read, without a copy.
    ///
    /// - Parameters:
    ///   - bytes: All bytes of the read; no code may write to them while anything refers to the owner of `memory`.
    ///   - memory: The memory that contains them.
    init(keeping bytes: UnsafeRawBufferPointer, in memory: ReadMemory) {
        // Not nil: only a read that fills half of its buffer is kept.
        let start = unsafe UnsafeMutableRawPointer(mutating: bytes.baseAddress.unsafelyUnwrapped)
        let block = unsafe UnsafeMutableRawBufferPointer(start: start, count: bytes.count)
        unsafe self.header = Header(block: block, filled: bytes.count, lender: memory.owner)
    }

    deinit { if unsafe self.header.lender == nil { unsafe PayloadMemory.shared.give(self.header.block) } }

    // Not nil: no block is empty.
    private var base: UnsafeMutableRawPointer { unsafe self.header.block.baseAddress.unsafelyUnwrapped }
    private var room: Int { unsafe self.header.block.count }
    private var filled: Int {
        get { unsafe self.header.filled }
        set { unsafe self.header.filled = newValue }
    }

    /// The size of the memory in bytes.
    package var capacity: Int { self.room }
    /// The number of bytes appended so far.
    package var count: Int { self.filled }
    /// The bytes appended so far.
    package var bytes: UnsafeRawBufferPointer { unsafe UnsafeRawBufferPointer(start: self.base, count: self.filled) }

    /// The offset of a part of the read, if the read is kept in this storage; else nil.
    func offset(of part: UnsafeRawBufferPointer) -> Int? {
        guard unsafe self.header.lender != nil, let start = part.baseAddress else { return nil }
        let offset = unsafe start - UnsafeRawPointer(self.base)
        return offset >= 0 && offset &+ part.count <= self.filled ? offset : nil
    }

    /// One payload.
    @inlinable
    func payload(at offset: Int, count: Int) -> UnsafeRawBufferPointer {
        let filled = unsafe self.header.filled
        // Traps on a bug of this library, as an array does. Offsets come from appended bytes, never from the peer.
        precondition(offset >= 0 && count >= 0 && count <= filled &- offset, "outside of the storage")
        let base = unsafe self.header.block.baseAddress.unsafelyUnwrapped
        return unsafe UnsafeRawBufferPointer(start: base + offset, count: count)
    }

    /// Copies `part` to the end, unmasked.
    ///
    /// - Parameters:
    ///   - part: The bytes as received.
    ///   - key: The key that masks them, or nil.
    ///   - keyOffset: Where `part` begins in the masked payload.
    ///   - total: The final number of bytes, if it is known; the memory does not grow beyond it.
    /// - Returns: The copied bytes, unmasked; valid until the next append.
    @discardableResult
    package func append(
        _ part: UnsafeRawBufferPointer,
        key: MaskingKey?,
        keyOffset: Int = 0,
        total: Int = .max
    ) -> UnsafeRawBufferPointer {
        self.reserve(part.count, total: total)
        let target = unsafe UnsafeMutableRawBufferPointer(start: self.base + self.filled, count: part.count)
        unsafe target.copyMemory(from: part)
        if let key { unsafe key.apply(to: target, offset: keyOffset) }
        self.filled &+= part.count
        return UnsafeRawBufferPointer(target)
    }

    /// Makes space for `additional` bytes: it at least doubles the memory when it grows, but not beyond `total`.
    ///
    /// In the range of the pool it takes the block size of the pool, which is a power of two. Below this range,
    /// doubling stops where the range begins. So the memory is less than twice as large as needed. The exception is a
    /// free block of the pool for all of `total`: it is used as soon as an eighth of `total` is needed, because it is
    /// no new memory and saves later copies.
    package func reserve(_ additional: Int, total: Int = .max) {
        let needed = self.filled + additional
        guard self.room < needed else { return }
        if let kept = unsafe Self.keptBlock(for: needed, of: total) { return unsafe self.move(to: kept) }
        let limit = needed <= PayloadMemory.largestUnkept ? PayloadMemory.largestUnkept : .max
        let doubled = PayloadMemory.keepsBlocks(for: needed) ? 0 : min(self.room * 2, limit)
        self.reallocate(max(needed, min(doubled, total)))
    }

    /// The memory after the bytes so far: the caller fills it and then calls ``commit(_:)``.
    ///
    /// - Parameter minimum: The minimum size in bytes; it may be larger.
    /// - Returns: The memory; valid until the next call.
    func spare(atLeast minimum: Int) -> UnsafeMutableRawBufferPointer {
        self.reserve(minimum)
        return unsafe UnsafeMutableRawBufferPointer(start: self.base + self.filled, count: self.room &- self.filled)
    }

    /// Appends the first bytes of ``spare(atLeast:)``.
    func commit(_ count: Int) {
        // zlib reports this number. If it were larger than the space, memory would already be overwritten.
        precondition(count >= 0 && count <= self.room &- self.filled)
        self.filled &+= count
    }

    /// Drops bytes at the end.
    func removeLast(_ count: Int) {
        // The caller counts these bytes: it appended them before.
        precondition(count >= 0 && count <= self.filled)
        self.filled &-= count
    }

    /// Drops all bytes and keeps the memory.
    func clear() { self.filled = 0 }

    /// Unmasks a payload that was copied with its header; the key is in the four bytes before it.
    func unmask(_ offset: Int, count: Int) {
        // The caller counts these bytes: it copied the whole frame with its key.
        precondition(offset >= 4 && offset &+ count <= self.filled)
        let payload = unsafe UnsafeMutableRawBufferPointer(start: self.base + offset, count: count)
        let key = MaskingKey(rawValue: unsafe self.base.loadUnaligned(fromByteOffset: offset &- 4, as: UInt32.self))
        unsafe key.apply(to: payload)
    }

    /// Frees the memory that a read reserved and did not fill.
    package func trim() {
        guard self.filled < self.room / 2 else { return }
        self.reallocate(max(self.filled, 16))
    }

    /// Takes a free block of the pool for all of `total`, if at least an eighth of it is needed now.
    private static func keptBlock(for needed: Int, of total: Int) -> UnsafeMutableRawBufferPointer? {
        guard needed >= PayloadMemory.largestUnkept, total / 8 <= needed else { return nil }
        return unsafe PayloadMemory.shared.takeKept(total)
    }

    private func reallocate(_ capacity: Int) { unsafe self.move(to: PayloadMemory.shared.take(capacity)) }

    private func move(to larger: UnsafeMutableRawBufferPointer) {
        unsafe larger.copyMemory(from: self.bytes)
        if unsafe self.header.lender == nil { unsafe PayloadMemory.shared.give(self.header.block) }
        unsafe (self.header.block, self.header.lender) = (larger, nil)
    }
}
