import WebSocketProtocol

/// Messages written by a ``MessageWriter``, whole or in parts, compressed or not, and what was meant by them.
struct DeflatedScript {
    private(set) var bytes: [UInt8] = []
    private(set) var meant = Transcript()
    private var writer: MessageWriter
    /// All that was sent so far, so that a message may repeat some of it.
    private var sent: [UInt8] = []

    init(_ writer: MessageWriter) { self.writer = writer }

    /// Whether there is enough: more would only cost executions.
    var isFull: Bool { self.sent.count > 3_000 }

    /// Adds a message, or a Ping, as the next bytes of the input say.
    mutating func addMessage(from input: inout FuzzInput) {
        let choice = input.byte()
        let kind: MessageKind = choice & 1 == 0 ? .binary : .text
        let payload = self.payload(choice >> 5, from: &input).map { kind == .text ? $0 & 0x7F : $0 }
        self.sent += payload
        let compression = [.always, .automatic, .never, .always][Int(choice >> 1 & 3)] as MessageCompression
        payload.withUnsafeBytes { payload in
            self.meant.appendMessage(kind, payload)
            switch choice >> 3 & 3 {
            case 0, 1: self.add(self.writer.message(kind, payload, compression: compression))
            case 2: self.addParts(kind, payload, compression, count: 2)
            default: self.addParts(kind, payload, compression, count: 4)
            }
        }
        guard choice & 0x18 == 0x18 else { return }
        self.meant.append(.ping([choice]))
        [choice].withUnsafeBytes { self.add(self.writer.control(.ping, $0)) }
    }

    /// New bytes, one byte many times, or bytes that were sent before.
    private func payload(_ choice: UInt8, from input: inout FuzzInput) -> [UInt8] {
        let count = Int(input.byte())
        switch choice {
        case 0: return [UInt8](repeating: input.byte(), count: count)
        case 1: return Array(self.sent.suffix(count * 4))
        case 2: return Array(self.sent.prefix(count * 4)) + input.bytes(4)
        // Beyond the smallest window.
        case 3: return (0..<count * 8).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 3) }
        default: return Array(input.bytes(count))
        }
    }

    private mutating func addParts(
        _ kind: MessageKind,
        _ payload: UnsafeRawBufferPointer,
        _ compression: MessageCompression,
        count: Int
    ) {
        var rest = payload[...]
        for index in 1...count {
            let part = index == count ? rest : rest.prefix(rest.count / 2)
            rest = rest.dropFirst(part.count)
            let place = MessageWriter.Place(isFirst: index == 1, isLast: index == count)
            let bytes = UnsafeRawBufferPointer(rebasing: part)
            self.add(self.writer.part(kind, bytes, place: place, compression: compression))
        }
    }

    private mutating func add(_ frame: MessageWriter.Frame) {
        let start = self.bytes.count
        self.bytes.append(contentsOf: repeatElement(0, count: frame.sizeBound))
        let count = self.bytes.withUnsafeMutableBytes { bytes in
            self.writer.write(frame, into: UnsafeMutableRawBufferPointer(rebasing: bytes[start...]))
        }
        self.bytes.removeLast(frame.sizeBound - count)
    }
}
