/// A status code of the closing handshake (RFC 6455 §7.4).
///
/// You can write a code as a number: `await connection.close(4001)`.
public struct CloseCode: RawRepresentable, Sendable, Hashable, CustomStringConvertible, ExpressibleByIntegerLiteral {
    /// The number on the wire, 0-65535; only codes with ``isValidOnTheWire`` may be sent.
    public let rawValue: UInt16

    /// Creates a code from its number; every number is possible, because a peer may send any.
    public init(rawValue: UInt16) { self.rawValue = rawValue }

    /// Creates a code from its number, as ``init(rawValue:)``.
    ///
    /// - Parameter number: The number on the wire.
    public init(_ number: UInt16) { self.init(rawValue: number) }

    /// Creates a code from a number in source code.
    ///
    /// - Parameter number: The number on the wire.
    public init(integerLiteral number: UInt16) { self.init(rawValue: number) }

    /// The number of the code.
    public var description: String { "\(self.rawValue)" }

    /// 1000: the purpose of the connection is fulfilled.
    public static let normalClosure = Self(rawValue: 1000)
    /// 1001: the endpoint goes away: a server shuts down, or a user leaves a page.
    public static let goingAway = Self(rawValue: 1001)
    /// 1002: the peer broke the protocol.
    public static let protocolError = Self(rawValue: 1002)
    /// 1003: the endpoint can't accept this kind of message.
    public static let unsupportedData = Self(rawValue: 1003)
    /// 1007: the text is not UTF-8.
    public static let invalidFramePayloadData = Self(rawValue: 1007)
    /// 1008: the message breaks a policy of the endpoint, and no other code fits.
    public static let policyViolation = Self(rawValue: 1008)
    /// 1009: the message is over the endpoint's limit.
    public static let messageTooBig = Self(rawValue: 1009)
    /// 1010: the server did not accept an extension that the client needs.
    public static let mandatoryExtension = Self(rawValue: 1010)
    /// 1011: the endpoint met an unexpected condition.
    public static let internalError = Self(rawValue: 1011)
    /// 1012: the service restarts (IANA registry).
    public static let serviceRestart = Self(rawValue: 1012)
    /// 1013: try again later (IANA registry).
    public static let tryAgainLater = Self(rawValue: 1013)
    /// 1014: a gateway got a bad answer (IANA registry).
    public static let badGateway = Self(rawValue: 1014)

    /// Whether the code may appear in a Close frame (§7.4.1, §7.4.2).
    ///
    /// 1004 is reserved. 1005, 1006 and 1015 mean "no code", "no Close frame" and "TLS failure"; they are never sent.
    /// 1016-2999 are for future versions, 3000-4999 for libraries and applications.
    public var isValidOnTheWire: Bool {
        switch self.rawValue {
        case 1000...1003, 1007...1014, 3000...4999: true
        default: false
        }
    }
}
