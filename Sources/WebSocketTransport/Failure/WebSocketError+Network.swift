import WebSocketProtocol

// Failures of the network, in the same words everywhere.
extension WebSocketError {
    /// A socket could not be connected.
    ///
    /// - Parameters:
    ///   - target: What was to be connected to.
    ///   - cause: What the system, or SwiftNIO, says.
    ///   - proxy: The proxy, if it was the one to be connected to.
    init(connectingTo target: String, _ cause: any Error, proxy: WebSocketProxy? = nil) {
        let failure = NetworkFailure(cause)
        self.init(
            .connectFailed,
            "Can't connect to \(target): \(failure.words).",
            reason: failure.reason,
            proxy: proxy,
            cause: cause
        )
    }

    /// A socket could not be listened on.
    ///
    /// - Parameters:
    ///   - address: Where it was to listen.
    ///   - cause: What the system, or SwiftNIO, says.
    init(listeningOn address: String, _ cause: any Error) {
        var failure = NetworkFailure(cause)
        if failure.reason == .noSuchSocket {
            // To listen makes the file; it is the directory that is missing.
            failure = NetworkFailure(.other, "its directory does not exist (no such file or directory)")
        }
        self.init(.listenFailed, "Can't listen on \(address): \(failure.words).", reason: failure.reason, cause: cause)
    }

    /// The socket of an open connection failed.
    ///
    /// - Parameter cause: What the system, or SwiftNIO, says.
    init(losing cause: any Error) {
        let failure = NetworkFailure(cause)
        let message =
            failure.reason == .ended
            ? "The connection ended without a closing handshake." : "The connection broke off: \(failure.words)."
        self.init(.connectionLost, message, reason: failure.reason, cause: cause)
    }

    /// The server refused the upgrade.
    ///
    /// - Parameters:
    ///   - refusal: Its answer.
    ///   - error: The error of the handshake.
    ///   - now: Seconds since 1970, for a `Retry-After` that is a date.
    init(refusal: UpgradeRefusal, _ error: HandshakeError, now: Int) {
        let retryAfter = RetryAfter.duration(in: refusal.fields, now: now)
        let when = Self.hint(retryAfter: retryAfter)
        let elsewhere = refusal.fields.first("Location").map { " It says to go to \(PeerText(url: $0))." } ?? ""
        self.init(.upgradeRefused, "\(error.message)\(elsewhere)\(when)", retryAfter: retryAfter, cause: error)
    }

    /// A sentence that says when to try again; empty without a time.
    static func hint(retryAfter: Duration?) -> String {
        retryAfter.map { " It says to try again after \($0.components.seconds) s." } ?? ""
    }
}
