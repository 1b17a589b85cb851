import WebSocketProtocol

/// The target of a redirect, and what may be sent there (RFC 9110 §15.4).
enum Redirect {
    /// Whether the status is a redirect.
    static func isRedirect(_ status: Int) -> Bool { [301, 302, 303, 307, 308].contains(status) }

    /// Whether a response redirects to a location; its body, which may never end, is then ignored.
    static func leadsElsewhere(_ response: HTTPResponseHead) -> Bool {
        self.isRedirect(response.status) && response.fields.contains("Location")
    }

    /// The fields that do not identify the client.
    private static let harmlessFields = ["user-agent", "accept-language"]

    /// The URL to which a server's answer redirects.
    ///
    /// - Parameters:
    ///   - error: The error of the attempt.
    ///   - url: The URL of the attempt.
    /// - Returns: The URL; nil if the answer is not a redirect or has no `Location`.
    /// - Throws: ``WebSocketError`` with `redirectRefused`.
    static func target(of error: WebSocketError, from url: WebSocketURL) throws(WebSocketError) -> WebSocketURL? {
        guard error.code == .upgradeRefused, let refusal = error.refusal, self.isRedirect(refusal.status),
            let location = refusal.fields.first("Location")
        else { return nil }
        let target: WebSocketURL
        do throws(HandshakeError) {
            target = try url.resolving(location: location)
        } catch {
            throw WebSocketError(.redirectRefused, "\(url) has an invalid redirect: \(error.message)", cause: error)
        }
        guard target.isSecure || !url.isSecure else {
            let message = "\(url) redirects to \(target): a redirect from wss to ws is not followed."
            throw WebSocketError(.redirectRefused, message, cause: error.cause)
        }
        guard target.socketPath == nil || target.socketPath == url.socketPath else {
            let message = "\(url) redirects to a socket of this machine: this is not followed."
            throw WebSocketError(.redirectRefused, message, cause: error.cause)
        }
        return target
    }

    /// The configuration that may be used for the target.
    static func configuration(
        _ configuration: WebSocketClientConfiguration,
        from url: WebSocketURL,
        to target: WebSocketURL
    ) -> WebSocketClientConfiguration {
        guard !target.isSameOrigin(as: url) else { return configuration }
        var reduced = configuration
        reduced.fields = [:]
        for field in configuration.fields where self.harmlessFields.contains(field.name.lowercased()) {
            reduced.fields.append(name: field.name, value: field.value)
        }
        reduced.tls.identity = nil
        // It was set for the first host.
        reduced.tls.serverName = nil
        return reduced
    }
}
