/// Everything that the bytes of one read completed, in order.
@usableFromInline
package struct InboundBatch: Sendable {
    /// Where one message, or a piece of one, lies.
    @usableFromInline
    struct Entry: Sendable {
        /// In the shared storage, or the index of a storage of its own.
        @usableFromInline var position: Int
        /// The length times 16, plus the flags.
        @usableFromInline var packed: Int

        init(position: Int, count: Int, kind: MessageKind) {
            self.position = position
            self.packed = count << 4 | (kind == .text ? 1 : 0)
        }

        init(owned index: Int, count: Int, kind: MessageKind, continues: Bool, isContinued: Bool) {
            self.init(position: index, count: count, kind: kind)
            self.packed |= 2 | (continues ? 4 : 0) | (isContinued ? 8 : 0)
        }

        @inlinable var count: Int { self.packed >> 4 }
        @inlinable var kind: MessageKind { self.packed & 1 == 0 ? .binary : .text }
        @inlinable var ownsStorage: Bool { self.packed & 2 != 0 }
        /// Whether it is less than a message.
        @inlinable var isPiece: Bool { self.packed & 12 != 0 }
        /// Whether an earlier entry is of the same message.
        @inlinable var continues: Bool { self.packed & 4 != 0 }
        /// Whether a later entry is of the same message.
        @inlinable var isContinued: Bool { self.packed & 8 != 0 }
    }

    /// The payloads that came whole within a read.
    @usableFromInline private(set) var shared: PayloadStorage?
    /// The payloads that were carried over reads or fragments.
    @usableFromInline private(set) var owned: [PayloadStorage] = []
    @usableFromInline private(set) var entries: [Entry] = []

    private var expectedBytes = 0
    /// The payload bytes of all messages.
    package private(set) var byteCount = 0
    /// The control frames, in order.
    package var controls: [ControlFrame] = []
    /// What the peer did wrong after all of this, if it did; nothing follows it.
    package var violation: ProtocolViolation? {
        get { self.boxedViolation as? ProtocolViolation }
        set { self.boxedViolation = newValue }
    }
    // Apart: it is rare, and five times as large as the reference.
    private var boxedViolation: (any Error)?

    /// Creates an empty batch.
    package init() {}

    /// Makes an empty batch ready.
    ///
    /// - Parameters:
    ///   - messages: Room to make for this many messages.
    ///   - bytes: Room to make for this many decompressed bytes, at most 2 MiB, once there is one.
    package mutating func expect(messages: Int, bytes: Int) {
        if messages > 0 { self.entries.reserveCapacity(messages) }
        self.expectedBytes = min(bytes, PayloadMemory.largestKept)
    }

    /// Creates a batch of messages that exist already, copied.
    package init(copying messages: [WebSocketMessage]) {
        for message in messages {
            let storage = PayloadStorage(capacity: message.bytes.count)
            unsafe message.bytes.withUnsafeBytes { bytes in _ = unsafe storage.append(bytes, key: nil) }
            self.append(storage, kind: message.kind)
        }
    }

    /// The number of messages; or of pieces, where those are asked for.
    @inlinable package var count: Int { self.entries.count }
    /// How many of the pieces are continued by a later one, so that no message ends with them.
    package private(set) var continuedCount = 0

    /// Whether nothing at all was completed.
    package var isEmpty: Bool { self.entries.isEmpty && self.controls.isEmpty && self.boxedViolation == nil }

    /// The memory taken for payloads, in bytes.
    package var reservedBytes: Int { self.owned.reduce(self.shared?.capacity ?? 0) { $0 + $1.capacity } }

    /// Takes messages that came whole, one frame behind the other.
    ///
    /// They are copied together, headers and all, because one copy of a read costs less than one for each of its
    /// frames; then unmasked and checked where they lie now, which is in the cache.
    ///
    /// Where they fill most of a read that may be kept, nothing is copied at all.
    ///
    /// - Parameters:
    ///   - frames: The frames; all that are whole are taken.
    ///   - memory: What they lie in, if it may be kept.
    /// - Throws: ``ProtocolViolation`` with `invalidUTF8`; the messages before the bad one are kept.
    mutating func append(_ frames: inout WholeFrames, in memory: ReadMemory?) throws(ProtocolViolation) {
        let first = self.entries.count
        let kept = unsafe self.shared?.offset(of: frames.read)
        let start = kept ?? self.shared?.count ?? 0
        while let frame = frames.next() {
            let position = start &+ frame.payloadStart
            self.entries.append(
                Entry(position: position, count: frame.payloadCount, kind: frame.kind)
            )
        }
        guard frames.end > 0 else { return }
        let storage = self.storage(for: frames, in: memory)
        if kept == nil, unsafe storage.offset(of: frames.run) == nil { unsafe storage.append(frames.run, key: nil) }
        try self.finish(from: first, in: storage, areMasked: frames.areMasked)
    }

    private mutating func finish(
        from first: Int,
        in storage: PayloadStorage,
        areMasked: Bool
    ) throws(ProtocolViolation) {
        for index in first..<self.entries.count {
            let entry = self.entries[index]
            if areMasked { storage.unmask(entry.position, count: entry.count) }
            let payload = unsafe storage.payload(at: entry.position, count: entry.count)
            guard unsafe entry.kind == .binary || UTF8Validator.isValid(payload) else {
                self.entries.removeSubrange(index...)
                throw .textIsNotUTF8
            }
            self.byteCount &+= entry.count
        }
    }

    /// Takes over a payload that was carried, or a piece of one.
    ///
    /// - Parameters:
    ///   - storage: The bytes.
    ///   - kind: Text or binary.
    ///   - continues: Whether an earlier piece is of the same message.
    ///   - isContinued: Whether a later piece is of the same message.
    mutating func append(
        _ storage: PayloadStorage,
        kind: MessageKind,
        continues: Bool = false,
        isContinued: Bool = false
    ) {
        storage.trim()
        self.entries.append(
            Entry(
                owned: self.owned.count,
                count: storage.count,
                kind: kind,
                continues: continues,
                isContinued: isContinued
            )
        )
        self.owned.append(storage)
        self.byteCount &+= storage.count
        if isContinued { self.continuedCount += 1 }
    }

    /// Decompresses a message that came in one frame to where the others of the read lie.
    ///
    /// - Parameters:
    ///   - payload: The payload of the frame, as received.
    ///   - key: The key it is masked with, or nil.
    ///   - kind: Text or binary.
    ///   - inflater: Decompresses the messages of the peer.
    ///   - limits: Bound what comes out.
    ///   - readCount: The bytes of the read that are left, which tells how much room to make.
    /// - Throws: ``ProtocolViolation`` with `invalidUTF8`, `invalidCompression` or `messageTooBig`.
    mutating func append(
        inflating payload: UnsafeRawBufferPointer,
        key: MaskingKey?,
        kind: MessageKind,
        inflater: Inflater,
        limits: MessageLimits,
        readCount: Int
    ) throws(ProtocolViolation) {
        let storage = self.sharedStorage(room: max(readCount * 4, self.expectedBytes))
        let start = storage.count
        let outcome = Result { () throws(ProtocolViolation) in
            unsafe try inflater.inflate(
                payload,
                key: key,
                endsMessage: true,
                into: storage,
                room: limits.maximumMessageBytes
            )
        }
        let count = storage.count - start
        let inflated = unsafe storage.payload(at: start, count: count)
        do {
            try outcome.get()
        } catch {
            // What came out before the error is still checked: the verdict must not depend on how the bytes were cut.
            var validator = UTF8Validator()
            guard unsafe kind == .binary || validator.accept(inflated) else { throw .textIsNotUTF8 }
            throw limits.naming(error)
        }
        guard unsafe kind == .binary || UTF8Validator.isValid(inflated) else { throw .textIsNotUTF8 }
        self.entries.append(Entry(position: start, count: count, kind: kind))
        self.byteCount &+= count
    }

    /// Drops messages that were used already.
    ///
    /// - Parameter count: How many, from the first on.
    package mutating func removeFirst(_ count: Int) {
        for entry in self.entries.prefix(count) {
            self.byteCount &-= entry.count
            if entry.isContinued { self.continuedCount -= 1 }
        }
        self.entries.removeFirst(count)
    }

    /// Takes the control frames out, so that who keeps the messages does not keep them.
    ///
    /// - Returns: The control frames, in order.
    package mutating func takeControls() -> [ControlFrame] {
        defer { self.controls = [] }
        return self.controls
    }

    /// Gives back memory that the read did not fill; called once, before the batch is handed over.
    package func trim() { self.shared?.trim() }

    private mutating func storage(for frames: borrowing WholeFrames, in memory: ReadMemory?) -> PayloadStorage {
        // Not where they are masked: that is undone where they lie in the end.
        if self.shared == nil, let memory, !frames.areMasked, memory.isWorthKeeping(for: frames.end) {
            self.shared = unsafe PayloadStorage(keeping: frames.read, in: memory)
        }
        return self.sharedStorage(room: frames.readCount)
    }

    private mutating func sharedStorage(room: Int) -> PayloadStorage {
        if let shared = self.shared { return shared }
        let storage = PayloadStorage(capacity: room)
        self.shared = storage
        return storage
    }
}
