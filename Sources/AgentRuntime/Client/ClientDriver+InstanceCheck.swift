import ConcurrencyPrimitives
import WebSocketProtocol
import WebSocketTransport

#if RED_CONTROLS
internal import RedControls
#endif

// Notices that the instance of the runtime was deleted, although its sockets are open: drives `InstanceCheck`.
extension ClientDriver {
    /// The time limit of a question.
    private static let instanceQuestionTimeout = Duration.seconds(10)

    /// The check of one time in which streams are open.
    final class InstanceWatch: Sendable {
        private struct State {
            var check: InstanceCheck
            var timer: (any RuntimeTimer)?
            /// The number of timers that were begun.
            var timers = 0
            var isOver = false
        }

        private let state: Locked<State>

        init(interval: Duration) { self.state = Locked(State(check: InstanceCheck(interval: interval))) }

        /// Lets the check decide; nil if it is over.
        func decide(_ step: (inout InstanceCheck) -> InstanceCheck.Action) -> InstanceCheck.Action? {
            self.state.withLock { $0.isOver ? nil : step(&$0.check) }
        }

        /// Numbers the next timer.
        func beginTimer() -> Int {
            self.state.withLock { state in
                state.timers += 1
                return state.timers
            }
        }

        /// Keeps a timer, to cancel it at the end.
        ///
        /// - Parameters:
        ///   - timer: The timer; it may have fired already.
        ///   - number: Its number.
        func keep(_ timer: any RuntimeTimer, _ number: Int) {
            let isOver = self.state.withLock { state in
                // A later one is kept already if this one has fired before it came here.
                if !state.isOver, number == state.timers { state.timer = timer }
                return state.isOver
            }
            if isOver { timer.cancel() }
        }

        /// Ends the check; a question that runs has no effect any more.
        func end() {
            let timer = self.state.withLock { state in
                state.isOver = true
                return state.timer.take()
            }
            timer?.cancel()
        }
    }

    /// Begins to watch, when a stream was opened; does nothing if that has begun.
    func watchInstance() {
        let settings = self.settings
        guard settings.endpoint.instanceID != nil, let interval = settings.configuration.instanceCheck else { return }
        let watch = self.state.withLock { state -> InstanceWatch? in
            guard !state.lifetime.isClosed, state.instanceWatch == nil, !state.lifetime.current.isEmpty else {
                return nil
            }
            let watch = InstanceWatch(interval: interval)
            state.instanceWatch = watch
            return watch
        }
        guard let watch, let start = watch.decide({ $0.start }) else { return }
        self.perform(start, watch)
    }

    /// Ends the check if no stream is left, or the client is closed.
    func stopWatchingInstance() {
        let watch = self.state.withLock { state -> InstanceWatch? in
            guard state.lifetime.isClosed || state.lifetime.current.isEmpty else { return nil }
            return state.instanceWatch.take()
        }
        watch?.end()
    }

    private func perform(_ action: InstanceCheck.Action, _ watch: InstanceWatch) {
        switch action {
        case .wait(let delay):
            let number = watch.beginTimer()
            let timer = self.timers.schedule(after: delay) { [weak self] in
                guard let self else { return }
                let quiet = self.quietTime
                if let next = watch.decide({ $0.timeIsOver(quiet: quiet) }) { self.perform(next, watch) }
            }
            watch.keep(timer, number)
        case .ask:
            // A member of the barrier, and so is the call in it, which a close ends.
            guard let member = self.register({}) else { return }
            Task {
                await self.askForInstance(watch)
                self.left(member)
            }
        case .gone: break
        }
    }

    private func askForInstance(_ watch: InstanceWatch) async {
        var answer = InstanceCheck.Answer.well
        var reason = AgentRuntimeError(.instanceGone, "The instance is gone: nobody listens at its address.")
        do {
            _ = try await self.control.health(timeout: Self.instanceQuestionTimeout)
        } catch let error as AgentRuntimeError where error.code == .instanceGone {
            (answer, reason) = (.anotherInstance, error)
        } catch let error as AgentRuntimeError where error.isNobodyThere {
            answer = .refused
            reason = AgentRuntimeError(.instanceGone, reason.message, cause: error)
        } catch {
            // Nothing is known about the instance.
        }
        #if RED_CONTROLS
        if RedControl.isActive(.oneRefusalIsEnough), answer == .refused { return self.endAllStreams(.failed(reason)) }
        if RedControl.isActive(.goneInstanceIgnored) { answer = .well }
        #endif
        guard let next = watch.decide({ $0.answered(answer) }) else { return }
        if next == .gone { self.endAllStreams(.failed(reason)) } else { self.perform(next, watch) }
    }

    /// How long the quietest stream has been without an event; zero if none waits for events.
    private var quietTime: Duration {
        let streams = self.state.withLock { $0.occupants.compactMap(\.stream) }
        return streams.compactMap(\.quietTime).max() ?? .zero
    }

    private func endAllStreams(_ reason: StreamEnd.Reason) {
        for stream in self.state.withLock({ $0.occupants.compactMap(\.stream) }) { self.close(stream, reason) }
    }
}

extension RunningStream {
    /// How long the stream has waited for a message; nil if it does not wait for one.
    fileprivate var quietTime: Duration? {
        let report = self.reading.report(.reader, in: self.id.slot)
        return report.activity == .receiving ? report.elapsed : nil
    }
}

extension AgentRuntimeError {
    /// Whether nobody listens at the address: its port refuses connections, or its Unix socket is not there.
    fileprivate var isNobodyThere: Bool {
        self.code == .connectFailed && (self.reason == .refused || self.reason == .noSuchSocket)
    }
}
