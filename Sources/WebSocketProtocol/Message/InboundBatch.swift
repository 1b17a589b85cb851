/// Everything that the bytes of one read completed, in order.
public struct InboundBatch: Sendable {
    /// Where one message lies.
    @usableFromInline
    struct Entry: Sendable {
        /// In the shared storage, or the index of a storage of its own.
        @usableFromInline var position: Int
        /// The length times 4, plus 1 for text, plus 2 for a storage of its own.
        @usableFromInline var packed: Int

        init(position: Int, count: Int, kind: MessageKind, ownsStorage: Bool) {
            self.position = position
            self.packed = count << 2 | (ownsStorage ? 2 : 0) | (kind == .text ? 1 : 0)
        }

        @inlinable var count: Int { self.packed >> 2 }
        @inlinable var kind: MessageKind { self.packed & 1 == 0 ? .binary : .text }
        @inlinable var ownsStorage: Bool { self.packed & 2 != 0 }
    }

    /// The payloads that came whole within a read.
    @usableFromInline private(set) var shared: PayloadStorage?
    /// The payloads that were carried over reads or fragments.
    @usableFromInline private(set) var owned: [PayloadStorage] = []
    @usableFromInline private(set) var entries: [Entry] = []

    /// The payload bytes of all messages.
    public private(set) var byteCount = 0
    /// The control frames, in order.
    public package(set) var controls: [ControlFrame] = []
    /// What the peer did wrong after all of this, if it did; nothing follows it.
    public package(set) var violation: ProtocolViolation?

    /// Creates an empty batch.
    ///
    /// - Parameter expectedMessages: Room to make for this many messages.
    public init(expectedMessages: Int = 0) {
        self.entries.reserveCapacity(expectedMessages)
    }

    /// The number of messages.
    @inlinable public var count: Int { self.entries.count }

    /// Whether nothing at all was completed.
    public var isEmpty: Bool { self.entries.isEmpty && self.controls.isEmpty && self.violation == nil }

    /// The message at `index`.
    ///
    /// - Parameter index: 0 up to, not including, ``count``; anything else traps, as with an array.
    @inlinable
    public subscript(index: Int) -> WebSocketMessage {
        let entry = self.entries[index]
        let count = entry.count
        let bytes =
            if !entry.ownsStorage, let shared = self.shared {
                MessageBytes(storage: shared, offset: entry.position, count: count)
            } else {
                MessageBytes(storage: self.owned[entry.position], offset: 0, count: count)
            }
        return WebSocketMessage(kind: entry.kind, bytes: bytes)
    }

    /// Takes messages that came whole, one frame behind the other.
    ///
    /// They are copied together, headers and all, because one copy of a read costs less than one for each of its
    /// frames; then unmasked and checked where they lie now, which is in the cache.
    ///
    /// - Parameter frames: The frames; all that are whole are taken.
    /// - Throws: ``ProtocolViolation`` with `invalidUTF8`; the messages before the bad one are kept.
    mutating func append(_ frames: inout WholeFrames) throws(ProtocolViolation) {
        let first = self.entries.count
        let start = self.shared?.count ?? 0
        while let frame = frames.next() {
            let position = start &+ frame.payloadStart
            self.entries.append(
                Entry(position: position, count: frame.payloadCount, kind: frame.kind, ownsStorage: false)
            )
        }
        guard frames.end > 0 else { return }
        let storage = self.sharedStorage(room: frames.readCount)
        unsafe storage.append(frames.run, key: nil)
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

    /// Takes over a payload that was carried.
    mutating func append(_ storage: PayloadStorage, kind: MessageKind) {
        storage.trim()
        self.entries.append(Entry(position: self.owned.count, count: storage.count, kind: kind, ownsStorage: true))
        self.owned.append(storage)
        self.byteCount &+= storage.count
    }

    /// Drops messages that were used already.
    ///
    /// - Parameter count: How many, from the first on.
    package mutating func removeFirst(_ count: Int) {
        for entry in self.entries.prefix(count) { self.byteCount &-= entry.count }
        self.entries.removeFirst(count)
    }

    /// Gives back memory that the read did not fill; called once, before the batch is handed over.
    package func trim() { self.shared?.trim() }

    private mutating func sharedStorage(room: Int) -> PayloadStorage {
        if let shared = self.shared { return shared }
        let storage = PayloadStorage(capacity: room)
        self.shared = storage
        return storage
    }
}
