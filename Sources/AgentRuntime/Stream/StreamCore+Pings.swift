import ConcurrencyPrimitives
import WebSocketTransport

#if RED_CONTROLS
internal import RedControls
#endif

// How a ping goes through the queue, the connection and the reader, in bounded time.
extension StreamCore {
    /// Sends a ping and waits for its pong, all within the timeout.
    ///
    /// - Parameter command: The command that is answered by a pong.
    /// - Returns: The time from the call to the pong.
    /// - Throws: ``AgentRuntimeError`` with `timedOut`, `streamClosed` or `deliveryUnknown`; `CancellationError`.
    func ping(_ command: Kind.Command) async throws -> Duration {
        let (ping, isToBeSent) = try self.pings.newPing()
        let ticket = isToBeSent ? try self.enqueue(command, ping) : nil
        #if RED_CONTROLS
        if RedControl.isActive(.pingUnboundedInTheQueue) { _ = await ticket?.receipt.wait() }
        #endif
        let timer = self.timers.schedule(after: self.configuration.pingTimeout) { self.timedOut(ping, ticket) }
        defer { timer.cancel() }
        do {
            return try await ping.answer.waitUnlessCancelled().get()
        } catch let error as CancellationError {
            if let ticket { self.commands.withdraw(ticket) }
            self.pings.cancelled(ping)
            throw error
        }
    }

    private func enqueue(
        _ command: Kind.Command,
        _ ping: PingWaiters.Ping
    ) throws(AgentRuntimeError) -> CommandQueue<Kind.Command>.Ticket {
        do throws(AgentRuntimeError) {
            let ticket = try self.commands.enqueue(command, for: ping)
            ticket.receipt.whenKnown { [pings = self.pings] outcome in
                if case .failure(let error) = outcome { pings.fail(ping, error) }
            }
            return ticket
        } catch {
            self.pings.fail(ping, error)
            throw error
        }
    }

    private func timedOut(_ ping: PingWaiters.Ping, _ ticket: CommandQueue<Kind.Command>.Ticket?) {
        let timeout = self.configuration.pingTimeout
        guard let ticket else {
            let most = PingOrder.maximumUnanswered
            let message = "\(most) pings are unanswered, so no other was sent, and no answer came for \(timeout)."
            return self.pings.giveUp(ping, AgentRuntimeError(.timedOut, message))
        }
        #if RED_CONTROLS
        if RedControl.isActive(.timedOutPingSent) { return self.pings.giveUp(ping, .notSent(within: timeout)) }
        #endif
        if self.commands.withdraw(ticket) { return self.pings.giveUp(ping, .notSent(within: timeout)) }
        let error = AgentRuntimeError(.timedOut, "The runtime did not answer a ping within \(timeout).")
        self.pings.timedOut(ping, error)
    }
}
