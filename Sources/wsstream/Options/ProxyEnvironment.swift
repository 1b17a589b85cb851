import WebSocketProtocol
import WebSocketTransport

/// Finds the proxy for a URL in the environment variables; the libraries read no variables.
///
/// | variable | for |
/// |---|---|
/// | `http_proxy`, `HTTP_PROXY` | `ws` |
/// | `https_proxy`, `HTTPS_PROXY` | `wss` |
/// | `all_proxy`, `ALL_PROXY` | both, if the variable above is not set |
/// | `no_proxy`, `NO_PROXY` | the hosts without a proxy: see ``NoProxyList`` |
///
/// Lower case is read first; an empty variable counts as not set.
struct ProxyEnvironment: Sendable {
    /// A variable that can't be used.
    struct VariableError: Error, Equatable, CustomStringConvertible {
        var variable: String
        var reason: String

        /// The error; it does not show the value, which may contain a password.
        var description: String { "the variable \(self.variable) can't be used: \(self.reason)" }
    }

    /// For help texts.
    static let explanation = """
        The proxy is read from HTTPS_PROXY for wss, HTTP_PROXY for ws, or ALL_PROXY, also in lower case: \
        http://[user:password@]host:port or socks5://…. NO_PROXY lists hosts without a proxy: names (with their \
        subdomains) and addresses, each with or without a port, networks such as 10.0.0.0/8, or '*'. No proxy is used \
        for this machine.
        """

    private let variables: [String: String]

    init(_ variables: [String: String]) { self.variables = variables }

    /// The proxy for a URL, or nil to connect directly.
    func proxy(for url: WebSocketURL) throws(VariableError) -> WebSocketProxy? {
        guard url.socketPath == nil, !Self.isThisMachine(url.host) else { return nil }
        let names = [url.isSecure ? "https_proxy" : "http_proxy", "all_proxy"]
        guard let (variable, value) = names.lazy.compactMap({ self.value($0) }).first else { return nil }
        let exceptions = NoProxyList(self.value("no_proxy")?.value ?? "")
        guard !exceptions.contains(host: url.host, port: url.port) else { return nil }
        do throws(WebSocketError) {
            // Like in other programs, a host without a scheme is an HTTP proxy.
            return try WebSocketProxy(value.contains("://") ? value : "http://\(value)")
        } catch {
            throw VariableError(variable: variable, reason: error.message)
        }
    }

    private func value(_ name: String) -> (variable: String, value: String)? {
        for variable in [name, name.uppercased()] {
            if let value = self.variables[variable], !value.isEmpty { return (variable, value) }
        }
        return nil
    }

    /// RFC 6761 §6.3: `localhost` and its subdomains.
    private static func isThisMachine(_ host: String) -> Bool {
        if let address = IPAddress(host) { return address.isLoopback }
        return NoProxyList("localhost").contains(host: host, port: 0)
    }
}
