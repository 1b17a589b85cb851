import TestSupport
import WebSocketProtocol
import WebSocketTransport

/// A server with the protocol of the Autobahn testsuite's fuzzing server, with three cases.
struct FuzzingServer: Sendable {
    /// The received requests, in order, as path and query.
    let requests = Recorder<String>()
    /// The verdict on the second case.
    var secondVerdict = "OK"

    private static let message = WebSocketMessage(text: "a text that must come back")

    /// Runs the server while `body` runs.
    ///
    /// - Parameter body: Gets the address.
    /// - Returns: The value of `body`.
    func run<Value>(_ body: (String) async throws -> Value) async throws -> Value {
        let server = try await WebSocketServer.bind()
        async let running: Void = server.run { await self.handle($0) }
        let result: Result<Value, any Error>
        do {
            result = .success(try await body("ws://127.0.0.1:\(server.port)"))
        } catch {
            result = .failure(error)
        }
        await server.close()
        await running
        return try result.get()
    }

    private func handle(_ request: ServerRequest) async {
        let (path, query) = (request.head.path, request.head.query ?? "")
        self.requests.append(query.isEmpty ? String(path) : "\(path)?\(query)")
        guard let connection = try? await request.accept() else { return }
        do { try await self.serve(String(path), query, on: connection) } catch {}
        await connection.close()
    }

    private func serve(_ path: String, _ query: Substring, on connection: WebSocketConnection) async throws {
        let number = query.split(separator: "&").first?.split(separator: "=").last ?? ""
        switch path {
        case "/getCaseCount": try await connection.send(text: "3")
        case "/getCaseInfo": try await connection.send(text: "{\"id\": \"1.1.\(number)\", \"description\": \"x\"}")
        case "/getCaseStatus":
            let verdict = number == "2" ? self.secondVerdict : number == "3" ? "INFORMATIONAL" : "OK"
            try await connection.send(text: "{\"behavior\": \"\(verdict)\"}")
        case "/runCase" where number == "3": connection.sendRaw([0xF1, 0x00])
        case "/runCase":
            try await connection.send(Self.message)
            let echo = try await connection.messages.first { _ in true }
            if echo == Self.message { self.requests.append("echo of case \(number)") }
        default: break
        }
    }
}
