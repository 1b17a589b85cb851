/// An error of the opening handshake (RFC 6455 §4).
///
/// Switch on ``code``: ``message`` is for people and may change. Messages quote text of the peer in printable ASCII and
/// shorten it. They do not quote values of fields or queries of URLs, which may contain secrets.
public struct HandshakeError: Error, Sendable {
    /// What failed.
    public let code: Code

    /// What exactly was wrong: the wrong value, the limit and what to do.
    public let message: String

    /// The answer of a server that did not switch protocols; set only if ``code`` is ``Code/upgradeRefused``.
    public let refusal: UpgradeRefusal?

    /// The error that caused this one, if any.
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

    /// The same error with the part of the refusal's body that was read.
    ///
    /// - Parameters:
    ///   - body: The bytes kept.
    ///   - isComplete: False if the body was cut at the limit, or if its end did not arrive.
    ///   - cause: The error because of which the body could not be read to its end, if any.
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
