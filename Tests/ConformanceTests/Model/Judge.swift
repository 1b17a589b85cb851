/// Compares a transcript with an expectation, always strictly: a missing echo is always a failure.
enum Judge {
    /// Judges one case.
    ///
    /// - Parameters:
    ///   - transcript: What happened.
    ///   - expectation: What must happen.
    /// - Returns: One sentence for each error; empty means that the case passed.
    static func complaints(about transcript: Transcript, expecting expectation: Expectation) -> [String] {
        var complaints: [String] = []
        if let malformed = transcript.malformed { complaints.append("malformed: \(malformed)") }
        if let missed = transcript.missed { complaints.append("the peer waited in vain for \(missed)") }
        let closeIndex = transcript.frames.firstIndex { $0.opcode == 8 } ?? transcript.frames.endIndex
        complaints += Self.compare(Array(transcript.frames[..<closeIndex]), with: expectation.frames)
        complaints += Self.judge(Array(transcript.frames[closeIndex...]), end: expectation.end)
        if !transcript.isEnded { complaints.append("TCP was not ended") }
        complaints += Self.judge(transcript.reportedEnd, end: expectation.end)
        return complaints
    }

    private static func compare(_ frames: [PeerFrame], with expected: [PeerFrame]) -> [String] {
        for (index, (frame, wanted)) in zip(frames, expected).enumerated() where !frame.isSame(as: wanted) {
            return ["frame \(index) is (\(frame)), must be (\(wanted))"]
        }
        guard frames.count != expected.count else { return [] }
        return ["\(frames.count) frames came before the end, must be \(expected.count)"]
    }

    private static func judge(_ frames: [PeerFrame], end: Expectation.End) -> [String] {
        guard let close = frames.first else { return ["there is no Close frame"] }
        guard frames.count == 1 else { return ["\(frames.count - 1) frames follow the Close frame"] }
        guard close.isFinal, close.reserved == 0, close.payload.count <= 125, close.payload.count != 1 else {
            return ["the Close frame is (\(close))"]
        }
        let code = close.closeCode
        switch end {
        case .answers(let wanted):
            return code == wanted ? [] : ["the Close frame answers \(text(code)), must be \(text(wanted))"]
        case .fails(let wanted):
            guard String(validating: close.payload.dropFirst(2), as: UTF8.self) != nil else {
                return ["the reason of the Close frame is not UTF-8"]
            }
            return code == wanted ? [] : ["the Close frame says \(text(code)), must be \(wanted)"]
        }
    }

    private static func judge(_ reported: Transcript.ReportedEnd?, end: Expectation.End) -> [String] {
        guard let reported else { return ["our side reports no end"] }
        let wanted =
            switch end {
            case .answers(let code):
                Transcript.ReportedEnd(isClean: true, isByPeer: true, sentCode: code, receivedCode: code)
            case .fails(let code):
                Transcript.ReportedEnd(isClean: false, isByPeer: false, sentCode: code, receivedCode: nil)
            }
        return reported == wanted ? [] : ["our side reports \(reported), must be \(wanted)"]
    }

    private static func text(_ code: UInt16?) -> String { code.map { "\($0)" } ?? "no code" }
}

extension PeerFrame {
    /// The code in the payload of a Close frame, or nil if there is none.
    var closeCode: UInt16? {
        self.payload.count >= 2 ? UInt16(self.payload[0]) << 8 | UInt16(self.payload[1]) : nil
    }

    func isSame(as other: PeerFrame) -> Bool {
        self.opcode == other.opcode && self.isFinal == other.isFinal && self.reserved == other.reserved
            && self.payload.isSame(as: other.payload)
    }
}
