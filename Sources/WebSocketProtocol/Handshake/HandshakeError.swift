/// An error of the opening handshake (RFC 6455 §4).
///
/// Switch on ``code``: ``message`` is for people and may change. Text of the peer is quoted in messages in
/// printable ASCII and cut short; values of fields and queries of URLs, which may hold secrets, are not quoted.
public struct HandshakeError: Error, Sendable {
    /// What failed.
    public let code: Code

    /// What exactly was wrong, with the offending value, the limit and what to do.
    public let message: String

    /// The answer of a server that did not switch protocols; set if and only if ``code`` is ``Code/upgradeRefused``.
    public let refusal: UpgradeRefusal?

    /// The error below this one, if any.
    public let cause: (any Error)?

    /// Where the error was created, as `Module/File.swift:line`.
    public let location: String

    package init(
        _ code: Code,
        _ message: String,
        refusal: UpgradeRefusal? = nil,
        cause: (any Error)? = nil,
        file: String = #fileID,
        line: Int = #line
    ) {
        self.code = code
        self.message = message
        self.refusal = refusal
        self.cause = cause
        self.location = "\(file):\(line)"
    }

    private init(_ error: Self, refusal: UpgradeRefusal, cause: (any Error)?) {
        self.code = error.code
        self.message = error.message
        self.refusal = refusal
        self.cause = cause
        self.location = error.location
    }

    /// The same error with what was read of the body of the refusal.
    ///
    /// - Parameters:
    ///   - body: The bytes kept.
    ///   - isComplete: False if the body was cut at the limit, or its end never came.
    ///   - cause: Why the body could not be read to its end, if that was an error.
    /// - Returns: The error with the body attached, or the error itself if it is not a refusal.
    package func with(body: [UInt8], isComplete: Bool, cause: HandshakeError? = nil) -> Self {
        guard var refusal = self.refusal else { return self }
        refusal.body = body
        refusal.isBodyComplete = isComplete
        return Self(self, refusal: refusal, cause: cause)
    }
}

extension HandshakeError: CustomStringConvertible {
    /// The code and the message in one line.
    public var description: String { "\(self.code): \(self.message)" }
}
