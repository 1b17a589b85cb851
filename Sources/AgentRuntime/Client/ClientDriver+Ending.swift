import ConcurrencyPrimitives
import WebSocketTransport

#if RED_CONTROLS
internal import RedControls
#endif

// How a stream, all streams and the client end: how to ask for the end, how to wait for it, and what the last task does.
extension ClientDriver {
    /// The extra time of a close after the connection was aborted; a task that then is left is named.
    static let grace = Duration.seconds(1)

    /// Asks the stream to end; never waits.
    ///
    /// - Parameters:
    ///   - stream: The stream; if it is already ending, it can only end sooner.
    ///   - reason: The reason.
    ///   - limit: The time limit from now on; nil means the limit of the settings, which is also the maximum.
    func close(_ stream: any RunningStream, _ reason: StreamEnd.Reason, within limit: Duration? = nil) {
        let action = self.state.withLock { $0.lifetime.close(stream.id, reason) }
        switch action {
        case .beginEnd: stream.beginEnd(StreamEnd(reason), within: limit)
        #if RED_CONTROLS
        case .abort where RedControl.isActive(.abortLost), .nothing where RedControl.isActive(.laterLimitLost): break
        #endif
        case .abort: stream.abort()
        case .nothing: limit.map { stream.limitLife(to: $0) }
        case .cancelDial: break
        }
    }

    func connectionEnded(_ stream: any RunningStream, _ closure: WebSocketClosure) {
        let reason: StreamEnd.Reason =
            if let error = closure.error { .failed(AgentRuntimeError(ending: error)) } else { .closedByServer(closure) }
        self.close(stream, reason)
    }

    /// Ends the stream, because its writer can't write; a stream that can only receive must not stay open.
    func writerFailed(_ stream: any RunningStream, _ error: any Error) {
        let error = (error as? WebSocketError).map { AgentRuntimeError(ending: $0) }
        self.close(stream, .failed(error ?? AgentRuntimeError(.connectionLost, "A command could not be sent.")))
    }

    /// Reports that a task of the stream leaves; the task calls it as its last action.
    ///
    /// The last task frees the slot, then resumes all waiters and ends the loops over the events. So a caller that sees
    /// the end of the events can open the next stream at once.
    func left(_ stream: any RunningStream, _ task: StreamTask) {
        let (end, occupant) = self.state.withLock { state -> (StreamEnd?, SlotOccupant?) in
            guard let end = state.lifetime.left(stream.id, task) else { return (nil, nil) }
            let occupant = state.remove(stream.id)
            // In the same critical section: a close of the client must find the stream in its slot or here.
            state.leaving[stream.id] = occupant.map { .init(end: end, ended: $0.ended) }
            return (end, occupant)
        }
        guard let end else { return }
        self.stopWatchingInstance()
        stream.closeRequested.resolve(end)
        stream.drained.resolve(end)
        stream.finishEvents(end.error)
        self.state.withLock { $0.leaving.removeValue(forKey: stream.id)?.ended }?.resolve(())
        for opener in occupant?.openers ?? [] {
            #if RED_CONTROLS
            if RedControl.isActive(.openerNotWoken) { break }
            #endif
            opener.resolve(.lookAgain)
        }
    }

    /// Closes the client and waits for everything that it started.
    ///
    /// - Returns: The tasks that had not left when the time was over.
    func closeClient(
        _ reason: StreamEnd.Reason = .closedByClient,
        within limit: Duration? = nil
    ) async -> [StreamTaskReport] {
        let ended = self.requestClose(reason, within: limit)
        guard !ended.isEmpty else { return [] }
        #if RED_CONTROLS
        if RedControl.isActive(.closeWithoutWait) { return [] }
        #endif
        let haveEnded = await self.wait(for: Self.all(ended), within: limit) != nil
        return haveEnded ? [] : self.tasks
    }

    /// Waits until the stream is drained, or the time of a close is over.
    func waitUntilDrained(_ stream: any RunningStream, within limit: Duration? = nil) async -> StreamEnd {
        if let end = await self.wait(for: stream.drained, within: limit) { return end }
        switch self.state(of: stream) {
        case .drained(let end): return end
        case .closing(let end): return end.leaving(self.tasks(of: stream.id))
        // Not reached: a caller waits only after it has told the stream to end.
        case .dialling, .open: return StreamEnd(.closed).leaving(self.tasks(of: stream.id))
        }
    }

    /// Returns a promise that resolves when all of these have resolved; there must be at least one.
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

    /// Waits, even if the task is cancelled, but no longer than a close may take.
    ///
    /// - Returns: The value, or nil if the time was over first.
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

    /// Closes all streams and dials, and waits for them; the client stays open.
    ///
    /// - Returns: The tasks of streams that had not left when the time was over.
    func closeStreams(within limit: Duration? = nil) async -> [StreamTaskReport] {
        let (captured, leaving, openers) = self.state.withLock { state in
            let leaving = state.promisesOfLeaving()
            return (state.capture(state.lifetime.closeStreams(.closed)), leaving, state.takeOpeners())
        }
        for opener in openers { opener.resolve(.streamsClosed) }
        let ended = self.perform(captured, .closed, within: limit) + leaving
        guard !ended.isEmpty else { return [] }
        #if RED_CONTROLS
        if RedControl.isActive(.closeStreamsWithoutWait) { return [] }
        #endif
        let haveEnded = await self.wait(for: Self.all(ended), within: limit) != nil
        return haveEnded ? [] : self.tasks.filter { $0.task != .call }
    }

    /// Closes the client without waiting; its dials, streams and members end by themselves.
    ///
    /// - Parameters:
    ///   - reason: The reason.
    ///   - limit: See ``close(_:_:within:)``.
    /// - Returns: A promise for each slot that was not idle, for each stream whose last task is just leaving, and for
    ///   each member; it resolves when nothing of it is left.
    @discardableResult
    func requestClose(
        _ reason: StreamEnd.Reason = .closedByClient,
        within limit: Duration? = nil
    ) -> [Promise<Void>] {
        let (captured, leaving, members, openers) = self.state.withLock { state in
            let leaving = state.promisesOfLeaving()
            let closing = state.lifetime.closeClient(reason)
            return (
                state.capture(closing.slots), leaving, state.capture(closing.members), state.takeOpeners()
            )
        }
        self.stopWatchingInstance()
        // They look at the slot again, and find that the client is closed.
        for opener in openers {
            #if RED_CONTROLS
            if RedControl.isActive(.openerNotWokenByClose) { break }
            #endif
            opener.resolve(.lookAgain)
        }
        // Each member is told by the first close only.
        for member in members where member.isFirst { member.cancel() }
        let ended = self.perform(captured, reason, within: limit)
        #if RED_CONTROLS
        if RedControl.isActive(.dialNotAwaited) {
            return captured.filter { $0.action != .cancelDial }.map(\.ended)
        }
        if RedControl.isActive(.leavingTaskNotAwaited) { return ended }
        if RedControl.isActive(.membersNotAwaited) { return ended + leaving }
        if StreamSlot.registersLate, self.state.withLock({ $0.lifetime.current.isEmpty }) { return [] }
        #endif
        return ended + leaving + members.map(\.ended)
    }

    /// Ends what was captured in the slots, outside the lock.
    ///
    /// - Returns: A promise for each slot.
    private func perform(
        _ captured: [State.Captured],
        _ reason: StreamEnd.Reason,
        within limit: Duration?
    ) -> [Promise<Void>] {
        for (action, _, occupant) in captured {
            switch action {
            case .cancelDial: occupant.dial?.cancel()
            case .beginEnd: occupant.stream?.beginEnd(StreamEnd(reason), within: limit)
            case .abort: occupant.stream?.abort()
            case .nothing: limit.map { occupant.stream?.limitLife(to: $0) }
            }
        }
        return captured.map(\.ended)
    }
}

extension ClientDriver.State {
    /// What a close found in a slot: what to do, the promise to wait for, and the occupant.
    typealias Captured = (action: StreamSlot.OnClose, ended: Promise<Void>, occupant: SlotOccupant)

    /// Finds the occupants of the slots that a close has captured, in the critical section of the close.
    mutating func capture(_ steps: [ClientLifetime.OnCloseSlot]) -> [Captured] {
        steps.compactMap { step in
            self.change(step.id) { (action: step.action, ended: $0.promiseOfLeaving(), occupant: $0) }
        }
    }

    /// Finds the members that a close has captured; `isFirst` says whether this close must tell the member to end.
    mutating func capture(
        _ ids: [ClientLifetime.MemberID]
    ) -> [(cancel: @Sendable () -> Void, ended: Promise<Void>, isFirst: Bool)] {
        ids.compactMap { id in
            guard var member = self.members[id] else { return nil }
            let (ended, isFirst) = member.promiseOfLeaving()
            self.members[id] = member
            return (member.cancel, ended, isFirst)
        }
    }
}
