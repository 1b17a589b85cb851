import MockAgentServer
import TestSupport
import Testing
import WebSocketProtocol
import WebSocketTransport
import WorkspaceProtocol

@testable import AgentRuntime

@Suite("Control calls: lost connections, time limits, cancellation and close", .timeLimit(.minutes(2)))
struct ControlEndTests {
    private static let processStart = StartProcessRequest(sessionID: "s", command: "true")

    /// Makes a first call, so that the runtime has a kept connection.
    private func keepConnection(_ runtime: RawRuntime) async throws {
        async let health = runtime.control.health()
        try await runtime.answer(healthy)
        _ = try await health
        #expect(runtime.caller.pool.keptCount == 1)
    }

    @Test("A kept connection that the server closed before a call is not used for it")
    func closedBefore() async throws {
        try await withRawRuntime { runtime in
            try await self.keepConnection(runtime)
            await runtime.server.peers[0].close()
            try await eventually("no kept connection") { runtime.caller.pool.keptCount == 0 }
            async let process = runtime.control.startProcess(Self.processStart)
            try await runtime.answer(json(#"{"process":{"id":"p"}}"#), on: 1)
            #expect(try await process.id == "p")
        }
    }

    @Test("An idempotent call on a kept connection that the server closes is sent once more, and only once")
    func retriedOnce() async throws {
        try await withRawRuntime { runtime in
            try await self.keepConnection(runtime)
            async let status = runtime.control.status()
            _ = try await runtime.request()
            await runtime.server.peers[0].close()
            try await runtime.answer(json(#"{"agent_status":"running"}"#), on: 1)
            #expect(try await status.agentStatus == .running)

            async let error = failure { try await runtime.control.status() }
            _ = try await runtime.request(on: 1)
            await runtime.server.peers[1].close()
            _ = try await runtime.request(on: 2)
            await runtime.server.peers[2].close()
            let seen = await error
            #expect(seen?.code == .connectionLost && seen?.retry == .backOff)
            #expect(runtime.server.peers.count == 3)
        }
    }

    @Test("A call that is not idempotent is never sent again: nobody knows whether it was done")
    func notRetried() async throws {
        try await withRawRuntime { runtime in
            try await self.keepConnection(runtime)
            // The limit ends a call that is sent again, which nobody answers.
            async let error = failure {
                try await runtime.control.startProcess(Self.processStart, timeout: .seconds(5))
            }
            _ = try await runtime.request()
            await runtime.server.peers[0].close()
            let seen = await error
            #expect(seen?.code == .deliveryUnknown && seen?.retry == .never)
            #expect(runtime.server.peers.count == 1)
        }
    }

    @Test("An answer that is cut is a lost connection, and the call is not sent again")
    func cut() async throws {
        try await withRawRuntime { runtime in
            try await self.keepConnection(runtime)
            async let error = failure { try await runtime.control.status() }
            _ = try await runtime.request()
            try await runtime.server.peers[0].send(Array("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{".utf8))
            await runtime.server.peers[0].close()
            let seen = await error
            #expect(seen?.code == .connectionLost && seen?.message.contains("in the middle") == true)
            #expect(runtime.server.peers.count == 1)
        }
    }

    @Test("A runtime that can't be reached is connectFailed, with the reason")
    func unreachable() async throws {
        try await withRawRuntime { runtime in
            await runtime.server.close()
            let error = await failure { try await runtime.control.health() }
            #expect(error?.code == .connectFailed && error?.reason == .refused)
        }
    }

    @Test("When its time is over, a call ends and its connection is closed; what may have been done is unknown")
    func deadline() async throws {
        let timers = ManualTimers()
        try await withRawRuntime(timers: timers) { runtime in
            async let error = failure { try await runtime.control.status(timeout: .seconds(7)) }
            _ = try await runtime.request()
            timers.fire(after: .seconds(7))
            let seen = await error
            #expect(seen?.code == .timedOut && seen?.message.contains("while it waited for the answer") == true)
            try await runtime.waitUntilClosed()
            async let unknown = failure { try await runtime.control.startProcess(Self.processStart) }
            _ = try await runtime.request(on: 1)
            timers.fire(after: .seconds(300))
            #expect(await unknown?.code == .deliveryUnknown)
            #expect(timers.delays.isEmpty)
        }
    }

    @Test("An answer whose body would end with the connection is not whole when we end the connection")
    func cutByUs() async throws {
        let timers = ManualTimers()
        try await withRawRuntime(timers: timers) { runtime in
            async let late = failure { try await runtime.control.health(timeout: .seconds(7)) }
            try await runtime.answer("HTTP/1.1 200 OK\r\n\r\n{\"status\":\"ok\"}")
            // The client has no sign that it has read them; if this is too short, the test finds less.
            try await Task.sleep(for: .milliseconds(100))
            timers.fire(after: .seconds(7))
            #expect(await late?.code == .timedOut)
            let cancelled = Task { try await runtime.control.health() }
            try await runtime.answer("HTTP/1.1 200 OK\r\n\r\n{\"status\":\"ok\"}", on: 1)
            try await Task.sleep(for: .milliseconds(100))
            cancelled.cancel()
            await #expect(throws: CancellationError.self) { try await cancelled.value }
        }
    }

    @Test("The time of a call includes the dial and the wait for a connection")
    func deadlineOfEarlierSteps() async throws {
        let timers = ManualTimers()
        let listener = try await FullListener.start()
        try await withRawRuntime(
            timers: timers,
            endpoint: { _ in try RuntimeEndpoint("http://127.0.0.1:\(listener.port)") }
        ) { runtime in
            let calls = (0..<4).map { _ in Task { await failure { try await runtime.control.health() } } }
            try await eventually("four dials") { runtime.caller.pool.permitCount == 4 }
            let waiting = Task { await failure { try await runtime.control.health(timeout: .seconds(7)) } }
            try await eventually("a waiting call") { runtime.caller.pool.waitingCount == 1 }
            timers.fire(after: .seconds(7))
            let error = await waiting.value
            #expect(error?.code == .timedOut && error?.message.contains("while it waited for a free") == true)
            try await eventually("the timers") { timers.delays.count == 4 }
            timers.fireAll()
            for call in calls {
                let error = await call.value
                #expect(error?.code == .timedOut && error?.message.contains("while it was connecting") == true)
            }
        }
        await listener.close()
    }

    @Test("Cancellation ends a call at every step, closes its connection, and leaves the others alone")
    func cancellation() async throws {
        try await withRawRuntime { runtime in
            // Before the start.
            let early = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                return try await runtime.control.health()
            }
            await #expect(throws: CancellationError.self) { _ = try await early.value }
            // Four are sent, one waits for a connection.
            let calls = (0..<4).map { _ in Task { try await runtime.control.health() } }
            for connection in 0..<4 { _ = try await runtime.request(on: connection) }
            let waiting = Task { try await runtime.control.health() }
            try await eventually("the fifth call") { runtime.barrier.memberCount == 5 }
            waiting.cancel()
            await #expect(throws: CancellationError.self) { _ = try await waiting.value }
            calls[0].cancel()
            await #expect(throws: CancellationError.self) { _ = try await calls[0].value }
            try await eventually("one closed connection") { runtime.server.peers.count { $0.isInputEnded } == 1 }
            for peer in runtime.server.peers where !peer.isInputEnded { try await peer.send(Array(healthy.utf8)) }
            for call in calls.dropFirst() { #expect(try await call.value.isOK) }
            #expect(runtime.caller.pool.keptCount == 3 && runtime.barrier.memberCount == 0)
        }
    }

    @Test("Cancellation ends a call that dials")
    func cancelledDial() async throws {
        let listener = try await FullListener.start()
        try await withRawRuntime(endpoint: { _ in try RuntimeEndpoint("http://127.0.0.1:\(listener.port)") }) {
            runtime in
            let call = Task { try await runtime.control.health() }
            try await eventually("the call") { runtime.barrier.memberCount == 1 }
            call.cancel()
            await #expect(throws: CancellationError.self) { _ = try await call.value }
        }
        await listener.close()
    }

    @Test("At most four connections are open; further calls wait, and the first one that waits is served first")
    func fourConnections() async throws {
        try await withRawRuntime { runtime in
            let first = (0..<4).map { _ in Task { try await runtime.control.health() } }
            for connection in 0..<4 { _ = try await runtime.request(on: connection) }
            var later: [Task<RuntimeStatus, any Error>] = []
            for index in 0..<3 {
                later.append(Task { try await runtime.control.status() })
                try await eventually("a waiting call") { runtime.barrier.memberCount == 5 + index }
                try await eventually("its place") { runtime.caller.pool.waitingCount == index + 1 }
            }
            // The connection that becomes free carries the waiting calls, one after the other.
            try await runtime.server.peers[0].send(Array(healthy.utf8))
            for index in 0..<3 {
                try await runtime.answer(json(#"{"agent_status":"\#(index)"}"#))
                #expect(try await later[index].value.agentStatus.rawValue == "\(index)")
            }
            for peer in runtime.server.peers.dropFirst() { try await peer.send(Array(healthy.utf8)) }
            for call in first { #expect(try await call.value.isOK) }
            #expect(runtime.server.peers.count == 4 && runtime.caller.pool.keptCount == 4)
        }
    }

    @Test("A close ends the calls that run and wait, waits for their sockets, and refuses later calls")
    func close() async throws {
        try await withRawRuntime { runtime in
            try await self.keepConnection(runtime)
            let calls = (0..<6).map { _ in Task { await failure { try await runtime.control.status() } } }
            for connection in 0..<4 { _ = try await runtime.request(on: connection) }
            try await eventually("six calls") { runtime.caller.pool.waitingCount == 2 }
            await runtime.close()
            #expect(runtime.barrier.memberCount == 0 && runtime.caller.pool.keptCount == 0)
            for call in calls { #expect(await call.value?.code == .clientClosed) }
            for peer in runtime.server.peers { try await eventually("its end") { peer.isInputEnded } }
            let late = await failure { try await runtime.control.status() }
            #expect(late?.code == .clientClosed && late?.message.contains("was not sent") == true)
            await runtime.close()
            #expect(runtime.server.peers.count == 4)
        }
    }

    /// Asks for the health over TLS.
    private func secureHealth(
        port: Int,
        _ change: (inout AgentRuntimeConfiguration) -> Void
    ) async throws -> RuntimeHealth {
        var configuration = AgentRuntimeConfiguration()
        change(&configuration)
        let barrier = ControlBarrier()
        let endpoint = try RuntimeEndpoint("https://localhost:\(port)")
        let settings = ClientSettings(endpoint: endpoint, configuration: configuration)
        let control = RuntimeControl(settings, membership: barrier.membership)
        let result = try await Result.catching { try await control.health() }
        await barrier.close(within: .seconds(30), EventLoopTimers())
        await control.closeConnections()
        return try result.get()
    }

    @Test("A close ends the kept connections, and waits for that")
    func closesKept() async throws {
        try await withRawRuntime { runtime in
            let calls = (0..<3).map { _ in Task { try await runtime.control.health() } }
            for connection in 0..<3 { _ = try await runtime.request(on: connection) }
            for peer in runtime.server.peers { try await peer.send(Array(healthy.utf8)) }
            for call in calls { _ = try await call.value }
            #expect(runtime.caller.pool.keptCount == 3)
            await runtime.close()
            #expect(runtime.caller.pool.keptCount == 0)
            for connection in 0..<3 { try await runtime.waitUntilClosed(connection: connection) }
        }
    }

    @Test("A client that is released without a close leaves no connection open")
    func released() async throws {
        try await withRawRuntime { runtime in
            let endpoint = try RuntimeEndpoint("http://127.0.0.1:\(runtime.server.port)")
            var client: ControlPortClient? = try ControlPortClient(endpoint: endpoint)
            async let answered: ReceivedRequest = runtime.answer(healthy)
            #expect(try await client?.health().isOK == true)
            _ = try await answered
            #expect(!runtime.server.peers[0].isInputEnded)
            client = nil
            try await runtime.waitUntilClosed()
        }
    }

    @Test("The certificate of the runtime is checked, and its host")
    func tls() async throws {
        var server = MockServerConfiguration()
        server.tls = WebSocketServerTLSConfiguration(
            identity: TLSIdentity(
                certificateChain: .text(TestCertificates.serverCertificate),
                privateKey: .text(TestCertificates.serverKey)
            )
        )
        try await withMockServer(server) { server in
            let roots = WebSocketTLSConfiguration.TrustRoots.certificates(.text(TestCertificates.authority))
            let health = try await self.secureHealth(port: server.port) { $0.tls.trustRoots = roots }
            #expect(health.isOK)
            let untrusted = await failure { try await self.secureHealth(port: server.port) { _ in } }
            #expect(untrusted?.code == .notTrusted)
            let otherHost = await failure {
                try await self.secureHealth(port: server.port) { configuration in
                    configuration.tls.trustRoots = roots
                    configuration.tls.serverName = "other.example"
                }
            }
            #expect(otherHost?.code == .notTrusted && otherHost?.webSocketError?.code == .tlsWrongHost)
        }
    }

    @Test("Waiting for a runtime asks again until it is ready, and says at the end what it saw last")
    func ready() async throws {
        try await withRawRuntime { runtime in
            async let health = runtime.control.waitUntilReady(timeout: .seconds(60), interval: .milliseconds(1))
            try await runtime.answer("HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n")
            try await runtime.answer("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")
            try await runtime.answer(healthy)
            #expect(try await health.isOK)
        }
        try await withRawRuntime { runtime in
            await runtime.server.close()
            let error = await failure {
                try await runtime.control.waitUntilReady(timeout: .milliseconds(100), interval: .milliseconds(10))
            }
            #expect(error?.code == .timedOut && error?.message.contains("refused") == true)
        }
        try await withRawRuntime { runtime in
            async let error = failure { try await runtime.control.waitUntilReady(timeout: .seconds(60)) }
            try await runtime.answer(json(#"{"error":"e","recycled_port":true}"#, status: "404 Not Found"))
            #expect(await error?.code == .instanceGone)
        }
    }

    @Test("A close ends the pause between two attempts")
    func closedWhilePausing() async throws {
        let timers = ManualTimers()
        try await withRawRuntime(timers: timers) { runtime in
            async let error = failure { try await runtime.control.waitUntilReady(timeout: .seconds(600)) }
            try await runtime.answer("HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n")
            try await eventually("the pause") { timers.delays == [.milliseconds(500)] }
            await runtime.close()
            #expect(await error?.code == .clientClosed)
            #expect(timers.delays.isEmpty)
        }
    }
}
