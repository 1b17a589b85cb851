import AgentRuntime
import CommandIO
import RuntimeLifecycle
import WebSocketProtocol
import WebSocketTransport

/// Advice after a failure; a library can't give it, because it names options, variables and agentctl.
///
/// It gives only advice that fits the failure. For example, it does not ask whether agentctl runs if TLS or a proxy
/// failed.
struct Advice {
    /// The command that failed.
    enum Command {
        /// `tail`, which connects to agentctl.
        case tail
        /// `bench`, which connects to any WebSocket server, and has fewer options.
        case bench
        /// `workspace`, which starts and stops runtimes on this machine.
        case workspace
    }

    let command: Command

    /// The advice, with a space before it; empty if there is none.
    func text(for error: AgentRuntimeError) -> SafeText {
        switch error.code {
        case .unauthorized: " Give the right token by --token-file or \(TokenSource.variable)."
        case .instanceGone: " Ask for the instance's new address; trying again does not help."
        default: error.webSocketError.map { self.text(for: $0) } ?? ""
        }
    }

    /// The advice, with a space before it; empty if there is none.
    func text(for error: WebSocketError) -> SafeText {
        if error.proxy != nil { return self.proxy(error) }
        switch error.code {
        case .connectFailed, .connectTimedOut: return self.connecting(error)
        case .upgradeRefused: return self.refused(error)
        case .tlsUntrusted: return " To trust it, give its authority, or the certificate itself, with --ca-file."
        case .protocolViolation where error.closeCode == .messageTooBig && self.command == .tail:
            return " Raise the limit with --max-message-bytes."
        case .handshakeFailed:
            return self.command == .tail ? " Is this an agentctl port?" : " Is this a WebSocket server?"
        case .connectionLost, .keepaliveTimedOut, .messageTimedOut, .sendTimedOut:
            return self.command == .tail ? " The stream was lost; run the command again to continue." : ""
        default: return ""
        }
    }

    /// The advice, with a space before it; empty if there is none.
    func text(for error: LifecycleError) -> SafeText {
        switch error.code {
        case .unknownWorkspace: " `wsstream workspace up` creates it."
        case .notReady where self.command == .tail: " `wsstream workspace up` starts it."
        case .notReady: " --ready-within gives it more time."
        case .noCommand: " Name one by --command."
        case .ownership: " --root names another state directory."
        case .gateTimeout, .lockTimeout:
            " `wsstream workspace explain` shows the current work on it; --wait allows more time."
        default: ""
        }
    }

    private func proxy(_ error: WebSocketError) -> SafeText {
        let source: SafeText =
            " The proxy comes from HTTPS_PROXY, HTTP_PROXY or ALL_PROXY; NO_PROXY lists the hosts to reach without it."
        switch error.httpStatus {
        case 407: return " Put user and password into the proxy's URL." + source
        default: return error.code == .proxyRefused ? source + self.later(error) : source
        }
    }

    private func connecting(_ error: WebSocketError) -> SafeText {
        switch error.reason {
        case .refused, .ended, .reset:
            let what: SafeText = self.command == .tail ? "agentctl" : "the server"
            // A program that ends connections does run: a starting server, one without TLS, or a forwarder without a
            // server.
            return error.reason == .refused
                ? " Is \(what) running there? Check host and port."
                : " Something takes connections there and ends them: a server that is just starting, a forwarded port "
                    + "without a server, or a server that does not use TLS (with wss), or needs TLS (with ws)."
        case .timedOut:
            return self.command == .tail
                ? " Check host, port and network; --connect-timeout allows more time."
                : " Check host, port and network."
        case .noSuchHost: return " Check the spelling of the host."
        case .notResolved: return " Check the spelling of the host, and the name servers of this machine."
        case .noSuchSocket: return " Check the path; the socket is there while its server runs."
        case .permissionDenied:
            return " May this user connect there? Check the permissions of the socket, and firewalls."
        case .networkUnreachable, .hostUnreachable: return " Check the address, and the network of this machine."
        default: return ""
        }
    }

    private func refused(_ error: WebSocketError) -> SafeText {
        switch error.httpStatus {
        case 401 where self.command == .tail: " Give the right token by --token-file or \(TokenSource.variable)."
        case 401: " Give the right token by \(TokenSource.variable)."
        case 403: " The server or a gateway forbids this request. Is the token for this server? Is a --header missing?"
        case 404: " Check the path of the URL, and the port."
        case .some(300..<400) where error.redirectLocation != nil: " Use that URL."
        default: self.later(error)
        }
    }

    /// Advice to wait, if waiting helps.
    private func later(_ error: WebSocketError) -> SafeText { error.retry == .backOff ? " Try again later." : "" }
}
