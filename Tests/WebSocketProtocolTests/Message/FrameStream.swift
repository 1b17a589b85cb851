import TestSupport
import WebSocketProtocol

/// Random frames, and the events that a reader must make from them.
///
/// The stream may contain one fault or a Close frame; the frames after it must not be read.
struct FrameStream {
    static let limits: MessageLimits = {
        var limits = MessageLimits()
        limits.maximumMessageBytes = 400
        limits.maximumFragments = 5
        return limits
    }()

    private(set) var bytes: [UInt8] = []
    private(set) var events: [ReaderEvent] = []
    private let sender: Role
    private var random: SplitMix64
    private var isOver = false

    init(seed: UInt64, from sender: Role) {
        self.sender = sender
        self.random = SplitMix64(seed: seed)
        for _ in 0..<Int.random(in: 1...10, using: &self.random) { self.addStep() }
    }

    private mutating func addStep() {
        switch Int.random(in: 0..<20, using: &self.random) {
        case 0..<7: self.addMessage(fragments: 1)
        case 7..<13: self.addMessage(fragments: Int.random(in: 2...5, using: &self.random))
        case 13..<17: self.addControl()
        case 17: self.addClose()
        default: self.addFault()
        }
    }

    private mutating func add(_ frame: RawFrame) {
        let key = [UInt8].random(count: 4, using: &self.random)
        self.bytes += frame.with { if $0.maskingKey != nil { $0.maskingKey = key } }.bytes
    }

    private mutating func expect(_ event: ReaderEvent) {
        if !self.isOver { self.events.append(event) }
    }

    private mutating func payload(_ kind: MessageKind) -> [UInt8] {
        let lengths = [0, 1, 5, 20, 40, 124, 125, 126, 127, 130, 400]
        let length = lengths.randomElement(using: &self.random) ?? 0
        guard kind == .text else { return .random(count: length, using: &self.random) }
        var text = ""
        while text.utf8.count < length {
            text += ["a", "plain text", "é", "漢", "😀", "\u{7FF}\u{FFFF}"].randomElement(using: &self.random) ?? ""
        }
        while text.utf8.count > Self.limits.maximumMessageBytes { text.removeLast() }
        return Array(text.utf8)
    }

    private mutating func addMessage(fragments: Int) {
        let kind = MessageKind.allCases.randomElement(using: &self.random) ?? .text
        let payload = self.payload(kind)
        var start = 0
        for fragment in 1...fragments {
            let end = fragment == fragments ? payload.count : Int.random(in: start...payload.count, using: &self.random)
            let opcode = fragment == 1 ? kind.opcode : .continuation
            self.add(
                RawFrame(opcode, Array(payload[start..<end]), from: self.sender).with {
                    $0.isFinal = fragment == fragments
                }
            )
            start = end
            if fragment < fragments, Bool.random(using: &self.random) { self.addControl() }
        }
        self.expect(.message(kind, payload))
    }

    private mutating func addControl() {
        let length = [0, 1, 4, 125].randomElement(using: &self.random) ?? 0
        let payload = [UInt8].random(count: length, using: &self.random)
        let isPing = Bool.random(using: &self.random)
        self.add(RawFrame(isPing ? .ping : .pong, payload, from: self.sender))
        self.expect(.control(isPing ? .ping(payload) : .pong(payload)))
    }

    private mutating func addClose() {
        let frame = Bool.random(using: &self.random) ? CloseFrame.empty : CloseFrame(.goingAway, reason: "auf bald, 再见")
        self.add(RawFrame(.close, frame.payload, from: self.sender))
        self.expect(.control(.close(frame)))
        self.isOver = true
    }

    private mutating func addFault() {
        let fault = Fault.allCases.randomElement(using: &self.random) ?? .reservedBits
        for frame in fault.frames(from: self.sender) { self.add(frame) }
        self.expect(.violation(fault.code))
        self.isOver = true
    }
}

/// The faults of a peer, as frames.
enum Fault: CaseIterable {
    case reservedBits, reservedOpcode, invalidLength, lengthTopBit, fragmentedControlFrame, controlFrameTooLong
    case wrongMasking, unexpectedContinuation, interruptedMessage, badText, badTextInFragment, cutText
    case messageTooBig, messageTooBigInAll, lengthOverflow, tooManyFragments
    case oneByteClose, badCloseCode, badCloseReason

    var code: ProtocolViolation.Code {
        switch self {
        case .reservedBits: .reservedBits
        case .reservedOpcode: .reservedOpcode
        case .invalidLength, .lengthTopBit: .invalidLength
        case .fragmentedControlFrame: .fragmentedControlFrame
        case .controlFrameTooLong: .controlFrameTooLong
        case .wrongMasking: .wrongMasking
        case .unexpectedContinuation: .unexpectedContinuation
        case .interruptedMessage: .interruptedMessage
        case .badText, .badTextInFragment, .cutText, .badCloseReason: .invalidUTF8
        case .messageTooBig, .messageTooBigInAll, .lengthOverflow: .messageTooBig
        case .tooManyFragments: .tooManyFragments
        case .oneByteClose, .badCloseCode: .invalidClosePayload
        }
    }

    func frames(from sender: Role) -> [RawFrame] {
        let limits = FrameStream.limits
        let text = RawFrame(.text, Array("text".utf8), from: sender)
        let fragment = text.with { $0.isFinal = false }
        let continuation = RawFrame(.continuation, [0x21], from: sender)
        let ping = RawFrame(.ping, [1], from: sender)
        switch self {
        case .reservedBits: return [text.with { $0.reservedBits = 0x40 }]
        case .reservedOpcode: return [text.with { $0.opcode = 0xB }]
        case .invalidLength: return [text.with { $0.lengthForm = .sixteenBits }]
        case .lengthTopBit: return [text.with { $0.announcedLength = 1 << 63 }]
        case .fragmentedControlFrame: return [ping.with { $0.isFinal = false }]
        case .controlFrameTooLong: return [ping.with { $0.payload = [UInt8](repeating: 1, count: 126) }]
        case .wrongMasking: return [RawFrame(.text, [0x61], from: sender.peer)]
        case .unexpectedContinuation: return [continuation]
        case .interruptedMessage: return [fragment, text]
        case .badText: return [text.with { $0.payload = Array("ok".utf8) + [0xC0, 0xAF] }]
        case .badTextInFragment: return [fragment.with { $0.payload = [0xED, 0xA0] }, continuation]
        case .cutText: return [fragment.with { $0.payload = [0xE2] }, continuation.with { $0.payload = [0x82] }]
        case .messageTooBig: return [text.with { $0.announcedLength = UInt64(limits.maximumMessageBytes) + 1 }]
        case .messageTooBigInAll:
            return [fragment, continuation.with { $0.announcedLength = UInt64(limits.maximumMessageBytes) - 3 }]
        case .lengthOverflow: return [fragment, continuation.with { $0.announcedLength = UInt64(Int.max) }]
        case .tooManyFragments:
            let more = Array(repeating: continuation.with { $0.isFinal = false }, count: limits.maximumFragments)
            return [fragment] + more
        case .oneByteClose: return [RawFrame(.close, [3], from: sender)]
        case .badCloseCode: return [RawFrame(.close, [0x03, 0xED], from: sender)]
        case .badCloseReason: return [RawFrame(.close, [0x03, 0xE8, 0xFF], from: sender)]
        }
    }
}
