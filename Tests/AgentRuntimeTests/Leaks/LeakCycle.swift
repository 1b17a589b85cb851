import AgentRuntime
import TestSupport
import Testing
import WebSocketTransport
import WorkspaceProtocol

/// One client and its stream from begin to end, over real sockets.
struct LeakCycle {
    /// How the stream ends.
    private enum Ending: CaseIterable { case close, abort, closeClient, cancelOpener, drop }

    let endpoint: RuntimeEndpoint
    let number: Int

    /// Opens, uses and ends a stream.
    ///
    /// - Returns: If this cycle is watched, references to all objects that were made for it.
    func run(isWatched: Bool) async throws -> [WeakReference] {
        var configuration = AgentRuntimeConfiguration()
        configuration.connection.keepalive?.interval = .seconds(30)
        let client: AgentRuntimeClient? = try AgentRuntimeClient(endpoint: self.endpoint, configuration: configuration)
        let ending = Ending.allCases[self.number % Ending.allCases.count]
        guard ending != .cancelOpener else { return try await self.cancelOpener(try #require(client), isWatched) }
        guard ending != .drop else { return try await Self.drop(client, isWatched) }
        let stream = try #require(try await client?.openWorkspaceStream())
        try await Self.use(stream)
        let references = isWatched ? try Self.references(to: stream, of: client) : []
        switch ending {
        case .close, .cancelOpener, .drop: await stream.close()
        case .abort: await stream.abort()
        case .closeClient: await client?.close()
        }
        try Self.check(stream.state.isDrained, "the stream is drained")
        try Self.check(stream.isConnectionClosed, "the connection is closed")
        try Self.check(client?.tasks.isEmpty ?? true, "no task is left")
        return references
    }

    private static func use(_ stream: WorkspaceStream) async throws {
        try self.check(try await stream.events.first { _ in true }?.type == .connected, "the first event")
        try await stream.sendShellInput("x")
    }

    /// Closes nothing: the client is released first, and the events are the last object to be released.
    private static func drop(_ client: consuming AgentRuntimeClient?, _ isWatched: Bool) async throws -> [WeakReference]
    {
        let stream = try #require(try await client?.openWorkspaceStream())
        let references = isWatched ? try self.references(to: stream, of: client) : []
        let events = stream.events
        _ = consume client
        try self.check(try await events.first { _ in true }?.type == .connected, "the first event")
        try await stream.sendShellInput("x")
        return references
    }

    /// An expectation that uses no memory if it is true; those of the test library would add up in this process.
    private static func check(_ holds: Bool, _ subject: String) throws {
        guard holds else { throw Violation(description: subject) }
    }

    private struct Violation: Error, CustomStringConvertible { let description: String }

    private func cancelOpener(_ client: AgentRuntimeClient, _ isWatched: Bool) async throws -> [WeakReference] {
        let opener = Task { try await client.openWorkspaceStream() }
        await Task.yield()
        opener.cancel()
        _ = await opener.result
        await client.close()
        try Self.check(client.tasks.isEmpty, "no task is left")
        return isWatched ? [WeakReference(client)] : []
    }

    /// References to the client, to the stream, and to the shared state of its tasks, its connection and its handler.
    ///
    /// A handler or a timer that was left would keep the last one alive.
    private static func references(
        to stream: WorkspaceStream,
        of client: AgentRuntimeClient?
    ) throws -> [WeakReference] {
        let core = try self.object(in: stream, "core")
        let driver = try self.object(in: stream, "owner", "driver")
        let connection = try self.object(in: core, "connection", "connection")
        let connectionCore = try self.object(in: connection, "core")
        let all = [stream, core, driver, connection, connectionCore] + [client].compactMap { $0 }
        return all.map { WeakReference($0) }
    }

    private static func object(in value: Any, _ path: String...) throws -> AnyObject {
        let found = path.reduce(Optional(value)) { value, name in
            value.flatMap { Mirror(reflecting: $0).children.first { $0.label == name }?.value }
        }
        let object = try #require(found, "\(type(of: value)) has no \(path)")
        // Otherwise this would watch a temporary box.
        try #require(type(of: object) is AnyClass)
        return object as AnyObject
    }
}
