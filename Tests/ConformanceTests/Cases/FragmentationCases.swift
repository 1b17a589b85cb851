/// 5.1-5.20: fragmented messages, control frames between the fragments, and fragments out of order (§5.4).
enum FragmentationCases {
    private static let first = PeerFrame.text("fragment1", isFinal: false)
    private static let last = PeerFrame.continuation("fragment2")
    private static let message = PeerFrame.text("fragment1fragment2")
    private static let ping = PeerFrame.ping(Array("ping payload".utf8))
    private static let pong = PeerFrame.pong(Array("ping payload".utf8))
    private static let whole = PeerFrame.text("Hello, world!")

    static let all = Self.control + Self.twoFragments + Self.orphans + Self.order + Self.manyFragments

    private static let control: [ConformanceCase] = [UInt8(9), 10].map { opcode in
        let (first, second) = (PeerFrame(opcode: opcode, isFinal: false), PeerFrame.continuation("fragment2"))
        let name = opcode == 9 ? "Ping" : "Pong"
        return .bad("5.\(opcode - 8)", "\(name) in two fragments", [.send([first, second])])
    }

    private static let choppings: [(PeerStep.Chopping, String)] = [
        (.whole, "in one write"), (.byFrame, "frame by frame"), (.pieces(1), "per octet"),
    ]

    private static let twoFragments = Self.choppings.enumerated().flatMap { index, how in
        let (chopping, title) = how
        return [
            ConformanceCase.good(
                "5.\(3 + index)",
                "two fragments \(title)",
                [.send([Self.first, Self.last], chopping)],
                [Self.message]
            ),
            .good(
                "5.\(6 + index)",
                "a Ping between two fragments \(title)",
                [.send([Self.first, Self.ping, Self.last], chopping)],
                [Self.pong, Self.message]
            ),
        ]
    }

    /// Continuations without a message to continue.
    private static let orphans = Self.choppings.enumerated().flatMap { index, how in
        let (chopping, title) = how
        return [(9, true), (12, false)].map { number, isFinal -> ConformanceCase in
            let orphan = PeerFrame.continuation("non-continuation payload", isFinal: isFinal)
            return .bad(
                "5.\(number + index)",
                "a continuation, FIN \(isFinal), without a message \(title)",
                [.send([orphan, Self.whole], chopping)]
            )
        }
    }

    private static let order: [ConformanceCase] = [
        .bad(
            "5.15",
            "a message, then a continuation without one",
            [.send([Self.first, Self.last, .continuation("fragment3", isFinal: false), Self.whole])],
            [Self.message]
        ),
        .bad("5.16", "twice: a continuation, FIN false, before a message", [.send(Self.twice(isFinal: false))]),
        .bad("5.17", "twice: a continuation, FIN true, before a message", [.send(Self.twice(isFinal: true))]),
        .bad("5.18", "text inside a fragmented text", [.send([Self.first, .text("fragment2")])]),
    ]

    private static func twice(isFinal: Bool) -> [PeerFrame] {
        let one = [PeerFrame.continuation("fragment1", isFinal: isFinal), Self.first, Self.last]
        return one + one
    }

    /// The Pongs come before the message is complete: the peer waits for them.
    private static let manyFragments: [ConformanceCase] = [PeerStep.Chopping.whole, .byFrame].enumerated().map {
        index,
        chopping in
        let payloads = (1...5).map { "fragment\($0)" }
        let pings = [PeerFrame.ping(Array("pongme 1!".utf8)), .ping(Array("pongme 2!".utf8))]
        let begin = [PeerFrame.text(payloads[0], isFinal: false), .continuation(payloads[1], isFinal: false), pings[0]]
        let middle = payloads[2...3].map { PeerFrame.continuation($0, isFinal: false) } + [pings[1]]
        return .good(
            "5.\(19 + index)",
            "five fragments, two Pings, \(chopping)",
            [
                .send(begin, chopping), .awaitFrames(1), .send(middle, chopping), .awaitFrames(2),
                .send([.continuation(payloads[4])], chopping),
            ],
            pings.map { .pong($0.payload) } + [.text(payloads.joined())]
        )
    }
}
