public import WebSocketProtocol
import WebSocketTransport
public import WorkspaceProtocol

extension MockServer {
    /// Sends an event to every attached stream, without waiting.
    ///
    /// If a client does not read, the event is lost, as with agentctl. If a scenario stalls the stream, the event is
    /// sent after the stall.
    ///
    /// - Parameter event: The event; without a timestamp it gets the current time.
    /// - Returns: The number of streams that will send it.
    @discardableResult
    public func broadcast(_ event: WorkspaceEvent) -> Int {
        let event = event.stamped
        return self.ledger.state.streams.values.count { $0.post(event) }
    }

    /// Closes every connection with a code, and waits until all have ended.
    ///
    /// - Parameters:
    ///   - code: The code in the Close frames.
    ///   - reason: For people; cut to 123 bytes.
    public func closeAll(_ code: CloseCode, reason: String = "") async {
        await withDiscardingTaskGroup { group in
            for connection in self.ledger.state.connections.values {
                group.addTask { await connection.close(code, reason: reason) }
            }
        }
    }

    /// Ends the socket of every connection, without a Close frame.
    public func abortAll() {
        for connection in self.ledger.state.connections.values { connection.abort() }
    }

    /// Answers all handshakes that scenarios delay; later ones are delayed again.
    public func releaseUpgrades() { self.ledger.watched.update { $0.releases += 1 } }
}
