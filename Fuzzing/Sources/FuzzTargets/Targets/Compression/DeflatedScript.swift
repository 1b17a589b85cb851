import WebSocketProtocol

/// Messages written by a ``MessageWriter``, whole or in parts, compressed or not, and their content.
struct DeflatedScript {
    private(set) var bytes: [UInt8] = []
    private(set) var meant = Transcript()
    private var writer: MessageWriter
    /// All payloads sent so far, so that a message may repeat a part of them.
    private var sent: [UInt8] = []

    init(_ writer: MessageWriter) { self.writer = writer }

    /// Longer than the smallest windows; made once, because the work per byte takes most of the time of a run.
    private static let pattern = (0..<2_040).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 3) }
    /// Memory in which a frame is written first; larger than every message here.
    nonisolated(unsafe) private static let room = UnsafeMutableRawBufferPointer.allocate(
        byteCount: 1 << 13,
        alignment: 1
    )

    /// Whether there are enough messages; more would only slow the runs down.
    ///
    /// A message may still be longer than the largest window here.
    var isFull: Bool { self.sent.count > 1_200 }

    /// Adds a message or a Ping; the next bytes of the input decide which.
    mutating func addMessage(from input: inout FuzzInput) {
        let choice = input.byte()
        let kind: MessageKind = choice & 1 == 0 ? .binary : .text
        var payload = self.payload(choice >> 5, from: &input)
        if kind == .text { for index in payload.indices { payload[index] &= 0x7F } }
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

    /// Returns new bytes, one byte many times, or bytes that were sent before.
    private func payload(_ choice: UInt8, from input: inout FuzzInput) -> [UInt8] {
        let count = Int(input.byte())
        switch choice {
        case 0: return [UInt8](repeating: input.byte(), count: count)
        case 1: return Array(self.sent.suffix(count * 4))
        case 2: return Array(self.sent.prefix(count * 4)) + input.bytes(4)
        case 3: return Array(Self.pattern.prefix(count * 8))
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
        require(frame.sizeBound <= Self.room.count, "A frame takes \(frame.sizeBound) bytes.")
        // The room ends where the frame must end, so the address sanitizer sees a byte past it.
        let room = UnsafeMutableRawBufferPointer(rebasing: Self.room.suffix(frame.sizeBound))
        let count = self.writer.write(frame, into: room)
        self.bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: room.prefix(count)))
    }
}
