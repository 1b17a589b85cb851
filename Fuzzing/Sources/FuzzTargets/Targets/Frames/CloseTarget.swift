import WebSocketProtocol

/// The payload of Close frames: it is read as RFC 6455 §7.4 says, can be read back unchanged, and is never too long.
enum CloseTarget: FuzzTarget {
    static func run(_ input: FuzzInput) {
        self.read(Array(input.rest.prefix(FrameHeader.maximumControlPayloadBytes)))
        var input = input
        let code = CloseCode(rawValue: UInt16(input.byte()) << 8 | UInt16(input.byte()))
        self.write(code, String(decoding: input.rest, as: UTF8.self))
    }

    private static func read(_ payload: [UInt8]) {
        let frame: CloseFrame
        do throws(ProtocolViolation) {
            frame = try CloseFrame(payload: payload)
        } catch {
            require(!self.isLegal(payload), "A legal payload is refused: \(error)")
            return
        }
        require(self.isLegal(payload), "An illegal payload is read as \(frame).")
        require(frame.payload == payload, "A value that was read is written differently.")
    }

    /// The same rule, written in another way.
    private static func isLegal(_ payload: [UInt8]) -> Bool {
        guard payload.count > 1 else { return payload.isEmpty }
        let code = Int(payload[0]) * 256 + Int(payload[1])
        let known = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014]
        guard known.contains(code) || code / 1000 == 3 || code / 1000 == 4 else { return false }
        var validator = UTF8Validator()
        let isAccepted = payload.withUnsafeBytes { validator.accept(UnsafeRawBufferPointer(rebasing: $0[2...])) }
        return isAccepted && validator.isAtBoundary
    }

    private static func write(_ code: CloseCode, _ reason: String) {
        let frame = CloseFrame(code, reason: reason)
        let payload = frame.payload
        require(payload.count <= FrameHeader.maximumControlPayloadBytes, "A Close frame is too long.")
        require((try? CloseFrame(payload: payload)) == frame, "A value that was written is read differently.")
        require(frame.code == (code.isValidOnTheWire ? code : .internalError), "A different code was written.")
        require(reason.utf8.starts(with: frame.reason.utf8), "The reason is not a beginning of the given one.")
        let left = CloseFrame.maximumReasonBytes - frame.reason.utf8.count
        require(frame.reason.utf8.count == reason.utf8.count || left < 4, "The reason is cut more than needed.")
    }
}
