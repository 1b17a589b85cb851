import Testing

/// One case of the table: what the peer does, and what our side must do.
struct ConformanceCase: Sendable, CustomTestStringConvertible {
    /// The number of the case in the Autobahn testsuite that it stands for.
    let id: String
    let title: String
    let steps: [PeerStep]
    let expectation: Expectation

    /// Groups 1 to 10; 8 is empty.
    static let all =
        FramingCases.all + PingCases.all + ReservedBitCases.all + OpcodeCases.all + FragmentationCases.all
        + UTF8Cases.all + ClosingCases.all + BulkCases.all + BulkCases.autoFragmentation

    var testDescription: String { "\(self.id) \(self.title)" }

    /// A case in which the peer closes with 1000 once all that is expected has come.
    ///
    /// - Parameters:
    ///   - id: The number.
    ///   - title: What is sent.
    ///   - steps: What the peer does before it closes.
    ///   - frames: What our side must send.
    static func good(_ id: String, _ title: String, _ steps: [PeerStep], _ frames: [PeerFrame]) -> Self {
        let closing: [PeerStep] = [.awaitFrames(frames.count), .send([.close(1000)])]
        let expectation = Expectation(frames: frames, end: .answers(code: 1000))
        return Self(id: id, title: title, steps: steps + closing, expectation: expectation)
    }

    /// A case in which the peer breaks a rule and our side must fail the connection.
    ///
    /// - Parameters:
    ///   - id: The number.
    ///   - title: What is sent.
    ///   - steps: What the peer does.
    ///   - frames: What our side must send first, for all that was right before the rule was broken.
    ///   - code: What the Close frame must say.
    static func bad(
        _ id: String,
        _ title: String,
        _ steps: [PeerStep],
        _ frames: [PeerFrame] = [],
        code: UInt16 = 1002
    ) -> Self {
        Self(id: id, title: title, steps: steps, expectation: Expectation(frames: frames, end: .fails(code)))
    }

    /// A case in which the steps hold the peer's Close frame already.
    static func closing(
        _ id: String,
        _ title: String,
        _ steps: [PeerStep],
        _ frames: [PeerFrame] = [],
        answer code: UInt16?
    ) -> Self {
        Self(id: id, title: title, steps: steps, expectation: Expectation(frames: frames, end: .answers(code: code)))
    }
}
