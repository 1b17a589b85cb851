import Synchronization
import TestSupport
import Testing
import WebSocketProtocol
import WorkspaceProtocol

@testable import AgentRuntime

@Suite("Control calls as members of the barrier, in memory", .timeLimit(.minutes(1)))
struct ControlCallerTests {
    private let transport = ScriptedControlTransport()
    private let barrier = ControlBarrier()
    private let timers = ManualTimers()

    private func caller() -> ControlCaller {
        ControlCaller(
            target: { path, _ in try WebSocketURL(host: "h", path: path) },
            fields: { _ in [:] },
            transport: self.transport,
            membership: self.barrier.membership,
            timers: self.timers,
            limits: ControlLimits(successBytes: 1_000),
            pool: ControlConnectionPool(limit: 1)
        )
    }

    private func dial(_ index: Int) async throws -> ScriptedControlDial {
        try await eventually("dial \(index)") { self.transport.dials.count > index }
        return self.transport.dials[index]
    }

    private func request(_ index: Int, on connection: ScriptedControlConnection) async throws {
        try await eventually("request \(index)") { connection.requests.count > index }
    }

    private let post = ControlRequest(method: .post, path: "/p", isIdempotent: false)
    private let get = ControlRequest.get("/g")

    @Test("A request of which nothing was written is sent on a new connection, idempotent or not")
    func unwritten() async throws {
        let caller = self.caller()
        async let first = caller.perform(self.get)
        let kept = try await self.dial(0).succeed()
        try await self.request(0, on: kept)
        kept.answer("{}")
        _ = try await first
        async let second = caller.perform(self.post)
        try await self.request(1, on: kept)
        kept.fail(wasWritten: false)
        kept.finishClosing()
        let fresh = try await self.dial(1).succeed()
        try await self.request(0, on: fresh)
        fresh.answer("{}")
        #expect(try await second.status == 200)
        // On a new connection it is not sent again.
        async let third = failure { try await caller.perform(self.post) }
        try await self.request(1, on: fresh)
        fresh.finishClosing()
        fresh.fail(wasWritten: true)
        #expect(await third?.code == .deliveryUnknown)
        #expect(self.transport.dials.count == 2 && caller.pool.permitCount == 0 && caller.pool.keptCount == 0)
    }

    @Test("A call that ends early leaves the barrier when its connection is closed, and not before")
    func leavesLate() async throws {
        let caller = self.caller()
        let call = Task { await failure { try await caller.perform(self.get) } }
        let connection = try await self.dial(0).succeed()
        try await self.request(0, on: connection)
        let isClosed = Atomic(false)
        let barrier = self.barrier
        async let close: Void = {
            await barrier.close(within: .seconds(30), EventLoopTimers())
            isClosed.store(true, ordering: .releasing)
        }()
        try await eventually("the close of the connection") { connection.isAborted && connection.isClosing }
        #expect(self.barrier.memberCount == 1 && !isClosed.load(ordering: .acquiring))
        connection.finishClosing()
        await close
        #expect(await call.value?.code == .clientClosed)
        #expect(self.barrier.memberCount == 0 && caller.pool.permitCount == 0 && self.timers.delays.isEmpty)
    }

    @Test("A call that dials is told to end, and leaves when the dial has ended")
    func endsDial() async throws {
        let caller = self.caller()
        let call = Task { try await caller.perform(self.get) }
        let dial = try await self.dial(0)
        call.cancel()
        try await eventually("the cancellation") { dial.isCancelled }
        #expect(self.barrier.memberCount == 1)
        dial.fail(CancellationError())
        await #expect(throws: CancellationError.self) { _ = try await call.value }
        #expect(self.barrier.memberCount == 0 && caller.pool.permitCount == 0)
    }

    @Test("A permit that is passed to a call that has just ended is given back")
    func passedToEndedCall() async throws {
        let caller = self.caller()
        for _ in 0..<50 {
            let dials = self.transport.dials.count
            let first = Task { try await caller.perform(self.get) }
            let connection = try await self.dial(dials).succeed()
            try await self.request(0, on: connection)
            let second = Task { try await caller.perform(self.get) }
            try await eventually("a waiting call") { caller.pool.waitingCount == 1 }
            connection.finishClosing()
            // The permit comes back, and the waiting call ends: in any order.
            async let answered: Void = { connection.answer("{}", keepsConnection: false) }()
            second.cancel()
            await answered
            _ = try await first.value
            // If it got the permit first, it dials.
            try await eventually("the end of the second call") {
                for dial in self.transport.dials where dial.isCancelled { dial.fail(CancellationError()) }
                return self.barrier.memberCount == 0
            }
            await #expect(throws: CancellationError.self) { _ = try await second.value }
            #expect(caller.pool.permitCount == 0 && caller.pool.waitingCount == 0)
        }
    }

    @Test("A connection that comes back after the close of the pool is closed")
    func backAfterClose() async throws {
        let caller = self.caller()
        async let call = caller.perform(self.get)
        let connection = try await self.dial(0).succeed()
        try await self.request(0, on: connection)
        await caller.pool.close()
        connection.answer("{}")
        try await eventually("its close") { connection.isClosing }
        connection.finishClosing()
        #expect(try await call.status == 200)
        #expect(caller.pool.keptCount == 0 && caller.pool.permitCount == 0)
    }

    @Test("A connection that ends while it comes back is not kept")
    func endsWhileComingBack() async throws {
        let caller = self.caller()
        async let call = caller.perform(self.get)
        let connection = try await self.dial(0).succeed()
        try await self.request(0, on: connection)
        connection.finishClosing()
        connection.answer("{}")
        _ = try await call
        #expect(caller.pool.keptCount == 0 && caller.pool.permitCount == 0)
    }
}

@Suite("A storm of control calls over real sockets", .timeLimit(.minutes(2)))
struct ControlStormTests {
    /// Answers, ends or ignores each request, by chance.
    private static func serve(_ server: RawServer, seed: UInt64) async {
        var random = SplitMix64(seed: seed)
        while !Task.isCancelled {
            for peer in server.peers where !peer.isClosed && ReceivedRequest(peer.received) != nil {
                _ = peer.takeReceived()
                switch Int.random(in: 0..<10, using: &random) {
                case 0: await peer.close()
                case 1: await peer.reset()
                case 2: break
                case 3: try? await peer.send(Array("HTTP/1.0 200 OK\r\n\r\n{\"status\"".utf8))
                default: try? await peer.send(Array(healthy.utf8))
                }
            }
            try? await ContinuousClock().sleep(for: .milliseconds(1))
        }
    }

    @Test("Calls, cancellations, lost connections and a close in any order leave nothing behind", arguments: 0..<12)
    func storm(seed: UInt64) async throws {
        try await withRawRuntime { runtime in
            let server = Task { await Self.serve(runtime.server, seed: seed) }
            var random = SplitMix64(seed: seed &+ 1_000)
            var calls: [Task<Void, Never>] = []
            for _ in 0..<40 {
                let isIdempotent = Bool.random(using: &random)
                calls.append(
                    Task {
                        if isIdempotent {
                            _ = try? await runtime.control.health()
                        } else {
                            _ = try? await runtime.control.start()
                        }
                    }
                )
                if Int.random(in: 0..<4, using: &random) == 0 { calls.randomElement(using: &random)?.cancel() }
                if Int.random(in: 0..<3, using: &random) == 0 { await Task.yield() }
            }
            if Bool.random(using: &random) {
                let answered = calls[Int.random(in: 0..<40, using: &random)]
                try await withTimeout("one call or a second", .seconds(20)) {
                    answered.cancel()
                    await answered.value
                }
            }
            await runtime.close()
            for call in calls { await call.value }
            #expect(runtime.barrier.memberCount == 0)
            #expect(runtime.caller.pool.permitCount == 0 && runtime.caller.pool.waitingCount == 0)
            for peer in runtime.server.peers { try await eventually("the end of a socket") { peer.isInputEnded } }
            server.cancel()
            await server.value
        }
    }
}
