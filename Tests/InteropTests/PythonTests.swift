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

    @Test("When its server imposes a window of 8 bits, our client sends as is and still understands")
    func eightBits() async throws {
        try await Peer.python.withServer { port, _ in
            let theirs = DeflateWish(clientBits: .bits(8))
            let ours = DeflateWish(clientBits: .bare)
            try await Self.exchange(Combination(ours: ours, theirs: theirs), port)
        }
    }
}
