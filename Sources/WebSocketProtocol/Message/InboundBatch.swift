/// All messages and frames that one read completed, in order.
@usableFromInline
package struct InboundBatch: Sendable {
    /// The position of one message or piece.
    @usableFromInline
    struct Entry: Sendable {
        /// The offset in the shared storage, or the index of a separate storage.
        @usableFromInline var position: Int
        /// The length, above four flags.
        @usableFromInline var packed: Int

        /// The flags; computed, so that other modules compile them in.
        @usableFromInline
        enum Flag {
            @inlinable static var isText: Int { 1 }
            @inlinable static var ownsStorage: Int { 2 }
            @inlinable static var continues: Int { 4 }
            @inlinable static var isContinued: Int { 8 }
            /// The number of flags.
            @inlinable static var count: Int { 4 }
        }

        init(position: Int, count: Int, kind: MessageKind) {
            self.position = position
            self.packed = count << Flag.count | (kind == .text ? Flag.isText : 0)
        }

        init(owned index: Int, count: Int, kind: MessageKind, continues: Bool, isContinued: Bool) {
            self.init(position: index, count: count, kind: kind)
            self.packed |= Flag.ownsStorage
            self.packed |= (continues ? Flag.continues : 0) | (isContinued ? Flag.isContinued : 0)
        }

        @inlinable var count: Int { self.packed >> Flag.count }
        @inlinable var kind: MessageKind { self.packed & Flag.isText == 0 ? .binary : .text }
        @inlinable var ownsStorage: Bool { self.packed & Flag.ownsStorage != 0 }
        /// Whether it is only a part of a message.
        @inlinable var isPiece: Bool { self.packed & (Flag.continues | Flag.isContinued) != 0 }
        /// Whether an earlier entry has a part of the same message.
        @inlinable var continues: Bool { self.packed & Flag.continues != 0 }
        /// Whether a later entry has a part of the same message.
        @inlinable var isContinued: Bool { self.packed & Flag.isContinued != 0 }
    }

    /// The payloads that came complete within a read.
    @usableFromInline private(set) var shared: PayloadStorage?
    /// The payloads that came in several reads or fragments.
    @usableFromInline private(set) var owned: [PayloadStorage] = []
    @usableFromInline private(set) var entries: [Entry] = []

    private var expectedBytes = 0
    /// The payload bytes of all messages.
    package private(set) var byteCount = 0
    /// The control frames, in order.
    package var controls: [ControlFrame] = []
    /// The violation of the peer after all messages and frames of the batch, if any; nothing comes after it.
    package var violation: ProtocolViolation? {
        get { self.boxedViolation as? ProtocolViolation }
        set { self.boxedViolation = newValue }
    }
    // In a box, because it is rare, and five times as large as the reference.
    private var boxedViolation: (any Error)?

    /// Creates an empty batch.
    package init() {}

    /// Reserves memory in an empty batch.
    ///
    /// - Parameters:
    ///   - messages: The number of messages to reserve memory for.
    ///   - bytes: The size of the buffer for decompressed bytes, at most 2 MiB. It is made for the first such message.
    package mutating func expect(messages: Int, bytes: Int) {
        if messages > 0 { self.entries.reserveCapacity(messages) }
        self.expectedBytes = min(bytes, PayloadMemory.largestKept)
    }

    /// Creates a batch with copies of messages.
    package init(copying messages: [WebSocketMessage]) {
        for message in messages {
            let storage = PayloadStorage(capacity: message.bytes.count)
            unsafe message.bytes.withUnsafeBytes { bytes in _ = unsafe storage.append(bytes, key: nil) }
            self.append(storage, kind: message.kind)
        }
    }

    /// The number of messages; or of pieces, if messages are delivered in pieces.
    @inlinable package var count: Int { self.entries.count }
    /// How many entries are pieces that a later piece continues, so that no message ends with them.
    package private(set) var continuedCount = 0

    /// Whether the batch has no message, no control frame and no violation.
    package var isEmpty: Bool { self.entries.isEmpty && self.controls.isEmpty && self.boxedViolation == nil }

    /// The size of the memory for payloads, in bytes.
    package var reservedBytes: Int { self.owned.reduce(self.shared?.capacity ?? 0) { $0 + $1.capacity } }

    /// Takes messages that came complete, one frame after the other.
    ///
    /// They are copied together with their headers, because one copy of a read costs less than one copy for each frame.
    /// Then they are unmasked and checked in the copy, which is in the cache.
    ///
    /// If unmasked frames fill at least half of a read buffer that may be kept, nothing is copied.
    ///
    /// - Parameters:
    ///   - frames: The frames; all complete messages at the start are taken.
    ///   - memory: The memory of the read, if the batch may keep it.
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

    /// Takes a payload, or a piece of one, that came in several reads or fragments.
    ///
    /// - Parameters:
    ///   - storage: The bytes.
    ///   - kind: Text or binary.
    ///   - continues: Whether an earlier piece belongs to the same message.
    ///   - isContinued: Whether a later piece belongs to the same message.
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

    /// Decompresses a message of one frame into the memory that the messages of the read share.
    ///
    /// - Parameters:
    ///   - payload: The payload of the frame, as received.
    ///   - key: The key that masks it, or nil.
    ///   - kind: Text or binary.
    ///   - inflater: The decompressor for the messages of the peer.
    ///   - limits: The limits for the decompressed bytes.
    ///   - readCount: The remaining bytes of the read, from which the size of the buffer is estimated.
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
            // The output before the error is still checked, so that the result does not depend on how the bytes were
            // split.
            var validator = UTF8Validator()
            guard unsafe kind == .binary || validator.accept(inflated) else { throw .textIsNotUTF8 }
            throw limits.naming(error)
        }
        guard unsafe kind == .binary || UTF8Validator.isValid(inflated) else { throw .textIsNotUTF8 }
        self.entries.append(Entry(position: start, count: count, kind: kind))
        self.byteCount &+= count
    }

    /// Drops messages that were already used.
    ///
    /// - Parameter count: How many, from the first one.
    package mutating func removeFirst(_ count: Int) {
        for entry in self.entries.prefix(count) {
            self.byteCount &-= entry.count
            if entry.isContinued { self.continuedCount -= 1 }
        }
        self.entries.removeFirst(count)
    }

    /// Removes the control frames, so that code that keeps the messages does not keep them.
    ///
    /// - Returns: The control frames, in order.
    package mutating func takeControls() -> [ControlFrame] {
        defer { self.controls = [] }
        return self.controls
    }

    /// Frees the memory that the read did not fill; called once, before the batch is handed over.
    package func trim() { self.shared?.trim() }

    private mutating func storage(for frames: borrowing WholeFrames, in memory: ReadMemory?) -> PayloadStorage {
        // Masked frames are not kept, because they are unmasked in place, in memory of the batch.
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
