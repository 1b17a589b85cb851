import WebSocketProtocol

/// Messages and control frames written by a ``FrameWriter``, and their content.
struct FrameScript {
    private(set) var bytes: [UInt8] = []
    private(set) var meant = Transcript()
    private var writer: FrameWriter

    init(role: Role) { self.writer = FrameWriter(role: role) }

    /// Adds a Ping, a Pong or a message in one to four frames; the next bytes of the input decide which.
    mutating func addMessage(from input: inout FuzzInput) {
        let choice = input.byte()
        let payload = self.payload(length: input.byte(), from: &input)
        switch choice & 7 {
        case 0:
            self.add(.ping(Array(payload.prefix(FrameHeader.maximumControlPayloadBytes))))
        case 1:
            self.add(.pong(Array(payload.prefix(FrameHeader.maximumControlPayloadBytes))))
        case 2, 3:
            self.add(.text, payload.map { $0 & 0x7F }, fragments: Int(choice >> 4 & 3))
        default:
            self.add(.binary, payload, fragments: Int(choice >> 4 & 3))
        }
    }

    private func payload(length: UInt8, from input: inout FuzzInput) -> [UInt8] {
        guard length >= 250 else { return Array(input.bytes(Int(length))) }
        // Lengths at which the form of the length changes. The unit tests try 65,535 and 65,536, which are slow here.
        let count = [124, 125, 126, 127, 128, 300][Int(length) - 250]
        return [UInt8](repeating: input.byte(), count: count)
    }

    private mutating func add(_ content: ControlFrame.Content) {
        self.meant.append(content)
        switch content {
        case .ping(let payload): self.bytes += self.writer.frame(.ping, payload: payload)
        case .pong(let payload): self.bytes += self.writer.frame(.pong, payload: payload)
        case .close(let frame): self.bytes += self.writer.frame(.close, payload: frame.payload)
        }
    }

    private mutating func add(_ kind: MessageKind, _ payload: [UInt8], fragments: Int) {
        payload.withUnsafeBytes { self.meant.appendMessage(kind, $0) }
        var rest = payload[...]
        for fragment in 0...fragments {
            let isFinal = fragment == fragments
            let part = isFinal ? rest : rest.prefix(rest.count / 2)
            rest = rest.dropFirst(part.count)
            let opcode = fragment == 0 ? kind.opcode : .continuation
            self.bytes += self.writer.frame(opcode, payload: Array(part), isFinal: isFinal)
        }
    }
}
