/// The content of a Close frame (RFC 6455 §5.5.1).
public struct CloseFrame: Sendable, Hashable, CustomStringConvertible {
    /// The longest reason, in bytes of UTF-8: the 125 bytes of a control frame minus 2 for the code.
    public static let maximumReasonBytes = FrameHeader.maximumControlPayloadBytes - 2

    /// The code, or nil if the frame is empty, which §7.1.5 treats as 1005.
    public let code: CloseCode?
    /// The reason, for people; empty if there is none.
    ///
    /// Do not trust a reason that the peer sent.
    public let reason: String

    /// A Close frame without a code.
    public static let empty = CloseFrame(code: nil, reason: "")

    private init(code: CloseCode?, reason: String) {
        self.code = code
        self.reason = reason
    }

    /// Creates a frame to send.
    ///
    /// - Parameters:
    ///   - code: A code that may be sent: 1000-1003, 1007-1014 or 3000-4999. Any other code is replaced by 1011,
    ///     because the connection must be closed in any case.
    ///   - reason: Shortened to ``maximumReasonBytes``, at the border of a Unicode scalar.
    public init(_ code: CloseCode, reason: String = "") {
        self.init(
            code: code.isValidOnTheWire ? code : .internalError,
            reason: Self.cut(reason)
        )
    }

    /// Reads the payload of a received frame.
    ///
    /// - Parameter payload: 0 to 125 bytes.
    /// - Throws: ``ProtocolViolation`` with `invalidClosePayload` for one byte or a code that may not be sent, or with
    ///   `invalidUTF8` for the reason.
    package init(payload: [UInt8]) throws(ProtocolViolation) {
        guard !payload.isEmpty else {
            self = .empty
            return
        }
        guard payload.count >= 2 else {
            throw ProtocolViolation(.invalidClosePayload, "A Close frame has one byte of payload; a code takes two.")
        }
        let code = CloseCode(rawValue: UInt16(payload[0]) << 8 | UInt16(payload[1]))
        guard code.isValidOnTheWire else {
            throw ProtocolViolation(.invalidClosePayload, "Close code \(code) may not be sent.")
        }
        guard let reason = String(validating: payload.dropFirst(2), as: UTF8.self) else {
            throw ProtocolViolation(
                .invalidUTF8,
                "The reason of a Close frame is not UTF-8.",
                closeCode: .invalidFramePayloadData
            )
        }
        self.init(code: code, reason: reason)
    }

    /// The payload on the wire, 0 to 125 bytes.
    package var payload: [UInt8] {
        guard let code = self.code else { return [] }
        return [UInt8(code.rawValue >> 8), UInt8(truncatingIfNeeded: code.rawValue)] + self.reason.utf8
    }

    /// The code and the reason, as `1000` or `1011 "out of memory"`; control characters are escaped.
    public var description: String {
        guard let code = self.code else { return "no code" }
        return self.reason.isEmpty ? "\(code)" : "\(code) \"\(PeerText(self.reason))\""
    }

    private static func cut(_ reason: String) -> String {
        guard reason.utf8.count > Self.maximumReasonBytes else { return reason }
        var scalars = String.UnicodeScalarView()
        var size = 0
        for scalar in reason.unicodeScalars {
            size += UTF8.width(scalar)
            guard size <= Self.maximumReasonBytes else { break }
            scalars.append(scalar)
        }
        return String(scalars)
    }
}
