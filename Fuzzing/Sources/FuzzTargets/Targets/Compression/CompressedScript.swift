import WebSocketProtocol

/// Messages in frames, with compressed payloads from the input, and the content that zlib finds in them.
struct CompressedScript {
    private(set) var bytes: [UInt8] = []
    /// The fault of the last message, if it has one.
    private(set) var fault: Fault?
    /// A fault that zlib finds.
    enum Fault: Equatable {
        case code(ProtocolViolation.Code)
        /// One of several faults that do not concern compression; the first one counts.
        case any
    }

    private let oracle: InflateOracle
    private let limits: MessageLimits
    private let sender: Role

    init(_ choices: CompressionChoices) {
        self.oracle = InflateOracle(choices.deflate.peer, limit: choices.limits.maximumMessageBytes)
        self.limits = choices.limits
        self.sender = choices.role.peer
    }

    /// Adds a message in one to four frames; the next bytes of the input decide which.
    ///
    /// - Returns: Whether another message may follow.
    mutating func addMessage(from input: inout FuzzInput, into expected: inout Transcript) -> Bool {
        let choice = input.byte()
        let payload = Array(input.bytes(Int(input.byte())))
        let kind: MessageKind = choice & 1 == 0 ? .binary : .text
        let isCompressed = choice & 2 == 0
        let fragments = Int(choice >> 2 & 3)
        // Either the first frame has all bytes and the others have none, or each frame has half of the rest.
        let share = choice & 0x10 == 0 ? 2 : 1
        self.addFrames(kind, payload, isCompressed: isCompressed, fragments: fragments, share: share)
        guard fragments < self.limits.maximumFragments else {
            self.fault = .any
            return false
        }
        self.fault = self.verdict(on: payload, kind, isCompressed: isCompressed)
        guard self.fault == nil else { return false }
        (isCompressed ? self.oracle.output : payload).withUnsafeBytes { expected.appendMessage(kind, $0) }
        return true
    }

    private func verdict(on payload: [UInt8], _ kind: MessageKind, isCompressed: Bool) -> Fault? {
        guard isCompressed else {
            let isWrong = payload.count > self.limits.maximumMessageBytes || kind == .text && !Self.isUTF8(payload)
            return isWrong ? .any : nil
        }
        let verdict = self.oracle.inflate(payload)
        // The decompressed bytes before the fault are checked first.
        if verdict != .inflated, kind == .text, !Self.beginsUTF8(self.oracle.output) { return .code(.invalidUTF8) }
        switch verdict {
        case .inflated: return kind == .binary || Self.isUTF8(self.oracle.output) ? nil : .code(.invalidUTF8)
        case .tooBig: return .code(.messageTooBig)
        case .invalid: return .code(.invalidCompression)
        }
    }

    private static func isUTF8(_ bytes: [UInt8]) -> Bool { String(validating: bytes, as: UTF8.self) != nil }

    /// Whether the bytes can be the beginning of a UTF-8 text.
    private static func beginsUTF8(_ bytes: [UInt8]) -> Bool {
        var validator = UTF8Validator()
        return bytes.withUnsafeBytes { validator.accept($0) }
    }

    private mutating func addFrames(
        _ kind: MessageKind,
        _ payload: [UInt8],
        isCompressed: Bool,
        fragments: Int,
        share: Int
    ) {
        var rest = payload[...]
        for fragment in 0...fragments {
            let isFinal = fragment == fragments
            let part = isFinal ? rest : rest.prefix(rest.count / share)
            rest = rest.dropFirst(part.count)
            self.addFrame(
                FrameHeader(
                    opcode: fragment == 0 ? kind.opcode : .continuation,
                    payloadLength: part.count,
                    isFinal: isFinal,
                    reservedBits: isCompressed && fragment == 0 ? FrameHeader.compressionBit : 0,
                    maskingKey: self.sender.masksItsFrames ? MaskingKey(0x37, 0xFA, 0x21, 0x3D) : nil
                ),
                part
            )
        }
    }

    private mutating func addFrame(_ header: FrameHeader, _ payload: ArraySlice<UInt8>) {
        let start = self.bytes.count
        self.bytes.append(contentsOf: repeatElement(0, count: header.encodedSize))
        self.bytes.append(contentsOf: payload)
        self.bytes.withUnsafeMutableBytes { bytes in
            let size = header.serialize(into: UnsafeMutableRawBufferPointer(rebasing: bytes[start...]))
            header.maskingKey?.apply(to: UnsafeMutableRawBufferPointer(rebasing: bytes[(start + size)...]))
        }
    }
}
