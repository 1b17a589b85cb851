/// Everything that the bytes of one read completed, in order.
public struct InboundBatch: Sendable {
    /// Where one message lies.
    struct Entry {
        /// In the shared storage, or the index of a storage of its own.
        var position: Int
        /// The length times 4, plus 1 for text, plus 2 for a storage of its own.
        var packed: Int

        init(position: Int, count: Int, kind: MessageKind, ownsStorage: Bool) {
            self.position = position
            self.packed = count << 2 | (ownsStorage ? 2 : 0) | (kind == .text ? 1 : 0)
        }

        var count: Int { self.packed >> 2 }
        var kind: MessageKind { self.packed & 1 == 0 ? .binary : .text }
        var ownsStorage: Bool { self.packed & 2 != 0 }
    }

    /// The payloads that came whole within a read.
    private(set) var shared: PayloadStorage?
    /// The payloads that were carried over reads or fragments.
    private var owned: [PayloadStorage] = []
    private var entries: [Entry] = []

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
    public var count: Int { self.entries.count }

    /// Whether nothing at all was completed.
    public var isEmpty: Bool { self.entries.isEmpty && self.controls.isEmpty && self.violation == nil }

    /// The message at `index`.
    ///
    /// - Parameter index: 0 up to, not including, ``count``; anything else traps, as with an array.
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

    /// Copies a payload that came whole.
    ///
    /// - Parameters:
    ///   - payload: The bytes as received.
    ///   - key: The key they are masked with, or nil.
    ///   - kind: Text or binary.
    ///   - room: The bytes of the read from `payload` on: the most that can follow into the same storage.
    /// - Returns: The unmasked bytes, valid until the next append.
    mutating func append(
        _ payload: UnsafeRawBufferPointer,
        key: MaskingKey?,
        kind: MessageKind,
        room: Int
    ) -> UnsafeRawBufferPointer {
        let storage = self.sharedStorage(room: room)
        let entry = Entry(position: storage.count, count: payload.count, kind: kind, ownsStorage: false)
        let copied = unsafe storage.append(payload, key: key)
        self.entries.append(entry)
        self.byteCount &+= payload.count
        return unsafe copied
    }

    /// Takes over a payload that was carried.
    mutating func append(_ storage: PayloadStorage, kind: MessageKind) {
        storage.trim()
        self.entries.append(Entry(position: self.owned.count, count: storage.count, kind: kind, ownsStorage: true))
        self.owned.append(storage)
        self.byteCount &+= storage.count
    }

    /// Takes back the last message, which turned out not to be UTF-8.
    mutating func removeLast() {
        self.byteCount &-= self.entries.removeLast().count
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
