/// Reads the bytes of our side strictly: bytes that RFC 6455 does not allow a sender are an error.
struct FrameScanner {
    /// The error in the bytes.
    struct Malformed: Error { var message: String }

    private struct Header {
        var frame: PeerFrame
        var key: [UInt8]?
        var count: Int
        var size: Int
    }

    /// Whether the frames must be masked.
    let isMasked: Bool
    /// Whether RSV1 is in use (RFC 7692 §6).
    var allowsCompression = false
    private var bytes: [UInt8] = []
    private var position = 0

    init(isMasked: Bool) { self.isMasked = isMasked }

    mutating func append(_ bytes: [UInt8]) {
        if self.position > 0 {
            self.bytes.removeFirst(self.position)
            self.position = 0
        }
        self.bytes += bytes
    }

    /// Removes the HTTP head at the start.
    ///
    /// - Returns: The head, or nil if it is not complete.
    mutating func takeHead() -> String? {
        let end = Array("\r\n\r\n".utf8)
        guard self.bytes.count >= end.count else { return nil }
        for index in 0...(self.bytes.count - end.count) where self.bytes[index..<(index + end.count)] == end[...] {
            defer { self.position = index + end.count }
            return String(decoding: self.bytes[..<index], as: UTF8.self)
        }
        return nil
    }

    /// Takes the next frame.
    ///
    /// - Returns: The frame, unmasked, or nil if it is not complete.
    /// - Throws: `Malformed`.
    mutating func next() throws -> PeerFrame? {
        guard let header = try self.header() else { return nil }
        let start = self.position + header.size
        guard self.bytes.count - start >= header.count else { return nil }
        var frame = header.frame
        frame.payload = Array(self.bytes[start..<(start + header.count)])
        if let key = header.key { frame.payload.applyMask(key) }
        self.position = start + header.count
        return frame
    }

    /// Whether an incomplete frame is left.
    var hasRest: Bool { self.position < self.bytes.count }

    private func header() throws -> Header? {
        let rest = self.bytes.count - self.position
        guard rest >= 2 else { return nil }
        let (first, second) = (self.bytes[self.position], self.bytes[self.position + 1])
        try self.check(first: first, second: second)
        let lengthBytes = [126: 2, 127: 8][second & 0x7F] ?? 0
        let keyStart = self.position + 2 + lengthBytes
        let size = 2 + lengthBytes + (self.isMasked ? 4 : 0)
        guard rest >= size else { return nil }
        let long = self.bytes[(self.position + 2)..<keyStart].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        let count = lengthBytes == 0 ? Int(second & 0x7F) : Int(clamping: long)
        guard lengthBytes == 0 || count > (lengthBytes == 2 ? 125 : 65_535) else {
            throw Malformed(message: "a length of \(count) in \(lengthBytes) bytes")
        }
        let frame = PeerFrame(opcode: first & 0x0F, isFinal: first & 0x80 != 0, reserved: first >> 4 & 7)
        let key = self.isMasked ? Array(self.bytes[keyStart..<(keyStart + 4)]) : nil
        return Header(frame: frame, key: key, count: count, size: size)
    }

    private func check(first: UInt8, second: UInt8) throws {
        let opcode = first & 0x0F
        guard [0, 1, 2, 8, 9, 10].contains(opcode) else { throw Malformed(message: "opcode \(opcode)") }
        let reserved = first >> 4 & 7
        let allowed = self.allowsCompression && (opcode == 1 || opcode == 2) ? reserved & 3 == 0 : reserved == 0
        guard allowed else { throw Malformed(message: "RSV \(reserved) on opcode \(opcode)") }
        guard (second & 0x80 != 0) == self.isMasked else {
            throw Malformed(message: self.isMasked ? "a frame is not masked" : "a frame is masked")
        }
        guard opcode < 8 || (first & 0x80 != 0 && second & 0x7F <= 125) else {
            throw Malformed(message: "a control frame is fragmented or too long")
        }
    }
}
