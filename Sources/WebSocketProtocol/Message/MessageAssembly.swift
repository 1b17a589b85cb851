/// One message in progress: cut by the end of a read, or sent in fragments (RFC 6455 §5.4).
struct MessageAssembly: ~Copyable {
    let kind: MessageKind
    private let storage: PayloadStorage
    private var validator = UTF8Validator()
    private var fragments = 0

    /// Begins a message.
    ///
    /// - Parameters:
    ///   - kind: Text or binary.
    ///   - room: The bytes at hand; more is taken only when more has come.
    init(kind: MessageKind, room: Int) {
        self.kind = kind
        self.storage = PayloadStorage(capacity: room)
    }

    /// The payload bytes received so far.
    var count: Int { self.storage.count }

    /// The memory taken for the payload.
    var reservedBytes: Int { self.storage.capacity }

    /// Counts a frame of the message against the limit.
    mutating func beginFragment(limits: MessageLimits) throws(ProtocolViolation) {
        self.fragments += 1
        guard self.fragments <= limits.maximumFragments else {
            throw ProtocolViolation(
                .tooManyFragments,
                "A message has more than \(limits.maximumFragments) fragments.",
                closeCode: .policyViolation
            )
        }
    }

    /// Takes the next payload bytes, and checks text at once (§8.1: fail as soon as it is seen).
    ///
    /// - Parameters:
    ///   - part: The bytes as received.
    ///   - key: The key they are masked with, or nil.
    ///   - keyOffset: Where `part` begins in the payload of its frame.
    ///   - left: How many bytes of the message are left, `part` included; nil before its last frame.
    /// - Throws: ``ProtocolViolation`` with `invalidUTF8`.
    mutating func append(
        _ part: UnsafeRawBufferPointer,
        key: MaskingKey?,
        keyOffset: Int,
        left: Int?
    ) throws(ProtocolViolation) {
        let total = left.map { self.count &+ $0 } ?? .max
        let copied = unsafe self.storage.append(part, key: key, keyOffset: keyOffset, total: total)
        guard self.kind == .text else { return }
        guard unsafe self.validator.accept(copied) else { throw .textIsNotUTF8 }
    }

    /// Ends the message.
    ///
    /// - Returns: The whole payload.
    consuming func finish() throws(ProtocolViolation) -> PayloadStorage {
        guard self.kind == .binary || self.validator.isAtBoundary else { throw .textIsNotUTF8 }
        return self.storage
    }
}

extension ProtocolViolation {
    static let textIsNotUTF8 = ProtocolViolation(
        .invalidUTF8,
        "A text message is not UTF-8.",
        closeCode: .invalidFramePayloadData
    )
}
