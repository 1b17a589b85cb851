import AgentRuntime
import ConcurrencyPrimitives
import TestSupport
import Testing
import WebSocketTransport

/// One client in a storm: all actions that can end a stream happen at nearly the same time, in a given order.
final class Storm: Sendable {
    private let server: StormServer
    private let client: AgentRuntimeClient
    private let watch = TaskWatch()
    private let random: Locked<SplitMix64>
    private let waitsForStream: Bool
    private let streams = Locked<[WorkspaceStream]>([])
    /// Resolves with the first stream that was opened, or nil when none was.
    private let opened = Promise<WorkspaceStream?>()
    private let opener = Promise<Task<Void, Never>>()
    private let ends = Locked<[ObjectIdentifier: Set<String>]>([:])

    init(server: StormServer, seed: UInt64) throws {
        self.server = server
        var random = SplitMix64(seed: seed)
        // Half of the storms happen during the dial, the others on the open stream.
        self.waitsForStream = random.next() % 2 == 0
        self.random = Locked(random)
        var configuration = AgentRuntimeConfiguration()
        configuration.closeTimeout = .milliseconds(500)
        configuration.maximumQueuedEvents = 8
        self.client = try AgentRuntimeClient(
            endpoint: server.endpoint,
            configuration: configuration,
            spawn: self.watch.spawn
        )
    }

    /// Runs all actions, and checks what is left.
    ///
    /// - Returns: The number of streams that were opened.
    func run(_ order: [StormAction]) async throws -> Int {
        try await withTimeout("the storm \(order)") { await self.perform(order) }
        let leftBehind = try await withTimeout("the last close") { await self.client.close() }
        #expect(leftBehind.isEmpty)
        self.watch.closeReturned()
        #expect(self.client.tasks.isEmpty)
        for stream in self.streams.withLock({ $0 }) {
            #expect(stream.state.isDrained)
            #expect(stream.isConnectionClosed)
            self.note(stream, "\(try await stream.waitUntilDrained())")
        }
        for reasons in self.ends.withLock({ $0 }).values { #expect(reasons.count == 1, "\(reasons)") }
        let error = await #expect(throws: AgentRuntimeError.self) { try await self.client.openWorkspaceStream() }
        #expect(error?.code == .clientClosed)
        #expect(self.watch.escaped.isEmpty)
        return self.streams.withLock { $0.count }
    }

    private func perform(_ order: [StormAction]) async {
        await withDiscardingTaskGroup { group in
            let task = Task { await self.open() }
            self.opener.resolve(task)
            group.addTask {
                await task.value
                self.opened.resolve(nil)
            }
            group.addTask { await self.open() }
            if self.waitsForStream { _ = await self.opened.wait() }
            for action in order {
                await self.pause()
                group.addTask { await self.perform(action) }
            }
        }
    }

    /// Waits for a part of a network step, so that the next action finds the stream in a different state each time.
    private func pause() async {
        let draw = self.random.withLock { $0.next() }
        guard draw % 4 != 0 else { return }
        try? await Task.sleep(for: .microseconds(Int((draw >> 8) % 500)))
    }

    private func perform(_ action: StormAction) async {
        switch action {
        case .cancelOpener: await self.opener.wait().cancel()
        case .closeClient: await self.client.close()
        case .serverEnds:
            guard self.random.withLock({ $0.next() % 2 }) == 0 else { return self.server.cutAll() }
            await self.server.closeAll()
        case .close, .abort:
            guard let stream = await self.opened.wait() else { return }
            let end = action == .close ? await stream.close() : await stream.abort()
            #expect(stream.state.isDrained)
            #expect(stream.isConnectionClosed)
            self.note(stream, "\(end)")
        }
    }

    private func open() async {
        guard let stream = try? await self.client.openWorkspaceStream() else { return }
        self.streams.withLock { $0.append(stream) }
        self.opened.resolve(stream)
        await withDiscardingTaskGroup { group in
            group.addTask { await self.consume(stream) }
            group.addTask { await self.watchStates(stream) }
            group.addTask { while (try? await stream.sendShellInput("x")) != nil { await Task.yield() } }
        }
    }

    private func consume(_ stream: WorkspaceStream) async {
        do {
            for try await _ in stream.events {}
        } catch { /* How it ended is what `close` and the states say. */  }
    }

    private func watchStates(_ stream: WorkspaceStream) async {
        do {
            for try await state in stream.states {
                if case .closing(let end) = state { self.note(stream, "\(end)") }
                // The public state must say the same at every moment.
                if case .closing(let end) = stream.state { self.note(stream, "\(end)") }
                if case .drained(let end) = state { self.note(stream, "\(end)") }
            }
        } catch { /* The opener was cancelled. */  }
    }

    private func note(_ stream: WorkspaceStream, _ end: String) {
        self.ends.withLock { _ = $0[ObjectIdentifier(stream), default: []].insert(end) }
    }
}
