import WebSocketProtocol

// Failures of the network, with the same words everywhere.
extension WebSocketError {
    /// A socket could not be connected.
    ///
    /// - Parameters:
    ///   - target: The target of the connect.
    ///   - cause: The error of the system or of SwiftNIO.
    ///   - proxy: The proxy, if it was the target.
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

    /// A server could not listen on an address.
    ///
    /// - Parameters:
    ///   - address: The address.
    ///   - cause: The error of the system or of SwiftNIO.
    init(listeningOn address: String, _ cause: any Error) {
        var failure = NetworkFailure(cause)
        if failure.reason == .noSuchSocket {
            // Listening creates the file, so the directory is missing.
            failure = NetworkFailure(.other, "its directory does not exist (no such file or directory)")
        }
        self.init(.listenFailed, "Can't listen on \(address): \(failure.words).", reason: failure.reason, cause: cause)
    }

    /// The socket of an open connection failed.
    ///
    /// - Parameter cause: The error of the system or of SwiftNIO.
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
    ///   - refusal: The server's answer.
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
