import WebSocketProtocol
import WebSocketTransport
import WorkspaceProtocol

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension AgentRuntimeError {
    /// Makes the error of a failed dial.
    ///
    /// - Parameter error: Anything but `CancellationError`.
    init(dialling error: any Error) {
        guard let error = error as? WebSocketError else {
            self.init(.connectFailed, "The runtime can't be reached: \(NetworkFailure(error).words).", cause: error)
            return
        }
        switch error.code {
        case .upgradeRefused: self.init(refusal: error)
        case .invalidConfiguration: self.init(.invalidConfiguration, error.message, cause: error)
        case .tlsUntrusted, .tlsExpired, .tlsWrongHost: self.init(.notTrusted, error.message, cause: error)
        case .handshakeFailed: self.init(.protocolViolation, error.message, cause: error)
        default: self.init(.connectFailed, error.message, cause: error)
        }
    }

    /// Makes the error for the end of a connection.
    init(ending error: WebSocketError) {
        let code: Code = error.code == .protocolViolation ? .protocolViolation : .connectionLost
        self.init(code, error.message, cause: error)
    }

    /// Whether the refusal of a dial has agentctl's JSON with an error.
    var hasRuntimeWords: Bool {
        guard let body = self.webSocketError?.refusal?.body else { return false }
        return (try? JSONDecoder().decode(AgentctlErrorBody.self, from: Data(body)))?.error != nil
    }

    private init(refusal error: WebSocketError) {
        let refusal = error.refusal
        switch refusal?.status {
        case 401:
            self.init(.unauthorized, "The runtime does not accept the token.\(Self.text(refusal))", cause: error)
        case 404:
            self.init(notFound: refusal, error)
        default:
            self.init(.refused, "\(error.message)\(Self.text(refusal))", cause: error)
        }
    }

    private init(notFound refusal: UpgradeRefusal?, _ error: WebSocketError) {
        guard let body = refusal?.body, let port = try? JSONDecoder().decode(AgentctlErrorBody.self, from: Data(body)),
            port.isRecycledPort == true
        else {
            self.init(
                .refused,
                "\(error.message) Is this the port of an instance?\(Self.text(refusal))",
                cause: error
            )
            return
        }
        let instance = Instance(expectedID: port.expectedID, gotID: port.gotID, hint: port.portReuseHint)
        self.init(
            .instanceGone,
            """
            Instance \(Self.text(port.gotID ?? "?")) is gone; \
            its port now belongs to \(Self.text(port.expectedID ?? "another one")).
            """,
            instance: instance,
            cause: error
        )
    }

    /// At most 200 bytes of an id, escaped: the whole body may be 64 KiB.
    private static func text(_ id: String) -> PeerText { PeerText(body: Array(id.utf8)) }

    /// The first 200 bytes of the body, like in agentctl's own client, but escaped; empty without a body.
    private static func text(_ refusal: UpgradeRefusal?) -> String {
        let text = PeerText(body: refusal?.body ?? []).description
        return text.isEmpty ? "" : " Its answer: \(text)"
    }
}
