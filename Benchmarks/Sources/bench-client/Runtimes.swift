import AgentRuntime
import BenchSupport
import WorkspaceFollowing
import WorkspaceProtocol

/// Follows runtimes as a manager does: one client for each, and every event is decoded.
enum Runtimes {
    /// The client and the stream of one runtime.
    private struct Followed: Sendable {
        let client: AgentRuntimeClient
        let stream: WorkspaceStream
    }

    private static func open(_ endpoint: RuntimeEndpoint) async throws -> Followed {
        let client = try AgentRuntimeClient(endpoint: endpoint)
        return Followed(client: client, stream: try await client.openWorkspaceStream())
    }

    /// Takes events until `take` has enough: one by one as most programs do, or in batches as programs with very many
    /// streams do.
    private static func forEach(
        of stream: WorkspaceStream,
        _ scenario: Scenario,
        _ take: (WorkspaceEvent) throws -> Bool
    ) async throws {
        guard scenario.usesLoop else {
            for try await event in stream.events where try !take(event) { return }
            return
        }
        try await withTaskExecutorPreference(stream.executor) {
            for try await batch in stream.batches {
                for event in batch where try !take(event) { return }
            }
        }
    }

    /// Follows many paced streams for some seconds.
    static func follow(_ scenario: Scenario) async throws -> BenchReport {
        let endpoint = try RuntimeEndpoint(scenario.url)
        return try await ManyStreams.tail(scenario) { _ in
            try await Self.open(endpoint)
        } read: { followed, tally in
            try await Self.forEach(of: followed.stream, scenario) { event in
                try Self.check(event)
                // The size of an event on the wire is not known here.
                tally.add(0)
                return true
            }
        }
    }

    private static func check(_ event: WorkspaceEvent) throws {
        if case .malformed(let message) = event.content { throw BenchFailure("malformed: \(message.error)") }
    }

    /// Holds streams without traffic.
    static func idle(_ scenario: Scenario) async throws -> BenchReport {
        let endpoint = try RuntimeEndpoint(scenario.url)
        return try await ManyStreams.idle(scenario) {
            try await Self.open(endpoint)
        } read: { followed in
            for try await _ in followed.stream.events {}
        }
    }

    /// Takes a number of events of one stream; with steps one by one, as on a stream that is quiet most of the time.
    ///
    /// This is for the counting of instructions.
    static func take(_ scenario: Scenario) async throws -> BenchReport {
        let client = try AgentRuntimeClient(endpoint: try RuntimeEndpoint(scenario.url))
        let stream = try await client.openWorkspaceStream()
        let measurement = Measurement()
        let stepper = try scenario.isStepped ? Stepper(scenario) : nil
        let events = try await withTaskExecutorPreference(scenario.usesLoop ? stream.executor : nil) {
            try await Self.take(scenario.count, from: stream, stepper)
        }
        let report = measurement.finish(messages: events, bytes: stream.statistics.bytes)
        await client.close()
        guard events >= scenario.count else { throw BenchFailure.closedEarly(after: events, of: scenario.count) }
        return report
    }

    /// Takes a number of events of one followed workspace, like ``take(_:)``.
    static func takeFollowed(_ scenario: Scenario) async throws -> BenchReport {
        let client = try AgentRuntimeClient(endpoint: try RuntimeEndpoint(scenario.url))
        var configuration = FollowerConfiguration()
        // The events are counted, so none may replace another one.
        (configuration.queue.gitStatus, configuration.queue.fileChange) = (.all, .all)
        let follower = try WorkspaceFollower(of: client, configuration: configuration)
        follower.start()
        // Before the measurement, and without taking an element, so it looks again and again.
        while follower.stream == nil { try await Task.sleep(for: .milliseconds(1)) }
        let executor = scenario.usesLoop ? follower.stream?.executor : nil
        let measurement = Measurement()
        let stepper = try scenario.isStepped ? Stepper(scenario) : nil
        let events = try await withTaskExecutorPreference(executor) {
            var events = 0
            stepper?.step()
            for try await batch in follower.batches {
                let before = events
                for case .event(let event) in batch {
                    try Self.check(event)
                    events += 1
                }
                if events >= scenario.count { break }
                if events > before { stepper?.step() }
            }
            return events
        }
        let report = measurement.finish(messages: events, bytes: follower.statistics.bytes)
        await client.close()
        guard events >= scenario.count else { throw BenchFailure.closedEarly(after: events, of: scenario.count) }
        return report
    }

    /// Follows many workspaces without traffic.
    static func idleFollowed(_ scenario: Scenario) async throws -> BenchReport {
        let endpoint = try RuntimeEndpoint(scenario.url)
        return try await ManyStreams.idle(scenario) {
            let follower = try WorkspaceFollower(of: StaticEndpointSource(endpoint))
            follower.start()
            // Before the measurement, and without taking an element, so it looks again and again.
            while follower.stream == nil { try await Task.sleep(for: .milliseconds(1)) }
            return follower
        } read: { follower in
            for try await _ in follower.elements {}
        }
    }

    private static func take(_ count: Int, from stream: WorkspaceStream, _ stepper: Stepper?) async throws -> Int {
        var events = 0
        stepper?.step()
        for try await batch in stream.batches {
            for event in batch { try Self.check(event) }
            events += batch.count
            if events >= count { break }
            stepper?.step()
        }
        return events
    }
}
