/// The end of a shell's output, as it was delivered: the last bytes of its text in UTF-8, as many as the ring holds.
///
/// A follower compares it with the ring of the shell after it was disconnected, see ``ShellOverlap``. Adding a chunk
/// copies its bytes once. The memory grows with the text, up to the size of the ring.
package struct ShellTail: Sendable {
    /// The last bytes: in order while there are fewer than the ring holds, and then from `next` on around the end.
    private var bytes: [UInt8] = []

    /// Where the next byte is written once `bytes` is full.
    private var next = 0

    /// How many bytes of UTF-8 were ever added.
    package private(set) var totalBytes = 0

    /// Whether the first byte that was added is the first byte that the shell wrote.
    ///
    /// It is not if the follower came later than the shell's first prompt.
    private let startsWithHistory: Bool

    /// Whether there is a hole in the output before the first byte: some of it was delivered, and some of it was not.
    private(set) var followsHole = false

    /// Whether output after the last byte may be missing.
    ///
    /// The next chunk does not join it, but a recovery may still find what is between.
    private(set) var endsBeforeHole = false

    /// How many bytes are kept.
    private let capacity: Int

    /// Creates the tail of a follower that has delivered nothing yet.
    ///
    /// - Parameter rules: The size of the ring.
    package init(rules: ShellRingRules = .agentctl) {
        self.init(startsWithHistory: false, capacity: rules.ringBytes)
    }

    /// Creates the tail of a follower that has just delivered what it had missed in this ring, or all of it.
    ///
    /// The ring has everything that was delivered and knows it better: characters that a frame has cut are whole in it.
    /// So the follower goes on with it instead of its own tail, above all after a gap.
    ///
    /// - Parameters:
    ///   - ring: The text of the ring.
    ///   - rules: The size of the ring.
    package init(ring: String, rules: ShellRingRules = .agentctl) {
        let mayBeFull = rules.mayBeFull(ring)
        self.init(startsWithHistory: !mayBeFull, capacity: rules.ringBytes)
        // The beginning of the ring may have cut a character, of which up to 3 bytes are left.
        let cut = mayBeFull ? ring.unicodeScalars.prefix(3).prefix(while: { $0 == "\u{FFFD}" }).count : 0
        self.append(cut == 0 ? ring : String(ring.unicodeScalars.dropFirst(cut)))
    }

    /// The tail after a hole in what was delivered: only what follows it can be found again.
    var afterHole: Self {
        var tail = Self(startsWithHistory: false, capacity: self.capacity)
        tail.followsHole = true
        return tail
    }

    /// The tail before a hole in what was delivered.
    var beforeHole: Self {
        var tail = self
        tail.endsBeforeHole = true
        return tail
    }

    private init(startsWithHistory: Bool, capacity: Int) {
        self.startsWithHistory = startsWithHistory
        self.capacity = capacity
    }

    /// Whether everything that was added is kept.
    package var isWhole: Bool { self.totalBytes == self.bytes.count }

    /// Whether the kept text begins where the history of the shell does.
    package var beginsHistory: Bool { self.startsWithHistory && self.isWhole }

    /// Adds a chunk of text that was delivered.
    ///
    /// - Parameter chunk: The text of one frame, or recovered text.
    package mutating func append(_ chunk: String) {
        let isDone: Void? = unsafe chunk.utf8.withContiguousStorageIfAvailable { unsafe self.append($0) }
        // A text of another kind, as Foundation has them on other systems.
        if isDone == nil { unsafe Array(chunk.utf8).withUnsafeBufferPointer { unsafe self.append($0) } }
    }

    private mutating func append(_ chunk: UnsafeBufferPointer<UInt8>) {
        guard let source = chunk.baseAddress else { return }
        if self.endsBeforeHole, !chunk.isEmpty { self = self.afterHole }
        self.totalBytes += chunk.count
        // Of a chunk that is longer than the ring only its end is kept.
        var done = max(0, chunk.count - self.capacity)
        if self.bytes.count < self.capacity {
            let added = min(chunk.count - done, self.capacity - self.bytes.count)
            if self.bytes.capacity - self.bytes.count < added { self.grow(for: added) }
            unsafe self.bytes.append(contentsOf: UnsafeBufferPointer(start: source + done, count: added))
            done += added
        }
        if done < chunk.count { unsafe self.overwrite(with: source + done, count: chunk.count - done) }
    }

    /// Doubles the memory, up to what the ring holds; an array would take up to twice as much.
    private mutating func grow(for count: Int) {
        self.bytes.reserveCapacity(min(self.capacity, max(256, 2 * (self.bytes.count + count))))
    }

    /// Writes bytes over the oldest ones: not more than the ring holds, and the ring is full.
    private mutating func overwrite(with source: UnsafePointer<UInt8>, count: Int) {
        let next = self.next
        let beforeEnd = min(self.capacity - next, count)
        unsafe self.bytes.withUnsafeMutableBufferPointer { bytes in
            guard let target = bytes.baseAddress else { return }
            unsafe (target + next).update(from: source, count: beforeEnd)
            if count > beforeEnd { unsafe target.update(from: source + beforeEnd, count: count - beforeEnd) }
        }
        self.next = next + count < self.capacity ? next + count : next + count - self.capacity
    }

    /// The kept text, without what is left of a character that was cut at its beginning.
    package var text: String {
        let inOrder = self.bytes[self.next...] + self.bytes[..<self.next]
        guard !self.isWhole else { return String(decoding: inOrder, as: UTF8.self) }
        return String(decoding: inOrder.drop(while: { $0 & 0xC0 == 0x80 }), as: UTF8.self)
    }
}

extension ShellTail: Equatable {
    /// Whether two tails have the same text and history, and go on alike.
    package static func == (one: Self, other: Self) -> Bool {
        one.totalBytes == other.totalBytes && one.startsWithHistory == other.startsWithHistory
            && one.followsHole == other.followsHole && one.endsBeforeHole == other.endsBeforeHole
            && one.capacity == other.capacity
            && one.text.utf8.elementsEqual(other.text.utf8)
    }
}

extension ShellTail: Codable {
    private enum CodingKeys: String, CodingKey {
        case text, totalBytes, startsWithHistory, followsHole, endsBeforeHole, capacity
    }

    /// Reads a tail.
    ///
    /// - Parameter decoder: The decoder.
    /// - Throws: `DecodingError` if a member is missing, or if the numbers can't belong to the text.
    package init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        let capacity = try members.decode(Int.self, forKey: .capacity)
        let text = try members.decode(String.self, forKey: .text)
        let totalBytes = try members.decode(Int.self, forKey: .totalBytes)
        let count = text.utf8.count
        // A tail that has lost its beginning may be up to 3 bytes short, for a character that was cut.
        guard capacity > 0, count <= capacity, totalBytes >= count, totalBytes == count || count >= capacity - 3 else {
            throw DecodingError.dataCorruptedError(
                forKey: .totalBytes,
                in: members,
                debugDescription: "A tail of \(capacity) bytes can't hold \(count) of \(totalBytes) bytes."
            )
        }
        self.init(
            startsWithHistory: try members.decode(Bool.self, forKey: .startsWithHistory),
            capacity: capacity
        )
        self.append(text)
        self.totalBytes = totalBytes
        self.followsHole = try members.decode(Bool.self, forKey: .followsHole)
        self.endsBeforeHole = try members.decode(Bool.self, forKey: .endsBeforeHole)
    }

    /// Writes the tail.
    ///
    /// - Parameter encoder: The encoder.
    /// - Throws: What the encoder throws.
    package func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: CodingKeys.self)
        try members.encode(self.text, forKey: .text)
        try members.encode(self.totalBytes, forKey: .totalBytes)
        try members.encode(self.startsWithHistory, forKey: .startsWithHistory)
        try members.encode(self.followsHole, forKey: .followsHole)
        try members.encode(self.endsBeforeHole, forKey: .endsBeforeHole)
        try members.encode(self.capacity, forKey: .capacity)
    }
}
