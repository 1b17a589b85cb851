import AgentRuntime
import CommandIO
import ConcurrencyPrimitives
import WorkspaceProtocol

// A tail of one stream.
extension TailSession {
    func follow(_ client: AgentRuntimeClient) async -> TailEnd {
        do {
            let stream = try await client.openWorkspaceStream()
            let opened = Promise<ContinuousClock.Instant>()
            opened.resolve(.now)
            // Run on the thread that reads the socket. So an event wakes no other thread, and writing does not block.
            return await self.perform(
                Showing(
                    opened: opened,
                    executor: stream.executor,
                    show: { await self.show(stream) },
                    waitForLast: { _ = try? await stream.waitUntilCloseRequested() },
                    measure: { self.statistics.measured(stream, bytes: stream.statistics.bytes, elapsed: $0) }
                )
            )
        } catch let error as AgentRuntimeError {
            return .failed(error)
        } catch {
            // Cancelled: another task knows the cause of the end.
            return .interrupted
        }
    }

    private func show(_ stream: WorkspaceStream) async -> TailEnd {
        var output = OutputBuffer(self.sink)
        do {
            do {
                if try await self.show(stream.events, of: stream, output: &output) { return .countReached }
            } catch let error as OutputError {
                throw error
            } catch {
                // Show the earlier events before the failure is reported.
                try await output.flush()
                return (error as? AgentRuntimeError).map { .failed($0) } ?? .interrupted
            }
            return try await .ended(stream.waitUntilCloseRequested())
        } catch let error as OutputError {
            return self.end(of: error, received: stream.statistics.events)
        } catch {
            return .interrupted
        }
    }

    /// - Returns: Whether the count was reached; false at the end of the stream.
    private func show(
        _ events: WorkspaceEvents,
        of stream: WorkspaceStream,
        output: inout OutputBuffer
    ) async throws -> Bool {
        var taken = 0
        var received = 0
        for try await event in events {
            taken += 1
            let isLast = self.show(event, in: &output)
            // The stream counts an event before we get it. If no event is left in the queue, write now: a person may be
            // waiting.
            if taken >= received { received = stream.statistics.events }
            if isLast { self.sink.limitWaiting(to: .atTheEnd) }
            if isLast || taken >= received || output.isFull {
                try await output.flush()
                try Task.checkCancellation()
            }
            if isLast { return true }
        }
        return false
    }

    /// - Returns: Whether this was the last one to show.
    private func show(_ event: WorkspaceEvent, in output: inout OutputBuffer) -> Bool {
        let message = self.messages?.next()
        let isShown = self.filter.admits(event)
        if isShown { self.renderer?.render(event, message: message, into: &output.bytes) }
        let shown = self.statistics.count(event, isShown: isShown)
        return isShown && shown == self.limits.count
    }
}

extension TailEnd {
    /// Why the stream ended, if its events ended without an error.
    fileprivate static func ended(_ end: StreamEnd) -> TailEnd {
        switch end.reason {
        case .closed, .aborted, .closedByClient: .interrupted
        case .closedByServer(let closure): .closedByServer(closure)
        case .failed(let error): .failed(error)
        }
    }
}
