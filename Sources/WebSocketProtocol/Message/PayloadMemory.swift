import Synchronization

#if RED_CONTROLS
internal import RedControls
#endif

/// Blocks of memory for payloads: a batch gives them back, and the next read uses them again.
///
/// A fast stream fills 256 KiB with every read. The system's allocator returns blocks of that size to the kernel. Then
/// each read would cost 64 page faults, more than all its other work. The pool keeps at most 9.5 MiB for the whole
/// process, for any number of connections. The transport keeps 4 MiB more, into which it reads large messages.
///
/// A slot is exchanged as a whole, so no lock is needed. If no block is free, memory comes from the system.
// Safe: an address that was taken out of a slot has one owner.
@safe
struct PayloadMemory: ~Copyable {
    /// Blocks of one size.
    private struct Size {
        let bytes: Int
        let slots: Range<Int>
    }

    /// The blocks of all storages of the process.
    static let shared = PayloadMemory()

    private static let smallest = 64 * 1024
    /// Powers of two, from ``smallest``.
    private static let sizes = [
        Size(bytes: 64 << 10, slots: 0..<8),
        Size(bytes: 128 << 10, slots: 8..<16),
        Size(bytes: 256 << 10, slots: 16..<24),
        Size(bytes: 512 << 10, slots: 24..<28),
        Size(bytes: 1 << 20, slots: 28..<30),
        Size(bytes: Self.largestKept, slots: 30..<31),
    ]

    /// The addresses of free blocks; 0 means that the slot is empty.
    private let slots = InlineArray<31, Atomic<UInt>> { _ in Atomic(0) }

    /// The size of the largest blocks that are kept.
    static let largestKept = 2 << 20

    /// The largest capacity that is too small for a block of the pool.
    static let largestUnkept = Self.smallest / 2

    /// Whether a block for `capacity` bytes is kept after it is given back.
    static func keepsBlocks(for capacity: Int) -> Bool { self.size(for: capacity) != nil }

    /// Takes a block.
    ///
    /// - Parameter capacity: The minimum size in bytes.
    /// - Returns: A block of less than twice that size.
    func take(_ capacity: Int) -> UnsafeMutableRawBufferPointer {
        unsafe self.takeKept(capacity) ?? Self.allocate(Self.size(for: capacity)?.bytes ?? capacity)
    }

    /// Takes a free block of the pool, which costs the process no new memory.
    ///
    /// - Parameter capacity: The minimum size in bytes.
    /// - Returns: A block of less than twice that size, or nil if none is free.
    func takeKept(_ capacity: Int) -> UnsafeMutableRawBufferPointer? {
        guard let size = Self.size(for: capacity) else { return nil }
        for slot in size.slots {
            // Read before the exchange, so that an empty slot costs the other threads nothing.
            guard self.slots[slot].load(ordering: .relaxed) != 0 else { continue }
            #if RED_CONTROLS
            if RedControl.isActive(.blockTakenTwice) {
                let address = self.slots[slot].load(ordering: .acquiring)
                // Waits some microseconds, as if the thread had lost its processor here.
                for _ in 0..<1000 where self.slots[slot].load(ordering: .relaxed) == 0 { break }
                self.slots[slot].store(0, ordering: .relaxed)
                guard let start = unsafe UnsafeMutableRawPointer(bitPattern: address) else { continue }
                return unsafe UnsafeMutableRawBufferPointer(start: start, count: size.bytes)
            }
            #endif
            let address = self.slots[slot].exchange(0, ordering: .acquiring)
            guard let start = unsafe UnsafeMutableRawPointer(bitPattern: address) else { continue }
            return unsafe UnsafeMutableRawBufferPointer(start: start, count: size.bytes)
        }
        return nil
    }

    /// Gives back a block from ``take(_:)``.
    ///
    /// - Parameter block: The whole block; do not use it afterwards.
    func give(_ block: UnsafeMutableRawBufferPointer) {
        guard let size = Self.size(for: block.count), let start = block.baseAddress else {
            return unsafe block.deallocate()
        }
        let address = UInt(bitPattern: start)
        for slot in size.slots where self.slots[slot].load(ordering: .relaxed) == 0 {
            let (isKept, _) = self.slots[slot].compareExchange(expected: 0, desired: address, ordering: .releasing)
            if isKept { return }
        }
        unsafe block.deallocate()
    }

    /// The size of all free blocks in bytes.
    var keptBytes: Int {
        Self.sizes.reduce(0) { sum, size in
            sum + size.bytes * size.slots.count { self.slots[$0].load(ordering: .relaxed) != 0 }
        }
    }

    deinit {
        for size in Self.sizes {
            for slot in size.slots {
                let address = self.slots[slot].exchange(0, ordering: .acquiring)
                unsafe UnsafeMutableRawPointer(bitPattern: address)?.deallocate()
            }
        }
    }

    /// The size of the block to use; nil for small blocks, which the system's allocator keeps, and for huge blocks.
    private static func size(for capacity: Int) -> Size? {
        guard capacity > Self.largestUnkept else { return nil }
        let doublings = max(0, Int.bitWidth - (capacity - 1).leadingZeroBitCount - Self.smallest.trailingZeroBitCount)
        return doublings < Self.sizes.count ? Self.sizes[doublings] : nil
    }

    private static func allocate(_ count: Int) -> UnsafeMutableRawBufferPointer {
        .allocate(byteCount: count, alignment: 16)
    }
}
