import Testing

/// One case of the table: the actions of the peer, and the required reaction of our side.
struct ConformanceCase: Sendable, CustomTestStringConvertible {
    /// The number of the same case in the Autobahn testsuite.
    let id: String
    let title: String
    let steps: [PeerStep]
    let expectation: Expectation

    /// Groups 1 to 10; 8 is empty.
    static let all =
        FramingCases.all + PingCases.all + ReservedBitCases.all + OpcodeCases.all + FragmentationCases.all
        + UTF8Cases.all + ClosingCases.all + BulkCases.all + BulkCases.autoFragmentation

    var testDescription: String { "\(self.id) \(self.title)" }

    /// A case in which the peer closes with 1000 after all expected frames have arrived.
    ///
    /// - Parameters:
    ///   - id: The number.
    ///   - title: A name for the sent frames.
    ///   - steps: The steps of the peer before it closes.
    ///   - frames: The frames that our side must send.
    static func good(_ id: String, _ title: String, _ steps: [PeerStep], _ frames: [PeerFrame]) -> Self {
        let closing: [PeerStep] = [.awaitFrames(frames.count), .send([.close(1000)])]
        let expectation = Expectation(frames: frames, end: .answers(code: 1000))
        return Self(id: id, title: title, steps: steps + closing, expectation: expectation)
    }

    /// A case in which the peer breaks a rule and our side must fail the connection.
    ///
    /// - Parameters:
    ///   - id: The number.
    ///   - title: A name for the sent frames.
    ///   - steps: The steps of the peer.
    ///   - frames: The frames that our side must send first, for the valid part before the error.
    ///   - code: The code that our Close frame must have.
    static func bad(
        _ id: String,
        _ title: String,
        _ steps: [PeerStep],
        _ frames: [PeerFrame] = [],
        code: UInt16 = 1002
    ) -> Self {
        Self(id: id, title: title, steps: steps, expectation: Expectation(frames: frames, end: .fails(code)))
    }

    /// A case whose steps already contain the peer's Close frame.
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
