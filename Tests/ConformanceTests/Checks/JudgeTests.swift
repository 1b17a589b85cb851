import Testing
import WebSocketProtocol

/// The red control of the table: a transcript with any error must not pass.
@Suite("The judge of the conformance table")
struct JudgeTests {
    private static let hello = PeerFrame.text("hello")

    private static func clean(_ change: (inout Transcript) -> Void = { _ in }) -> Transcript {
        var transcript = Transcript(frames: [Self.hello, .close(1000)], isEnded: true)
        transcript.reportedEnd = .init(isClean: true, isByPeer: true, sentCode: 1000, receivedCode: 1000)
        change(&transcript)
        return transcript
    }

    private static func failed(_ change: (inout Transcript) -> Void = { _ in }) -> Transcript {
        var transcript = Transcript(frames: [Self.hello, .close(1002, "why")], isEnded: true)
        transcript.reportedEnd = .init(isClean: false, isByPeer: false, sentCode: 1002)
        change(&transcript)
        return transcript
    }

    private func complaints(_ transcript: Transcript, _ end: Expectation.End) -> [String] {
        Judge.complaints(about: transcript, expecting: Expectation(frames: [Self.hello], end: end))
    }

    @Test("A right transcript passes, for a close of the peer and for a failure")
    func passes() {
        #expect(self.complaints(Self.clean(), .answers(code: 1000)).isEmpty)
        #expect(self.complaints(Self.failed(), .fails(1002)).isEmpty)
    }

    @Test(
        "Anything wrong before a clean end is one complaint",
        arguments: [
            (Self.clean { $0.frames.removeFirst() }, "0 frames came before the end, must be 1"),
            (Self.clean { $0.frames.insert(Self.hello, at: 1) }, "2 frames came before the end, must be 1"),
            (Self.clean { $0.frames[0].payload[0] ^= 1 }, "frame 0 is"),
            (Self.clean { $0.frames[0].opcode = 2 }, "frame 0 is"),
            (Self.clean { $0.frames[0].isFinal = false }, "frame 0 is"),
            (Self.clean { $0.frames.append(.pong()) }, "1 frames follow the Close frame"),
            (Self.clean { $0.frames[1] = .close(1001) }, "the Close frame answers 1001, must be 1000"),
            (Self.clean { $0.frames[1] = .emptyClose }, "the Close frame answers no code, must be 1000"),
            (Self.clean { $0.frames[1] = PeerFrame(opcode: 8, payload: [3]) }, "the Close frame is"),
            (Self.clean { $0.malformed = "a frame is masked" }, "malformed: a frame is masked"),
            (Self.clean { $0.missed = "a Close frame" }, "the peer waited in vain for a Close frame"),
            (Self.clean { $0.isEnded = false }, "TCP was not ended"),
            (Self.clean { $0.reportedEnd = nil }, "our side reports no end"),
            (Self.clean { $0.reportedEnd?.isClean = false }, "our side reports"),
            (Self.clean { $0.reportedEnd?.receivedCode = 1001 }, "our side reports"),
        ]
    )
    func complainsOfCleanEnd(transcript: Transcript, complaint: String) {
        let complaints = self.complaints(transcript, .answers(code: 1000))
        #expect(complaints.count == 1)
        #expect(complaints.first?.hasPrefix(complaint) == true, "\(complaints)")
    }

    @Test(
        "Anything wrong about a failure is one complaint; an echo left out is not \"non-strict\", but wrong",
        arguments: [
            (Self.failed { $0.frames.removeFirst() }, "0 frames came before the end, must be 1"),
            (Self.failed { $0.frames.removeLast() }, "there is no Close frame"),
            (Self.failed { $0.frames[1] = .close(1007) }, "the Close frame says 1007, must be 1002"),
            (Self.failed { $0.frames[1] = .close(1002, [0xFF]) }, "the reason of the Close frame is not UTF-8"),
            (Self.failed { $0.reportedEnd?.isByPeer = true }, "our side reports"),
            (Self.failed { $0.reportedEnd?.sentCode = nil }, "our side reports"),
        ]
    )
    func complainsOfFailure(transcript: Transcript, complaint: String) {
        let complaints = self.complaints(transcript, .fails(1002))
        #expect(complaints.count == 1)
        #expect(complaints.first?.hasPrefix(complaint) == true, "\(complaints)")
    }

    @Test(
        "A case whose expectation is wrong fails against our side, which is right",
        arguments: [
            ConformanceCase.bad("red.1", "an allowed Ping must fail", [.send([.ping(), .close(1000)])]),
            .good("red.2", "a Pong with another payload", [.send([.ping([1])])], [.pong([2])]),
            .closing("red.3", "another code", [.send([.close(1000)])], answer: 1001),
            .bad("red.4", "another failure", [.send([PeerFrame(opcode: 3)])], code: 1007),
        ]
    )
    func failsWrongExpectations(conformanceCase: ConformanceCase) async throws {
        let transcript = try await CaseRunner.run(conformanceCase, role: .server)
        #expect(!Judge.complaints(about: transcript, expecting: conformanceCase.expectation).isEmpty)
    }
}
