import TestSupport
import Testing
import WebSocketProtocol

@testable import WebSocketTransport

@Suite("A connection over TLS", .timeLimit(.minutes(1)))
struct TLSConnectionTests {
    @Test("Messages go both ways, and both ends close cleanly", arguments: ["localhost", "127.0.0.1", "LOCALHOST."])
    func echo(host: String) async throws {
        let closures = Recorder<WebSocketClosure>()
        try await withEchoServer(.secure(), closures) { server in
            let url = try WebSocketURL(scheme: .wss, host: host, port: server.port)
            let connection = try await WebSocketClient.connect(to: url, configuration: .secure())
            try await expectEcho(on: connection)
            try await eventually("the server's closure") { closures.values.count == 1 }
            #expect(closures.values.allSatisfy { $0.isClean }, "\(closures.values)")
        }
    }
}
