public import WebSocketProtocol
import WebSocketTransport
public import WorkspaceProtocol

extension MockServer {
    /// Sends an event to every attached stream, without waiting.
    ///
    /// A client that does not read loses it, as with agentctl; a stream that stalls gets it afterwards.
    ///
    /// - Parameter event: What to send; without a timestamp it gets the current time.
    /// - Returns: How many streams it is queued for.
    @discardableResult
    public func broadcast(_ event: WorkspaceEvent) -> Int {
        let event = event.stamped
        return self.ledger.state.streams.values.count { $0.post(event) }
    }

    /// Closes every connection with a code, and waits until all have ended.
    ///
    /// - Parameters:
    ///   - code: What clients are told.
    ///   - reason: For people; cut to 123 bytes.
    public func closeAll(_ code: CloseCode, reason: String = "") async {
        await withDiscardingTaskGroup { group in
            for connection in self.ledger.state.connections.values {
                group.addTask { await connection.close(code, reason: reason) }
            }
        }
    }

    /// Cuts the socket of every connection, without a Close frame.
    public func cutAll() {
        for connection in self.ledger.state.connections.values { connection.abort() }
    }

    /// Lets go of every upgrade that a scenario holds; those that come later are held again.
    public func releaseUpgrades() { self.ledger.watched.update { $0.releases += 1 } }
}
