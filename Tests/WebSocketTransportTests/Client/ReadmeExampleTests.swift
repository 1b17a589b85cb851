import TestSupport
import Testing
import WebSocketProtocol
import WebSocketTransport

// The second example of the README, between its fences; it has to compile, and to be the same there and here.
// example begins
func listen(_ url: String) async throws {
    try await WebSocketClient.withConnection(to: WebSocketURL(url)) { connection in
        try await connection.send(text: "hello")
        for try await message in connection.messages { print(message.text ?? "binary") }
    }
}
// example ends

@Suite("The second example of the README", .timeLimit(.minutes(1)))
struct ReadmeExampleTests {
    @Test("It is the code that is compiled here")
    func isCompiled() throws { #expect(try readmeHasExample(of: #filePath)) }

    @Test("It says hello, and listens until the server closes")
    func runs() async throws {
        let server = try await WebSocketServer.bind(WebSocketServerConfiguration())
        let received = Recorder<String>()
        try await withServer(
            server,
            { request in
                guard let connection = try? await request.accept() else { return }
                var messages = connection.messages.makeAsyncIterator()
                if let hello = try? await messages.next()?.text { received.append(hello) }
                await connection.close()
            }
        ) {
            try await listen("ws://127.0.0.1:\(server.port)/")
        }
        #expect(received.values == ["hello"])
    }
}
