import TestSupport
import Testing
import WebSocketProtocol
import WebSocketTransport

@Suite("websockets (Python)", .enabled(if: Peer.python.isAvailable, "run scripts/interop-env"), .timeLimit(.minutes(5)))
struct PythonTests {
    @Test("As a server it understands our client, and our client it", arguments: Scenario.all)
    func server(scenario: Scenario) async throws { try await Peer.python.serve(scenario) }

    @Test("As a client it understands our server, and our server it", arguments: Scenario.all)
    func client(scenario: Scenario) async throws { try await Peer.python.connect(scenario) }

    @Test("Its server and our client agree on, and keep to, every combination of parameters")
    func serverCombinations() async throws {
        let combinations = Combination.chosen(as: .client)
        try await Peer.python.withServer { port, _ in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for lane in 0..<Self.lanes {
                    group.addTask {
                        for index in stride(from: lane, to: combinations.count, by: Self.lanes) {
                            try await Self.exchange(combinations[index], port)
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    private static let lanes = 4

    private static func exchange(_ combination: Combination, _ port: Int) async throws {
        let connection = try await connectOurClient(
            to: port,
            "/?\(combination.theirs.query)",
            combination.ours.configuration(as: .client)
        )
        let agreed = NegotiatedDeflate.agreement(client: combination.ours, server: combination.theirs, seenBy: .client)
        #expect(connection.compression == agreed, "\(combination)")
        try await Exchange(connection: connection, peer: .python).echo(Delivery.few)
        let closure = await connection.close()
        #expect(closure.isClean, "\(combination): \(closure)")
    }

    @Test("Its client and our server agree on, and keep to, every combination of parameters")
    func clientCombinations() async throws {
        let combinations = Combination.chosen(as: .server)
        let ours = Set(combinations.map(\.ours)).sorted { $0.query < $1.query }
        let count = Counter()
        let handle: @Sendable (Int, ServerRequest) async throws -> Void = { _, request in
            let target = request.head.target
            let combination = try #require(Int(target.dropFirst().prefix { $0 != "?" }).map { combinations[$0] })
            let connection = try await request.accept()
            let (client, server) = (combination.theirs, combination.ours)
            let agreed = NegotiatedDeflate.agreement(client: client, server: server, seenBy: .server)
            #expect(connection.compression == agreed, "\(combination)")
            try await Exchange(connection: connection, peer: .python).echo(Delivery.few)
            let closure = await connection.close()
            #expect(closure.isClean, "\(combination): \(closure)")
            count.increment()
        }
        try await withOurServers(ours.map { $0.configuration(as: .server) }, handle) { ports in
            let portOf = Dictionary(uniqueKeysWithValues: zip(ours, ports))
            let urls = combinations.enumerated().map { index, combination in
                "ws://127.0.0.1:\(portOf[combination.ours] ?? 0)/\(index)?\(combination.theirs.query)"
            }
            let client = try Peer.python.start(["client"] + urls)
            defer { client.end() }
            try await client.waitForEnd(within: .seconds(240))
        }
        #expect(count.value == combinations.count)
    }

    @Test("What ten tasks send on one connection comes back, each message whole and once, those of a task in order")
    func manySenders() async throws {
        try await Peer.python.withServer { port, _ in
            let connection = try await connectOurClient(to: port, "/?deflate", PermessageDeflate())
            async let sending: Void = withThrowingTaskGroup(of: Void.self) { group in
                for task in 0..<10 {
                    group.addTask {
                        for index in 0..<100 {
                            try await connection.send(text: "\(task) \(index) " + Self.filling(index))
                        }
                    }
                }
                try await group.waitForAll()
            }
            var next = [Int](repeating: 0, count: 10)
            var messages = connection.messages.makeAsyncIterator()
            for _ in 0..<1000 {
                let text = try #require(try await messages.next()?.text)
                let words = text.split(separator: " ")
                let task = try #require(Int(words[0]))
                #expect(text == "\(task) \(next[task]) " + Self.filling(next[task]))
                next[task] += 1
            }
            try await sending
            #expect(await connection.close().isClean)
        }
    }

    /// Text of sizes around the threshold of compression, so that some of the messages are compressed and some are not.
    private static func filling(_ index: Int) -> String { String(repeating: "x", count: index * 5) }

    @Test(
        "The code and the reason of its server's close arrive",
        arguments: [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999]
    )
    func closeCodes(code: UInt16) async throws {
        try await Peer.python.withServer { port, _ in
            let connection = try await connectOurClient(to: port, "/", nil)
            try await connection.send(text: "!close \(code) wegen \(code)")
            var messages = connection.messages.makeAsyncIterator()
            #expect(try await messages.next() == nil)
            let closure = try await connection.waitUntilClosed()
            #expect(closure.isClean)
            #expect(closure.initiator == .remote)
            #expect(closure.received == CloseFrame(CloseCode(rawValue: code), reason: "wegen \(code)"))
        }
    }

    @Test("The body of its server's 404 is kept, and the body of ours arrives")
    func refusals() async throws {
        try await Peer.python.withServer { port, _ in
            let error = await #expect(throws: WebSocketError.self) {
                try await connectOurClient(to: port, "/nothing", nil)
            }
            #expect(error?.code == .upgradeRefused)
            #expect(error?.refusal?.status == 404)
            #expect(error?.refusal?.isBodyComplete == true)
            #expect(error?.refusal.map { String(decoding: $0.body, as: UTF8.self) } == "nichts für dich")
        }
        let refuse: @Sendable (Int, ServerRequest) async throws -> Void = { _, request in
            try request.respond(status: 404, body: Array("nichts für euch".utf8))
        }
        try await withOurServers([nil], refuse) { ports in
            let client = try Peer.python.start(["client", "ws://127.0.0.1:\(ports[0])/"])
            defer { client.end() }
            try await client.waitForEnd()
            #expect(client.lines == ["refused 404", "body nichts für euch"], "\(client.output)")
        }
    }

    @Test("When its server imposes a window of 8 bits, our client sends as is and still understands")
    func eightBits() async throws {
        try await Peer.python.withServer { port, _ in
            let theirs = DeflateWish(clientBits: .bits(8))
            let ours = DeflateWish(clientBits: .bare)
            try await Self.exchange(Combination(ours: ours, theirs: theirs), port)
        }
    }
}
