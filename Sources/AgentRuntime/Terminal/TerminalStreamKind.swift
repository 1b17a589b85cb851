import WebSocketProtocol
import WebSocketTransport
import WorkspaceProtocol

#if RED_CONTROLS
internal import RedControls
#endif

/// The stream of one terminal: its output in, input and sizes out.
struct TerminalStreamKind: StreamKind {
    typealias Sink = EventQueue<TerminalChunk>
    typealias Command = [UInt8]

    /// How long the runtime may take to say whether the terminal has output, which makes the mark certain.
    private static let askTimeout = Duration.seconds(2)

    /// The id of the terminal.
    let id: String
    let scrollback = TerminalScrollback()

    var slot: StreamSlot.Name { .terminal(self.id) }
    var path: String { AgentctlAPI.terminalStreamPath(self.id) }

    func decode(_ message: WebSocketMessage) -> TerminalChunk {
        TerminalChunk(bytes: Array(message.bytes), isScrollback: self.scrollback.isNext())
    }

    func encode(_ bytes: [UInt8]) -> WebSocketMessage { WebSocketMessage(binary: bytes) }

    func extend(_ dial: any RuntimeDial, _ control: @autoclosure () -> RuntimeControl) -> any RuntimeDial {
        let (control, id) = (control(), self.id)
        return TaskDial { [scrollback] in
            do {
                let ring = try await control.terminalBuffer(id: id, timeout: Self.askTimeout)
                // A terminal that does not exist yet has no output; whether it exists now, the dial finds out.
                scrollback.wasAsked(!(ring ?? "").isEmpty)
            } catch is AgentRuntimeError {
                // What is wrong, the dial says better.
                scrollback.wasAsked(nil)
            }
            return try await withTaskCancellationHandler {
                do {
                    return try await dial.connect()
                } catch let error as WebSocketError {
                    throw AgentRuntimeError(dialling: error).aboutTerminal(id)
                } catch let error as AgentRuntimeError {
                    throw error.aboutTerminal(id)
                }
            } onCancel: {
                dial.cancel()
            }
        }
    }
}

extension StreamSlot.Name {
    /// The slot of one terminal, so that many can be open at a time.
    ///
    /// The id is encoded, because the name is in reports for people.
    static func terminal(_ id: String) -> Self {
        #if RED_CONTROLS
        if RedControl.isActive(.terminalsShareASlot) { return Self(rawValue: "terminal") }
        #endif
        return Self(rawValue: "terminal/\(AgentctlAPI.encoded(id))")
    }
}

extension AgentRuntimeError {
    /// The error of a failed dial; a refusal by agentctl with 404 says that there is no such terminal.
    ///
    /// A 404 that is not agentctl's JSON comes from something else, such as a gateway, and stays a refusal.
    fileprivate func aboutTerminal(_ id: String) -> AgentRuntimeError {
        guard self.code == .refused, self.httpStatus == 404, self.hasRuntimeWords else { return self }
        let message = "There is no terminal \(PeerText(body: Array(id.utf8))) in this runtime; start it first."
        return AgentRuntimeError(.terminalNotFound, message, cause: self.cause)
    }
}
