import AgentRuntime
import TestSupport
import Testing
import WebSocketTransport
import WorkspaceProtocol

/// One life of a client and its stream, over real sockets.
struct LeakCycle {
    /// How the stream ends.
    private enum Ending: CaseIterable { case close, abort, closeClient, cancelOpener, drop }

    let endpoint: RuntimeEndpoint
    let number: Int

    /// Opens, uses and ends a stream.
    ///
    /// - Returns: References to all that was made for it, if this cycle is one of those that are watched.
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

    /// Nobody closes anything: the client goes first, the events are the last that is held.
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

    /// An expectation that leaves nothing behind when it holds: in a process of its own, the test library's ones add up.
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

    /// The client, the stream, what its tasks share, and what its connection and the handler on the event loop share.
    ///
    /// A handler or a timer that was left would hold the last one.
    private static func references(
        to stream: WorkspaceStream,
        of client: AgentRuntimeClient?
    ) throws -> [WeakReference] {
        let core = try self.object(in: stream, "core")
        let clientCore = try self.object(in: stream, "owner", "core")
        let connection = try self.object(in: core, "connection", "connection")
        let connectionCore = try self.object(in: connection, "core")
        let all = [stream, core, clientCore, connection, connectionCore] + [client].compactMap { $0 }
        return all.map { WeakReference($0) }
    }

    private static func object(in value: Any, _ path: String...) throws -> AnyObject {
        let found = path.reduce(Optional(value)) { value, name in
            value.flatMap { Mirror(reflecting: $0).children.first { $0.label == name }?.value }
        }
        let object = try #require(found, "\(type(of: value)) has no \(path)")
        // Else this would watch a box made for the occasion.
        try #require(type(of: object) is AnyClass)
        return object as AnyObject
    }
}
