import WebSocketProtocol

/// Where to go after a redirect, and what may be taken along (RFC 9110 §15.4).
enum Redirect {
    /// Whether a status means: ask elsewhere.
    static func isRedirect(_ status: Int) -> Bool { [301, 302, 303, 307, 308].contains(status) }

    /// Whether a response says where else to ask: what its body says, and whether that ever ends, does not matter then.
    static func leadsElsewhere(_ response: HTTPResponseHead) -> Bool {
        self.isRedirect(response.status) && response.fields.contains("Location")
    }

    /// The fields that say nothing about who asks.
    private static let harmlessFields = ["user-agent", "accept-language"]

    /// The URL that a server's answer leads to.
    ///
    /// - Parameters:
    ///   - error: What the attempt failed with.
    ///   - url: Where it went.
    /// - Returns: nil when the server did not redirect, or did not say where to.
    /// - Throws: ``WebSocketError`` with `redirectRefused`.
    static func target(of error: WebSocketError, from url: WebSocketURL) throws(WebSocketError) -> WebSocketURL? {
        guard error.code == .upgradeRefused, let refusal = error.refusal, self.isRedirect(refusal.status),
            let location = refusal.fields.first("Location")
        else { return nil }
        let target: WebSocketURL
        do throws(HandshakeError) {
            target = try url.resolving(location: location)
        } catch {
            throw WebSocketError(.redirectRefused, "\(url) redirects to no WebSocket: \(error.message)", cause: error)
        }
        guard target.isSecure || !url.isSecure else {
            let message = "\(url) redirects to \(target): from wss to ws none is followed."
            throw WebSocketError(.redirectRefused, message, cause: error.cause)
        }
        guard target.socketPath == nil || target.socketPath == url.socketPath else {
            let message = "\(url) redirects to a socket of this machine: none is followed."
            throw WebSocketError(.redirectRefused, message, cause: error.cause)
        }
        return target
    }

    /// What may be sent to the target.
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
        // It was meant for the first host.
        reduced.tls.serverName = nil
        return reduced
    }
}
