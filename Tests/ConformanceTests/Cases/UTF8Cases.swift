/// 6.1.1-6.23.7: text is UTF-8 over all its fragments; other text fails the connection with 1007 (§8.1).
///
/// It fails as soon as the error can be seen: the peer of 6.4 sends the rest only after that.
enum UTF8Cases {
    static let all = Self.empty + Self.fragmented + Self.failFast + UTF8Samples.groups.flatMap(Self.cases)

    private static let text = Array("Grüße, κόσμε, 世界 🎈, UTF-8!".utf8)

    private static let empty: [ConformanceCase] = [
        .good("6.1.1", "empty text", [.send([.text("")])], [.text("")]),
        Self.joined("6.1.2", "three empty fragments", [[], [], []]),
        Self.joined("6.1.3", "a fragment between two empty ones", [[], Self.text, []]),
    ]

    private static let fragmented: [ConformanceCase] = [
        .good("6.2.1", "text in many scripts", [.send([.text(Self.text)])], [.text(Self.text)]),
        Self.joined("6.2.2", "cut between characters", [Array(Self.text.prefix(7)), Array(Self.text.dropFirst(7))]),
        Self.joined("6.2.3", "a fragment for each octet", Self.text.map { [$0] }),
        Self.joined("6.2.4", "Greek, a fragment for each octet", UTF8Samples.kosme.map { [$0] }),
        .bad("6.3.1", "a surrogate", [.send([.text(UTF8Samples.invalid)])], code: 1007),
        .bad(
            "6.3.2",
            "a surrogate, a fragment for each octet",
            [.send(Self.frames(UTF8Samples.invalid.map { [$0] }))],
            code: 1007
        ),
    ]

    private static func joined(_ id: String, _ title: String, _ parts: [[UInt8]]) -> ConformanceCase {
        .good(id, title, [.send(Self.frames(parts))], [.text(Array(parts.joined()))])
    }

    private static func frames(_ parts: [[UInt8]]) -> [PeerFrame] {
        parts.enumerated().map { index, part in
            PeerFrame(opcode: index == 0 ? 1 : 0, payload: part, isFinal: index == parts.count - 1)
        }
    }

    private static let failFast: [ConformanceCase] = [
        Self.failsByFragment("6.4.1", "in the second fragment", [UTF8Samples.kosme, UTF8Samples.aboveUnicode]),
        Self.failsByFragment("6.4.2", "in the second byte of a character", [UTF8Samples.kosme + [0xF4], [0x90]]),
        Self.failsInFrame("6.4.3", "inside a frame", UTF8Samples.kosme, UTF8Samples.aboveUnicode),
        Self.failsInFrame("6.4.4", "inside a frame and a character", UTF8Samples.kosme + [0xF4], [0x90]),
    ]

    /// The Pong shows that the valid part so far is accepted.
    private static func failsByFragment(_ id: String, _ title: String, _ parts: [[UInt8]]) -> ConformanceCase {
        .bad(
            id,
            "fail-fast \(title)",
            [
                .send([.text(parts[0], isFinal: false), .ping()]), .awaitFrames(1),
                .send([.continuation(parts[1], isFinal: false)]), .awaitClose,
                .send([.continuation("edited")]),
            ],
            [.pong()],
            code: 1007
        )
    }

    private static func failsInFrame(
        _ id: String,
        _ title: String,
        _ good: [UInt8],
        _ bad: [UInt8]
    ) -> ConformanceCase {
        let frame = PeerFrame.text(good + bad + Array("edited".utf8))
        let end = good.count + bad.count
        return .bad(
            id,
            "fail-fast \(title)",
            [
                .send([.ping()]), .sendPart(frame, .first(good.count)), .awaitFrames(1),
                .sendPart(frame, .next(good.count..<end)), .awaitClose,
                .sendPart(frame, .next(end..<frame.payload.count)),
            ],
            [.pong()],
            code: 1007
        )
    }

    private static func cases(of group: UTF8Samples.Group) -> [ConformanceCase] {
        group.sequences.enumerated().map { index, sequence in
            let id = group.id.split(separator: ".").count == 3 ? group.id : "\(group.id).\(index + 1)"
            let digits = sequence.prefix(8).map { String($0, radix: 16) }.joined(separator: " ")
            let title = "\(group.title): \(digits)\(sequence.count > 8 ? " ..." : "")"
            let frame = PeerFrame.text(sequence)
            return group.isValid
                ? .good(id, title, [.send([frame])], [frame]) : .bad(id, title, [.send([frame])], code: 1007)
        }
    }
}
