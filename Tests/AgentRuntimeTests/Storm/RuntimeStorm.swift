import AgentRuntime
import ConcurrencyPrimitives
import MockAgentServer
import TestSupport
import Testing
import WorkspaceProtocol

/// One client of a whole runtime in a storm: all its streams and twenty control calls, and everything that can end them
/// at nearly the same time, in a given order.
final class RuntimeStorm: Sendable {
    /// The streams of the client.
    private enum Target: CaseIterable { case workspace, agent, terminal0, terminal1, terminal2 }

    /// The terminals, which the server must have.
    static let terminals = ["t0", "t1", "t2"]
    private static let callCount = 20

    private let server: MockServer
    private let client: AgentRuntimeClient
    private let watch = TaskWatch()
    private let random: Locked<SplitMix64>
    private let waitsForStreams: Bool
    private let streams = Locked<[any StormStream]>([])
    /// The tasks that open streams or make calls.
    private let tasks = Locked<[Task<Void, Never>]>([])

    init(server: MockServer, seed: UInt64) throws {
        self.server = server
        var random = SplitMix64(seed: seed)
        // Half of the storms happen during the dials, the others on open streams.
        self.waitsForStreams = random.next() % 2 == 0
        self.random = Locked(random)
        var configuration = AgentRuntimeConfiguration()
        configuration.closeTimeout = .milliseconds(500)
        configuration.maximumQueuedEvents = 8
        self.client = try AgentRuntimeClient(
            endpoint: RuntimeEndpoint(server.url),
            configuration: configuration,
            spawn: self.watch.spawn
        )
    }

    /// Runs all actions, and checks what is left.
    ///
    /// - Returns: The number of streams that were opened.
    func run(_ order: [RuntimeStormAction]) async throws -> Int {
        try await withTimeout("the storm \(order)") { try await self.perform(order) }
        let leftBehind = try await withTimeout("the last close") { await self.client.close() }
        #expect(leftBehind.isEmpty)
        self.watch.closeReturned()
        #expect(self.client.tasks.isEmpty)
        // After the close, a task of ours may only still see its error.
        try await withTimeout("the users of the client") {
            for task in self.tasks.withLock({ $0 }) { await task.value }
        }
        let streams = self.streams.withLock { $0 }
        for stream in streams {
            #expect(stream.state.isDrained)
            #expect(stream.isConnectionClosed)
            // The first cause of its end is the only one.
            let (end, again) = (await stream.close(), try await stream.waitUntilDrained())
            #expect(end.description == again.description)
        }
        let opening = await #expect(throws: AgentRuntimeError.self) { try await self.client.openTerminal(id: "t0") }
        let calling = await #expect(throws: AgentRuntimeError.self) { try await self.client.control.health() }
        #expect(opening?.code == .clientClosed && calling?.code == .clientClosed)
        #expect(self.watch.escaped.isEmpty)
        try await withTimeout("no socket of the server is left") { try await self.server.waitForSockets(0) }
        return streams.count
    }

    private func perform(_ order: [RuntimeStormAction]) async throws {
        for target in Target.allCases { self.start { await self.open(target) } }
        for number in 0..<Self.callCount { self.start { await self.call(number) } }
        if self.waitsForStreams {
            try await eventually("all streams are open") { self.streams.withLock { $0.count } == Target.allCases.count }
        }
        await withDiscardingTaskGroup { group in
            for action in order {
                await self.pause()
                group.addTask { await self.perform(action) }
            }
        }
    }

    private func start(_ work: @escaping @Sendable () async -> Void) {
        let task = Task { await work() }
        self.tasks.withLock { $0.append(task) }
    }

    private func draw() -> UInt64 { self.random.withLock { $0.next() } >> 8 }

    /// Waits for a part of a network step, so that the next action finds everything in a different state each time.
    private func pause() async {
        guard self.draw() % 4 != 0 else { return }
        try? await Task.sleep(for: .microseconds(Int(self.draw() % 1000)))
    }

    private func anyStream() -> (any StormStream)? {
        let draw = Int(self.draw())
        return self.streams.withLock { $0.isEmpty ? nil : $0[draw % $0.count] }
    }

    private func perform(_ action: RuntimeStormAction) async {
        switch action {
        case .cancel:
            for task in self.tasks.withLock({ $0 }) where self.draw() % 2 == 0 { task.cancel() }
        case .loss: self.server.abortAll()
        case .abort: _ = await self.anyStream()?.abort()
        case .close:
            guard self.draw() % 2 == 0 else {
                _ = await self.anyStream()?.close()
                return
            }
            #expect(await self.client.closeStreams().isEmpty)
        case .closeClient: #expect(await self.client.close().isEmpty)
        }
    }

    // MARK: The users of the client

    private func open(_ target: Target) async {
        switch target {
        case .workspace:
            guard let stream = try? await self.client.openWorkspaceStream() else { return }
            await self.use(stream, stream.events) { try await stream.sendShellInput("x") }
        case .agent:
            guard let stream = try? await self.client.openAgentStream() else { return }
            await self.use(stream, stream.events) {
                do {
                    _ = try await stream.standardError()
                } catch let error as AgentRuntimeError where error.code == .requestRefused {
                    // The agent does not run, but it has answered.
                }
            }
        case .terminal0: await self.openTerminal(0)
        case .terminal1: await self.openTerminal(1)
        case .terminal2: await self.openTerminal(2)
        }
    }

    private func openTerminal(_ number: Int) async {
        guard let stream = try? await self.client.openTerminal(id: Self.terminals[number]) else { return }
        await self.use(stream, stream.output) {
            try await stream.send([1, 2])
            try await stream.resize(columns: 80, rows: 24)
        }
    }

    /// Takes the events of a stream and sends, until the stream has ended or the task is cancelled.
    private func use<Events: AsyncSequence & Sendable>(
        _ stream: some StormStream,
        _ events: Events,
        _ send: @escaping @Sendable () async throws -> Void
    ) async {
        self.streams.withLock { $0.append(stream) }
        await withDiscardingTaskGroup { group in
            group.addTask {
                do {
                    for try await _ in events {}
                } catch { /* `close` says how it ended. */  }
            }
            group.addTask { while (try? await send()) != nil { await Task.yield() } }
        }
    }

    /// Makes one call: most are answered, some late or never, and some lose their connection.
    private func call(_ number: Int) async {
        let control = self.client.control
        do {
            switch number % 5 {
            case 0: _ = try await control.status()
            case 1: _ = try await control.terminalBuffer(id: Self.terminals[0])
            case 2: _ = try await control.setPollMode(.fast)
            case 3: _ = try await control.info(timeout: .milliseconds(20))
            default: _ = try await control.gitStatus()
            }
        } catch { /* It must end; how is tested elsewhere. */  }
    }
}

/// An action in a storm over a whole runtime.
enum RuntimeStormAction: String, CaseIterable {
    case cancel, close, abort, closeClient, loss

    /// All orders of the actions: 5!.
    static let orders = StormAction.permutations(allCases)
}

/// What a storm needs of a stream of any kind.
protocol StormStream: Sendable {
    var state: StreamState { get }
    var isConnectionClosed: Bool { get }
    func close() async -> StreamEnd
    func abort() async -> StreamEnd
    func waitUntilDrained() async throws(CancellationError) -> StreamEnd
}

extension WorkspaceStream: StormStream {}
extension AgentStream: StormStream {}
extension TerminalStream: StormStream {}
