/// The configuration of a mock control port.
public struct MockControlConfiguration: Sendable {
    /// The port to listen on.
    ///
    /// Default: 0, which means any free port.
    public var port = 0
    /// The nonce that a client exchanges for the token, once.
    ///
    /// Default: nil; then there is no token, every request passes, and the handshake always answers 403.
    public var nonce: String?
    /// The token that the handshake gives; the instances use the same one.
    ///
    /// Default: 64 random hexadecimal digits.
    public var token = (0..<64).map { _ in String(Int.random(in: 0..<16), radix: 16) }.joined()
    /// What all instances have in common; id, token, port and workspace come from the requests.
    ///
    /// Default: the default configuration of a server.
    public var instance = MockServerConfiguration()
    /// Whether a new instance gets the port of the instance that was deleted last.
    ///
    /// Default: true, as in agentctl.
    public var reusesPorts = true
    /// Wrong answers of the control port itself; see ``AnswerFault``.
    ///
    /// Default: none.
    public var faults: [AnswerFault] = []

    /// Creates the default configuration; you can change single properties.
    public init() {}
}
