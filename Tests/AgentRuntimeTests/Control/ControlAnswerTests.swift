import Foundation
import TestSupport
import Testing
import WebSocketProtocol
import WebSocketTransport
import WorkspaceProtocol

@testable import AgentRuntime

@Suite("Control calls: requests and answers on the wire", .timeLimit(.minutes(2)))
struct ControlAnswerTests {
    @Test("A request has its path, the fields of the endpoint and the configuration, and a body with its length")
    func request() async throws {
        try await withRawRuntime(
            endpoint: { try RuntimeEndpoint("http://127.0.0.1:\($0)", token: "t0ken", instanceID: "exec-1") },
            { $0.fields = ["X-Gateway": "g"] }
        ) { runtime in
            async let process = runtime.control.startProcess(StartProcessRequest(sessionID: "s", command: "true"))
            let answer = json(#"{"process":{"id":"p1","session_id":"s","status":"running"}}"#)
            let request = try await runtime.answer(answer)
            #expect(try await process.id == "p1")
            #expect(request.line == "POST /api/v1/processes/start HTTP/1.1")
            #expect(request.value("Host") == "127.0.0.1:\(runtime.server.port)")
            #expect(request.value("Authorization") == "Bearer t0ken" && request.value("X-Instance-ID") == "exec-1")
            #expect(request.value("X-Gateway") == "g" && request.value("Content-Type") == "application/json")
            #expect(request.value("User-Agent")?.hasPrefix("workspace-streams/") == true)
            #expect(request.value("Content-Length") == "\(request.body.utf8.count)")
            #expect(try JSONDecoder().decode(StartProcessRequest.self, from: Data(request.body.utf8)).command == "true")
            async let shell: Void = runtime.control.startShell()
            let second = try await runtime.answer(json(#"{"status":"shell started"}"#))
            try await shell
            #expect(second.line == "POST /api/v1/shell/start HTTP/1.1" && second.value("Content-Length") == "0")
            #expect(second.value("Transfer-Encoding") == nil && second.body.isEmpty)
            async let list = runtime.control.processes(sessionID: "a&b ü")
            let third = try await runtime.answer(json("[]"))
            #expect(try await list.isEmpty)
            #expect(third.line == "GET /api/v1/processes?session_id=a%26b%20%C3%BC HTTP/1.1")
            #expect(third.value("Content-Length") == nil && third.value("Content-Type") == nil)
            #expect(runtime.server.peers.count == 1)
        }
    }

    @Test("A base path of a gateway and a Unix socket work for every call")
    func basePathAndUnixSocket() async throws {
        try await withRawRuntime(
            endpoint: { try RuntimeEndpoint("http://127.0.0.1:\($0)/ws-7/api/v1/workspace/stream?key=v") },
            { _ in }
        ) { runtime in
            async let info = runtime.control.info()
            let request = try await runtime.answer(json(#"{"version":"0.1.0","port":41001}"#))
            #expect(try await info.port == 41_001)
            #expect(request.line == "GET /ws-7/api/v1/info?key=v HTTP/1.1")
        }
        let path = FileManager.default.temporaryDirectory.appending(path: "c\(UInt32.random(in: 0 ... .max)).sock").path
        let server = try await RawServer.start(socketPath: path)
        let barrier = ControlBarrier()
        let endpoint = try RuntimeEndpoint("ws+unix:\(path)")
        let settings = ClientSettings(endpoint: endpoint, configuration: AgentRuntimeConfiguration())
        let control = RuntimeControl(settings, membership: barrier.membership)
        let runtime = RawRuntime(server: server, barrier: barrier, control: control)
        async let health = runtime.control.health()
        let request = try await runtime.answer(healthy)
        #expect(try await health.isOK)
        #expect(request.line == "GET /health HTTP/1.1" && request.value("Host") == "localhost")
        await runtime.close()
        await server.close()
        try? FileManager.default.removeItem(atPath: path)
    }

    private static let body = #"{"status":"ok","timestamp":"2026-11-29T07:29:54Z"}"#

    /// Answers that keep the connection, all with the same body.
    private static let keeping: [String] = [
        healthy,
        // RFC 9112 §7.1: chunks of several sizes, an extension and a trailer.
        """
        HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n2;x=y\r\n"s\r\n\
        \(String(Self.body.utf8.count - 3, radix: 16))\r\n\(Self.body.dropFirst(3))\r\n0\r\nX-T: 1\r\n\r\n
        """,
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n\(healthy)",
        """
        HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: \(Self.body.utf8.count)\r\n\r\n\(Self.body)
        """,
    ]

    @Test("Every form of an answer is read, also byte by byte, and one connection carries call after call")
    func forms() async throws {
        try await withRawRuntime { runtime in
            for answer in Self.keeping {
                async let whole = runtime.control.health()
                try await runtime.answer(answer)
                #expect(try await whole.isOK)
                async let split = runtime.control.health()
                _ = try await runtime.request()
                for byte in answer.utf8 { try await runtime.server.peers[0].send([byte]) }
                #expect(try await split.isOK)
            }
            #expect(runtime.server.peers.count == 1 && runtime.caller.pool.keptCount == 1)
        }
    }

    @Test(
        "A server that ends the connection after its answer has its answer read, and is dialled again",
        arguments: [
            "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: \(Self.body.utf8.count)\r\n\r\n\(Self.body)",
            "HTTP/1.0 200 OK\r\nContent-Length: \(Self.body.utf8.count)\r\n\r\n\(Self.body)",
            "HTTP/1.0 200 OK\r\n\r\n\(Self.body)", "HTTP/1.1 200 OK\r\n\r\n\(Self.body)",
        ]
    )
    func endsConnection(answer: String) async throws {
        try await withRawRuntime { runtime in
            for connection in 0..<2 {
                async let health = runtime.control.health()
                try await runtime.answer(answer, on: connection)
                if !answer.contains("Content-Length") { await runtime.server.peers[connection].close() }
                #expect(try await health.isOK)
                try await runtime.waitUntilClosed(connection: connection)
            }
            #expect(runtime.caller.pool.keptCount == 0)
        }
    }

    @Test("A body of the limit is read; a larger one is answerTooLarge, announced or not, and its connection closed")
    func limit() async throws {
        try await withRawRuntime({ $0.connection.limits.maximumMessageBytes = Self.body.utf8.count }) { runtime in
            async let exact = runtime.control.health()
            try await runtime.answer(healthy)
            #expect(try await exact.isOK)
            let large = "\(Self.body) "
            let chunked = """
                HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\(String(large.utf8.count, radix: 16))\r\n\(large)
                """
            let announced = "HTTP/1.1 200 OK\r\nContent-Length: \(large.utf8.count)\r\n\r\n"
            for (connection, answer) in [announced, chunked].enumerated() {
                async let error = failure { try await runtime.control.health() }
                try await runtime.answer(answer, on: connection)
                let code = await error?.code
                #expect(code == .answerTooLarge)
                try await runtime.waitUntilClosed(connection: connection)
            }
        }
    }

    @Test("The body of a refusal is cut after 64 KiB, which the error says")
    func longRefusal() async throws {
        try await withRawRuntime { runtime in
            async let error = failure { try await runtime.control.health() }
            let body = String(repeating: "x", count: 100_000)
            try await runtime.answer("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 100000\r\n\r\n\(body)")
            let refusal = try #require(await error?.controlRefusal)
            #expect(refusal.body.count == 65_536 && !refusal.isBodyComplete && refusal.retry == .backOff)
            #expect(await error?.message.contains("cut after 65536 bytes") == true)
            try await runtime.waitUntilClosed()
        }
    }

    @Test(
        "What is not an answer in HTTP is a violation",
        arguments: [
            "SSH-2.0-x\r\n", "HTTP/2.0 200 OK\r\n\r\n", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", "HTTP/1.1 200 OK\r\nbad field: 1\r\n\r\n",
            "HTTP/1.1 200 OK\r\nX: \(String(repeating: "x", count: 70_000))\r\n\r\n",
            "HTTP/1.1 200 OK\r\n\((0..<1_100).map { "X\($0): 1\r\n" }.joined())\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nz\r\n",
        ]
    )
    func violation(answer: String) async throws {
        try await withRawRuntime { runtime in
            async let error = failure { try await runtime.control.health() }
            try await runtime.answer(answer)
            let seen = await error
            #expect(seen?.code == .protocolViolation && seen?.retry == .never, "\(seen?.message ?? "")")
            try await runtime.waitUntilClosed()
        }
    }

    @Test("An answer that nobody asked for ends the kept connection, and is no answer to the next call")
    func unsolicited() async throws {
        try await withRawRuntime { runtime in
            async let first = runtime.control.health()
            try await runtime.answer(healthy)
            _ = try await first
            try await runtime.server.peers[0].send(Array(json(#"{"status":"bad"}"#).utf8))
            try await runtime.waitUntilClosed()
            async let second = runtime.control.health()
            try await runtime.answer(healthy, on: 1)
            #expect(try await second.isOK)
        }
    }

    @Test("An answer that overtakes its request counts, and its connection is closed")
    func earlyAnswer() async throws {
        try await withRawRuntime { runtime in
            let command = String(repeating: "x", count: 40 << 20)
            async let error = failure {
                try await runtime.control.startProcess(StartProcessRequest(sessionID: "s", command: command))
            }
            let peer = try await runtime.server.peer()
            peer.countOnly()
            try await eventually("the beginning of the request") { peer.receivedCount > 0 }
            try await peer.setReading(false)
            try await peer.send(Array(json(#"{"error":"too large"}"#, status: "413 Content Too Large").utf8))
            #expect(await error?.httpStatus == 413)
            try await peer.setReading(true)
            try await eventually("the end") { peer.isInputEnded }
        }
    }
}
