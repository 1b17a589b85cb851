import TestSupport
import Testing
import WebSocketProtocol

@testable import WebSocketTransport

@Suite("Accepting by request", .timeLimit(.minutes(1)))
struct AcceptOptionsTests {
    @Test("The handler selects the subprotocol by what the request offers")
    func subprotocol() async throws {
        let server = try await WebSocketServer.bind(.test { $0.policy.subprotocols = ["v1"] })
        try await withServer(
            server,
            { request in
                let newest = request.head.offeredSubprotocols.filter { $0.hasPrefix("v") }.max()
                guard let newest else {
                    try? request.respond(status: 400, body: Array("a subprotocol is needed".utf8))
                    return
                }
                guard
                    let connection = try? await request.accept({ options in
                        options.policy.subprotocols = [newest]
                        options.policy.fields = ["X-Chosen": "1"]
                    })
                else { return }
                await echo(connection)
            }
        ) {
            let connection = try await connectClient(to: server.port) { $0.subprotocols = ["v1", "v3", "v2", "x"] }
            #expect(connection.subprotocol == "v3")
            await connection.close()
            let result = try await Result.catching { try await connectClient(to: server.port) }
            let refusal = (result.error as? WebSocketError)?.refusal
            #expect(refusal?.status == 400 && refusal?.body == Array("a subprotocol is needed".utf8))
        }
    }

    @Test("The handler chooses compression and limits by request, whatever the configuration says")
    func compression() async throws {
        let server = try await WebSocketServer.bind(.test { $0.compression = PermessageDeflate() })
        try await withServer(
            server,
            { request in
                let accepted = try? await request.accept { options in
                    guard request.head.path != "/default" else { return }
                    options.compression = nil
                    options.connection.limits.maximumMessageBytes = 10
                }
                guard let accepted else { return }
                await echo(accepted)
            }
        ) {
            for (path, isCompressed) in [("/default", true), ("/plain", false)] {
                var client = WebSocketClientConfiguration()
                client.connection = .test
                let url = try WebSocketURL.local(server.port, path: path)
                let connection = try await WebSocketClient.connect(to: url, configuration: client)
                #expect((connection.compression != nil) == isCompressed)
                try await connection.send(binary: [UInt8](repeating: 0, count: 11))
                let closure = isCompressed ? await connection.close() : try await connection.waitUntilClosed()
                #expect(closure.received?.code == (isCompressed ? .normalClosure : .messageTooBig))
            }
        }
    }

    @Test("The policy of a request may refuse its origin")
    func origin() async throws {
        let server = try await WebSocketServer.bind(.test { $0.policy.origin = .any })
        try await withServer(
            server,
            { request in
                _ = try? await request.accept { $0.policy.origin = .allowed(["https://good.example"]) }
            }
        ) {
            let good = try await connectClient(to: server.port) { $0.origin = "https://good.example" }
            await good.close()
            let result = try await Result.catching {
                try await connectClient(to: server.port) { $0.origin = "https://evil.example" }
            }
            #expect((result.error as? WebSocketError)?.refusal?.status == 403)
        }
    }

    @Test("An option that makes no sense throws, and the request can still be answered")
    func invalid() async throws {
        let server = try await WebSocketServer.bind(.test())
        try await withServer(
            server,
            { request in
                let changes: [@Sendable (inout AcceptOptions) -> Void] = [
                    { $0.policy.subprotocols = ["not a token"] }, { $0.policy.fields = ["Upgrade": "x"] },
                    { $0.connection.readBytes = 0 }, { $0.compression?.level = 10 },
                ]
                for change in changes {
                    let error = await #expect(throws: WebSocketError.self) {
                        _ = try await request.accept { options in
                            options.compression = PermessageDeflate()
                            change(&options)
                        }
                    }
                    #expect(error?.code == .invalidConfiguration)
                }
                await echoHandler(request)
            }
        ) {
            let connection = try await connectClient(to: server.port)
            try await connection.send(text: "x")
            #expect(try await connection.texts(1) == ["x"])
            await connection.close()
        }
    }
}
