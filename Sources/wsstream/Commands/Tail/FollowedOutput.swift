import AgentRuntime
import CommandIO
import ConcurrencyPrimitives
import WorkspaceFollowing
import WorkspaceProtocol

/// Writes the elements of a followed workspace: events, gaps and changes of the connection.
struct FollowedOutput {
    private let session: TailSession
    private let connection: FollowedConnection
    private let source: TailEndpointSource
    private var output: OutputBuffer
    /// Since when there is no connection; nil while it is live.
    private var lostSince: ContinuousClock.Instant? = .now

    init(_ session: TailSession, _ connection: FollowedConnection, _ source: TailEndpointSource) {
        (self.session, self.connection, self.source) = (session, connection, source)
        self.output = OutputBuffer(session.sink)
    }

    /// Shows elements to their end.
    ///
    /// - Parameter untilFirstStream: Whether to return when the first stream is open.
    /// - Returns: The end; nil if the first stream is open.
    /// - Throws: `OutputError`; `CancellationError` when everything was shown that had been received.
    mutating func show(untilFirstStream: Bool) async throws -> TailEnd? {
        for try await batch in self.connection.follower.batches {
            for element in batch {
                let end: TailEnd?
                switch element {
                case .event(let event): end = self.show(event, recoveredBy: nil) ? .countReached : nil
                case .recovered(let event, let source):
                    end = self.show(event, recoveredBy: source) ? .countReached : nil
                case .gap(let gap): end = self.show(gap)
                case .connection(let state): end = try await self.show(state)
                @unknown default: end = nil
                }
                if end != nil { self.session.sink.limitWaiting(to: .atTheEnd) }
                if end != nil || self.output.isFull { try await self.output.flush() }
                if let end { return end }
            }
            // A batch is all that waited, so a person may be waiting for it.
            try await self.output.flush()
            try Task.checkCancellation()
            if untilFirstStream, self.connection.stream != nil { return nil }
        }
        return .interrupted
    }

    /// - Returns: Whether this was the last event to show.
    private mutating func show(_ event: WorkspaceEvent, recoveredBy source: RecoverySource?) -> Bool {
        let isShown = self.session.filter.admits(event)
        if isShown { self.session.renderer?.render(event, recoveredBy: source, into: &self.output.bytes) }
        let shown = self.session.statistics.count(event, isShown: isShown, isRecovered: source != nil)
        return isShown && shown == self.session.limits.count
    }

    /// - Returns: The end, if this gap is one.
    private mutating func show(_ gap: Gap) -> TailEnd? {
        self.session.statistics.countGap()
        self.session.renderer?.render(gap, into: &self.output.bytes)
        return self.session.endsAtGap ? .missed(gap) : nil
    }

    // MARK: The connection

    private mutating func show(_ state: FollowerState) async throws -> TailEnd? {
        switch state {
        case .waiting(let wait):
            if self.lostSince == nil { self.lostSince = .now }
            let seconds = StatisticsText.decimal(wait.delay / .seconds(1), 2)
            try await self.tell("waiting \(seconds) s before attempt \(wait.attempt): \(self.reason(of: wait.failure))")
        case .dialling: if self.lostSince == nil { self.lostSince = .now }
        case .live: try await self.isLive()
        case .gone(let end): return self.end(end)
        default: break
        }
        return nil
    }

    /// Why there is no connection; for an error of the journal its own words.
    private func reason(of failure: FollowerFailure) -> SafeText {
        guard failure.kind == .source, let error = self.source.lastError else { return "\(failure)" }
        return CommandFailure(error).text
    }

    private mutating func isLive() async throws {
        let isFirst = self.connection.opened.value == nil
        self.connection.isLive()
        let since = self.lostSince
        self.lostSince = nil
        if !isFirst { self.session.statistics.countReconnect() }
        // The first connection of an undisturbed tail is not told.
        guard let since, !isFirst || self.hasWaited else { return }
        let seconds = StatisticsText.decimal((.now - since) / .seconds(1), 2)
        try await self.tell("\(isFirst ? "live" : "live again" as SafeText) after \(seconds) s")
    }

    /// Whether a wait was told.
    private var hasWaited = false

    /// Tells about the connection, after the events before it.
    private mutating func tell(_ text: SafeText) async throws {
        self.hasWaited = true
        try await self.output.flush()
        self.session.tell?(text)
    }

    private func end(_ end: FollowerEnd) -> TailEnd {
        guard let failure = end.failure else { return .interrupted }
        if let closure = failure.closure { return .closedByServer(closure) }
        if failure.kind == .source, let error = self.source.lastError { return .notFound(CommandFailure(error)) }
        return .failed(failure.error ?? AgentRuntimeError(.connectionLost, failure.description))
    }
}
