/// One message in progress: it comes in several reads or in fragments (RFC 6455 §5.4).
///
/// Its bytes are in its storage. Or they are held: the caller keeps them, and its later reads are added behind them.
struct MessageAssembly: ~Copyable {
    let kind: MessageKind
    /// Whether its payload is compressed (RFC 7692 §6.2).
    let isCompressed: Bool
    private var storage: PayloadStorage
    private var validator = UTF8Validator()
    private var fragments = 0
    /// The number of payload bytes that were already handed over in pieces.
    private var handedOver = 0
    /// The number of payload bytes that are held; then the storage is empty.
    private(set) var held = 0

    /// Begins a message.
    ///
    /// - Parameters:
    ///   - kind: Text or binary.
    ///   - isCompressed: Whether its payload is compressed.
    ///   - room: The number of bytes that have come; the memory grows only when more bytes come.
    ///   - total: The final number of bytes, if it is known.
    init(kind: MessageKind, isCompressed: Bool, room: Int, total: Int) {
        self.kind = kind
        self.isCompressed = isCompressed
        self.storage = PayloadStorage(capacity: room, total: total)
    }

    /// The number of payload bytes received so far, decompressed.
    var count: Int { self.handedOver + self.held + self.storage.count }

    /// The size of the memory for the payload.
    var reservedBytes: Int { self.storage.capacity }

    /// Whether a piece of the message was handed over.
    var isHandedOver: Bool { self.handedOver > 0 }

    /// Counts a frame of the message and checks the limit.
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

    /// Takes the next payload bytes, and checks text at once (§8.1: an error must fail the connection when it is seen).
    ///
    /// - Parameters:
    ///   - part: The bytes as received.
    ///   - key: The key that masks them, or nil.
    ///   - keyOffset: Where `part` begins in the payload of its frame.
    ///   - left: How many bytes of the message remain, with `part`; nil before its last frame, and if the message is
    ///     handed over in pieces.
    /// - Throws: ``ProtocolViolation`` with `invalidUTF8`.
    mutating func append(
        _ part: UnsafeRawBufferPointer,
        key: MaskingKey?,
        keyOffset: Int,
        left: Int?
    ) throws(ProtocolViolation) {
        let total = left.map { self.storage.count &+ $0 } ?? .max
        unsafe try self.check(self.storage.append(part, key: key, keyOffset: keyOffset, total: total))
    }

    /// Checks the next payload bytes, which the caller keeps behind those that it holds already.
    ///
    /// - Throws: ``ProtocolViolation`` with `invalidUTF8`.
    mutating func hold(_ part: UnsafeRawBufferPointer) throws(ProtocolViolation) {
        self.held &+= part.count
        unsafe try self.check(part)
    }

    private mutating func check(_ part: UnsafeRawBufferPointer) throws(ProtocolViolation) {
        guard self.kind == .text else { return }
        guard unsafe self.validator.accept(part) else { throw .textIsNotUTF8 }
    }

    /// Moves the bytes so far to the start of `target`; from then on they are held there.
    mutating func move(to target: UnsafeMutableRawBufferPointer) {
        unsafe target.copyMemory(from: self.storage.bytes)
        self.held = self.storage.count
        self.storage = PayloadStorage(capacity: 0)
    }

    /// Takes the next bytes of a compressed payload and checks the output as ``append(_:key:keyOffset:left:)`` does.
    ///
    /// - Parameters:
    ///   - part: The bytes as received.
    ///   - key: The key that masks them, or nil.
    ///   - keyOffset: Where `part` begins in the payload of its frame.
    ///   - endsMessage: Whether these are the last bytes.
    ///   - inflater: The decompressor for the messages of the peer.
    ///   - limits: The limits for the decompressed bytes.
    /// - Throws: ``ProtocolViolation`` with `invalidUTF8`, `invalidCompression` or `messageTooBig`.
    mutating func append(
        _ part: UnsafeRawBufferPointer,
        key: MaskingKey?,
        keyOffset: Int,
        endsMessage: Bool,
        inflater: Inflater,
        limits: MessageLimits
    ) throws(ProtocolViolation) {
        let before = self.storage.count
        let room = limits.maximumMessageBytes - self.count
        // Output before an error is still checked, so that the result does not depend on how the bytes were split.
        let outcome = Result { () throws(ProtocolViolation) in
            unsafe try inflater.inflate(
                part,
                key: key,
                keyOffset: keyOffset,
                endsMessage: endsMessage,
                into: self.storage,
                room: room
            )
        }
        if self.kind == .text {
            let inflated = unsafe UnsafeRawBufferPointer(rebasing: self.storage.bytes[before...])
            guard unsafe self.validator.accept(inflated) else { throw .textIsNotUTF8 }
        }
        do throws(ProtocolViolation) { try outcome.get() } catch { throw limits.naming(error) }
    }

    /// Hands over the part of the message that has arrived since the last piece.
    ///
    /// - Returns: The payload bytes since the last piece, or nil if there are none.
    mutating func takePiece() -> PayloadStorage? {
        guard self.storage.count > 0 else { return nil }
        let piece = self.storage
        self.handedOver += piece.count
        self.storage = PayloadStorage(capacity: 0)
        return piece
    }

    /// Ends the message.
    ///
    /// - Parameters:
    ///   - held: The whole payload, if it is held.
    ///   - memory: The memory in which it is held.
    /// - Returns: The whole payload, or the part that was not yet handed over.
    /// - Throws: ``ProtocolViolation`` with `invalidUTF8`.
    consuming func finish(
        held: UnsafeRawBufferPointer,
        in memory: ReadMemory?
    ) throws(ProtocolViolation) -> PayloadStorage {
        guard self.kind == .binary || self.validator.isAtBoundary else { throw .textIsNotUTF8 }
        guard self.held > 0 else { return self.storage }
        if let memory, self.held >= memory.capacity / 2 { return unsafe PayloadStorage(keeping: held, in: memory) }
        unsafe self.storage.append(held, key: nil)
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
