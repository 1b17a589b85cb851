/// Finds the live frames of a shell that its ring contains already.
///
/// A follower holds live frames back while it asks for the ring. The server puts each frame into the ring before it
/// sends it, so the first frames after the attach can be in the ring as well: in one piece, whole frames, up to the end
/// of the ring. The rest of that piece may still be on its way when the ring arrives.
///
///     undecided ── settle or the first frame: all frames in the ring end before it does ──▶ expecting ── used up ──▶ settled
///     undecided ── settle or the first frame: the ring ends with a frame, or there is no such piece ──▶ settled
///     undecided, expecting ── expire, or a frame that doesn't go on ──▶ settled
///
/// If it can't be known whether a frame is in the ring, it is delivered, and *ambiguous*: it may come twice.
package struct ShellEcho: Sendable {
    /// What to do with a live frame.
    package enum Verdict: Sendable, Equatable {
        /// The ring has the frame.
        case drop

        /// The frame is new. If it is ambiguous, the ring may have it.
        case deliver(isAmbiguous: Bool)
    }

    /// What to do with the frames that were held back.
    package struct Settlement: Sendable, Equatable {
        /// How many of the first frames the ring has.
        package let dropped: Int

        /// Whether the ring may have another number of them.
        package let isAmbiguous: Bool
    }

    private enum State {
        /// No frame was compared with the ring.
        case undecided

        /// Frames that go on with the ring at this index are dropped.
        case expecting(Int)

        /// All frames are new.
        case settled
    }

    private let ring: [UInt8]

    /// Where in the ring the text begins that was missed. All that came after the attach is behind it.
    private let missedFrom: Int

    private let evidence: Int
    private var state = State.undecided

    /// Creates the value for a ring that was asked for after the attach.
    ///
    /// - Parameters:
    ///   - ring: The text of the ring.
    ///   - overlap: Where the text ends that was delivered before the attach, if it is known.
    ///   - rules: What is evidence.
    package init(ring: String, overlap: ShellOverlap? = nil, rules: ShellRingRules = .agentctl) {
        let text = CutText(ring)
        self.ring = text.bytes
        self.evidence = rules.evidenceBytes
        if let overlap, overlap.certainty == .exact {
            self.missedFrom = text.index(ofUTF8Offset: overlap.deliveredBytes)
        } else {
            self.missedFrom = 0
        }
        if self.missedFrom == self.ring.count { self.state = .settled }
    }

    /// Whether a frame that comes later may be dropped.
    package var isExpecting: Bool {
        if case .settled = self.state { return false }
        return true
    }

    /// Decides about the frames that were held back.
    ///
    /// - Parameters:
    ///   - held: The text of all frames since the attach, in order.
    ///   - receivedBeforeRequest: How many of them were there before the ring was asked for. The ring has these for
    ///     certain, which needs no evidence.
    /// - Returns: How many are dropped.
    package mutating func settle(held: [String], receivedBeforeRequest: Int = 0) -> Settlement {
        let certain = min(max(0, receivedBeforeRequest), held.count)
        guard case .undecided = self.state else {
            // The delivered text ends where the ring does, so no frame is in it.
            return Settlement(dropped: 0, isAmbiguous: certain > 0)
        }
        guard held.contains(where: { !$0.isEmpty }) else { return Settlement(dropped: held.count, isAmbiguous: false) }
        self.state = .settled
        let frames = JoinedFrames(held, atMost: 3 * self.ring.count + 3)
        return self.settle(frames, certain: certain)
    }

    /// Decides about a frame that came after the ring.
    ///
    /// - Parameter frame: The text of the frame.
    /// - Returns: What to do with it.
    package mutating func take(_ frame: String) -> Verdict {
        switch self.state {
        case .settled: return .deliver(isAmbiguous: false)
        case .undecided:
            let settlement = self.settle(held: [frame])
            return settlement.dropped > 0 ? .drop : .deliver(isAmbiguous: settlement.isAmbiguous)
        case .expecting(let index):
            guard !frame.isEmpty else { return .drop }
            self.state = .settled
            let bytes = CutText(frame).bytes
            var aligner = TextAligner(
                first: bytes,
                second: self.ring,
                work: TextAligner.work(for: bytes.count, self.ring.count - index)
            )
            // The rest of the ring went on otherwise: it was no echo, or the server has lost a frame of it.
            guard let alignment = aligner.walk(from: index, mayEnd: { first, _ in first == bytes.count }) else {
                return .deliver(isAmbiguous: true)
            }
            if alignment.secondEnd < self.ring.count { self.state = .expecting(alignment.secondEnd) }
            return .drop
        }
    }

    /// Ends the time in which frames of the ring can still arrive: from now on all are new.
    ///
    /// The server says nothing about that time, so the follower chooses one. Without it a shell that has long been idle
    /// and prints something again would be taken for its own echo.
    ///
    /// - Returns: Whether frames that the ring has did not come: the server has lost them, or it was no echo.
    package mutating func expire() -> Bool {
        defer { self.state = .settled }
        if case .expecting = self.state { return true }
        return false
    }

    /// Compares the frames with the ring.
    private mutating func settle(_ frames: JoinedFrames, certain: Int) -> Settlement {
        // If the comparison finds nothing, the certain frames are dropped all the same.
        let unknown = Settlement(dropped: certain, isAmbiguous: true)
        var aligner = TextAligner(
            first: frames.bytes,
            second: self.ring,
            frameEnds: frames.ends,
            work: TextAligner.work(for: min(frames.bytes.count, self.ring.count), self.ring.count)
        )
        let anchorBytes = aligner.leadingBytes(atMost: min(self.evidence, frames.ends.first ?? 0))
        guard anchorBytes > 0 else { return unknown }
        let ringCount = self.ring.count
        let found = aligner.alignments(
            startingIn: self.missedFrom..<ringCount,
            anchorBytes: anchorBytes,
            mayEnd: { first, second in
                first == frames.bytes.count || second == ringCount && frames.count(endingAt: first) != nil
            },
            accepts: { alignment in
                (frames.count(endingAt: alignment.firstEnd) ?? 0) >= max(1, certain)
                    && (!frames.beginsCut || alignment.start > 0 && self.ring[alignment.start - 1] >= 0x80)
            }
        )
        if aligner.isExhausted { return unknown }
        guard let alignment = found.first else { return certain > 0 ? unknown : Settlement(dropped: 0, isAmbiguous: false) }
        let isSure = found.count == 1 && (certain > 0 || !self.mayBeChance(alignment))
        if !isSure, certain == 0 { return unknown }
        if alignment.secondEnd < ringCount { self.state = .expecting(alignment.secondEnd) }
        let dropped = frames.count(endingAt: alignment.firstEnd) ?? certain
        return Settlement(dropped: dropped, isAmbiguous: !isSure)
    }

    /// Whether frames can be new although they are equal to a piece of the ring.
    private func mayBeChance(_ alignment: TextAligner.Alignment) -> Bool {
        alignment.equalBytes < self.evidence
            || Repetition.isSeen(
                of: alignment.start..<alignment.secondEnd,
                in: self.ring,
                evidence: self.evidence
            )
    }
}

/// The text of frames in one piece.
private struct JoinedFrames {
    /// The text, without the rest of a character whose beginning was in an earlier frame.
    private(set) var bytes: [UInt8] = []

    /// Where each frame ends, in rising order.
    private(set) var ends: [Int] = []

    /// Whether the first frame begins with a U+FFFD.
    let beginsCut: Bool

    /// Joins frames until there are more bytes than can be of use.
    init(_ frames: [String], atMost limit: Int) {
        var leadingHoles = 0
        for frame in frames {
            self.bytes += CutText(frame).bytes
            self.ends.append(self.bytes.count)
            if self.bytes.count > limit { break }
        }
        leadingHoles = self.bytes.prefix(while: { $0 == CutText.hole }).count
        self.beginsCut = leadingHoles > 0
        if leadingHoles > 0 {
            self.bytes.removeFirst(leadingHoles)
            self.ends = self.ends.map { max(0, $0 - leadingHoles) }
        }
    }

    /// How many frames end at or before an index at which a frame ends; `nil` if none ends there.
    func count(endingAt index: Int) -> Int? {
        var low = 0
        var high = self.ends.count
        while low < high {
            let middle = (low + high) / 2
            if self.ends[middle] <= index { low = middle + 1 } else { high = middle }
        }
        return low > 0 && self.ends[low - 1] == index ? low : nil
    }
}
