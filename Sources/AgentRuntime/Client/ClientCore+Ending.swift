import ConcurrencyPrimitives
import WebSocketTransport

#if RED_CONTROLS
internal import RedControls
#endif

// How a stream, and the client, end: who asks, who waits, and who is the last to leave.
extension ClientCore {
    /// What a close may take after the connection was cut: then something holds a task, and the close says so.
    static let grace = Duration.seconds(1)

    /// Asks the stream to end; never waits.
    ///
    /// - Parameters:
    ///   - stream: The stream; one that ends already is only made to end sooner.
    ///   - reason: Why.
    ///   - limit: The time it has from now on, or nil for that of the settings; never more than that.
    func close(_ stream: any RunningStream, _ reason: WorkspaceStreamEnd.Reason, within limit: Duration? = nil) {
        let action = self.state.withLock { $0.lifetime.close(stream.id, reason) }
        switch action {
        case .shutDown: stream.shutDown(WorkspaceStreamEnd(reason), within: limit)
        #if RED_CONTROLS
        case .cut where RedControl.isActive(.cutLost), .nothing where RedControl.isActive(.laterLimitLost): break
        #endif
        case .cut: stream.cut()
        case .nothing: limit.map { stream.limitLife(to: $0) }
        case .cancelDial: break
        }
    }

    func connectionEnded(_ stream: any RunningStream, _ closure: WebSocketClosure) {
        let reason: WorkspaceStreamEnd.Reason =
            if let error = closure.error { .failed(AgentRuntimeError(ending: error)) } else { .closedByServer(closure) }
        self.close(stream, reason)
    }

    /// A writer that can't write ends the stream: nothing half-dead stays.
    func writerFailed(_ stream: any RunningStream, _ error: any Error) {
        let error = (error as? WebSocketError).map { AgentRuntimeError(ending: $0) }
        self.close(stream, .failed(error ?? AgentRuntimeError(.connectionLost, "A command could not be sent.")))
    }

    /// The last thing a task of the stream does.
    ///
    /// The last one frees the slot and then releases who waits: the loops over the events, too, so that whoever sees
    /// their end can open the next stream at once.
    func left(_ stream: any RunningStream, _ task: StreamTask) {
        let (end, occupant) = self.state.withLock { state -> (WorkspaceStreamEnd?, SlotOccupant?) in
            guard let end = state.lifetime.left(stream.id, task) else { return (nil, nil) }
            state.leaving[stream.id] = end
            return (end, state.remove(stream.id))
        }
        guard let end else { return }
        stream.closeRequested.resolve(end)
        stream.drained.resolve(end)
        self.state.withLock { $0.leaving[stream.id] = nil }
        stream.finishEvents(end.error)
        occupant?.gone.resolve(())
        for opener in occupant?.openers ?? [] {
            #if RED_CONTROLS
            if RedControl.isActive(.openerNotWoken) { break }
            #endif
            opener.resolve(true)
        }
    }

    /// Closes the client and waits for all that it started.
    ///
    /// - Returns: What was left behind when the time was over.
    func closeClient(
        _ reason: WorkspaceStreamEnd.Reason = .closedByClient,
        within limit: Duration? = nil
    ) async -> [StreamTaskReport] {
        let gone = self.requestClose(reason, within: limit)
        guard !gone.isEmpty else { return [] }
        #if RED_CONTROLS
        if RedControl.isActive(.closeWithoutWait) { return [] }
        #endif
        let isGone = await self.wait(for: Self.all(gone), within: limit) != nil
        return isGone ? [] : self.tasks
    }

    /// Waits until the stream is drained, or the time of a close is over.
    func waitUntilDrained(_ stream: any RunningStream, within limit: Duration? = nil) async -> WorkspaceStreamEnd {
        if let end = await self.wait(for: stream.drained, within: limit) { return end }
        switch self.state(of: stream) {
        case .drained(let end): return end
        case .closing(let end): return end.leaving(self.tasks(of: stream.id))
        // Only a stream that was told to end is waited for.
        case .dialling, .open: return WorkspaceStreamEnd(.closed).leaving(self.tasks(of: stream.id))
        }
    }

    /// What resolves when all of these have: one or more.
    private static func all(_ promises: [Promise<Void>]) -> Promise<Void> {
        guard promises.count > 1 else { return promises[0] }
        #if RED_CONTROLS
        if RedControl.isActive(.oneSlotAwaited) { return promises[0] }
        #endif
        let (all, left) = (Promise<Void>(), Locked(promises.count))
        for promise in promises {
            promise.whenKnown {
                let isLast = left.withLock { left in
                    left -= 1
                    return left == 0
                }
                if isLast { all.resolve(()) }
            }
        }
        return all
    }

    /// Waits, also when the task is cancelled, but no longer than a close may take.
    ///
    /// - Returns: The value, or nil when the time was over first.
    private func wait<Value>(for outcome: Promise<Value>, within limit: Duration?) async -> Value? {
        #if RED_CONTROLS
        if RedControl.isActive(.closeUnbounded) { return await outcome.wait() }
        #endif
        let verdict = Promise<Value?>()
        outcome.whenKnown { verdict.resolve($0) }
        let limit = self.settings.closeTimeout(within: limit)
        let timer = self.timers.schedule(after: limit + Self.grace) { verdict.resolve(nil) }
        defer { timer.cancel() }
        return await verdict.wait()
    }

    /// Closes the client without waiting: what it started ends by itself.
    ///
    /// - Parameters:
    ///   - reason: Why.
    ///   - limit: As of ``close(_:_:within:)``.
    /// - Returns: For each slot that was not idle, what resolves when it is.
    @discardableResult
    func requestClose(
        _ reason: WorkspaceStreamEnd.Reason = .closedByClient,
        within limit: Duration? = nil
    ) -> [Promise<Void>] {
        let (captured, openers) = self.state.withLock { state in
            let captured = state.lifetime.closeClient(reason).compactMap { step in
                state.occupant(step.id).map { (action: step.action, occupant: $0) }
            }
            return (captured, state.takeOpeners())
        }
        // They find that the client is closed.
        for opener in openers {
            #if RED_CONTROLS
            if RedControl.isActive(.openerNotWokenByClose) { break }
            #endif
            opener.resolve(true)
        }
        for (action, occupant) in captured {
            switch action {
            case .cancelDial: occupant.dial?.cancel()
            case .shutDown: occupant.stream?.shutDown(WorkspaceStreamEnd(reason), within: limit)
            case .cut: occupant.stream?.cut()
            case .nothing: limit.map { occupant.stream?.limitLife(to: $0) }
            }
        }
        #if RED_CONTROLS
        if RedControl.isActive(.dialNotAwaited) {
            return captured.filter { $0.action != .cancelDial }.map(\.occupant.gone)
        }
        if StreamSlot.registersLate, self.state.withLock({ $0.lifetime.current.isEmpty }) { return [] }
        #endif
        return captured.map(\.occupant.gone)
    }
}
