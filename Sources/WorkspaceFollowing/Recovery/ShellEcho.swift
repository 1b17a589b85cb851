/// Finds the live frames of a shell that its ring contains already.
///
/// A follower holds live frames back while it asks for the ring. The server puts each frame into the ring before it
/// sends it, so the first frames after the attach can be in the ring as well: in one piece, whole frames, up to the end
/// of the ring. The rest of that piece may still be on its way when the ring arrives.
///
///     undecided ── settle, or the first frame: the ring has all frames and more ──▶ expecting
///     undecided ── settle, or the first frame: the ring ends with a frame, or has none ──▶ settled
///     expecting ── a frame that the ring has, up to its end; a frame that it has not ──▶ settled
///     undecided, expecting ── expire ──▶ settled
///
/// If it can't be known whether a frame is in the ring, it is delivered, and *ambiguous*: it may come twice.
///
/// A shell that writes more than the ring holds between the attach and the answer leaves a ring that begins inside of
/// the held frames. Then they have all of the ring, and the ring is of no use.
package struct ShellEcho: Sendable {
    /// What to do with a live frame.
    package enum Verdict: Sendable, Equatable {
        /// The ring has the frame.
        case drop

        /// The frame is new. If it is ambiguous, the ring may have it.
        case deliver(isAmbiguous: Bool)

        /// The frame doesn't go on as the ring does, so the frames before it were perhaps no echo. These, which were
        /// dropped, are delivered now, then this one; all are ambiguous.
        case deliverAfter([String])
    }

    /// What to do with the frames that were held back.
    package struct Settlement: Sendable, Equatable {
        /// How many of the first frames the ring has.
        package let dropped: Int

        /// Whether the ring may have another number of them.
        package let isAmbiguous: Bool

        /// Whether the held frames, and those still to come, have all of the ring.
        ///
        /// Then nothing of the ring is delivered, and all of the frames are. What was before the first frame is lost.
        package var holdRing = false
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
    private let ringHoles: Int

    /// Where in the ring the text begins that was missed; all that came after the attach is behind it.
    private let missedFrom: Int

    /// Whether the ring goes back to the attach for certain, so that frames since then were not overwritten in it.
    private let reachesAttach: Bool

    private let evidence: Int
    private var state = State.undecided

    /// The frames that were dropped, until the ring is used up and it is certain that they were in it.
    private var unconfirmed: [String] = []

    /// Creates the value for a ring that was asked for after the attach.
    ///
    /// - Parameters:
    ///   - ring: The text of the ring.
    ///   - overlap: Where the text ends that was delivered before the attach, if it is known.
    ///   - rules: What is evidence.
    package init(ring: String, overlap: ShellOverlap? = nil, rules: ShellRingRules = .agentctl) {
        let text = CutText(ring)
        self.ring = text.bytes
        self.ringHoles = text.holes
        self.evidence = rules.evidenceBytes
        if let overlap, !overlap.mayHaveGap {
            self.missedFrom = text.index(ofUTF8Offset: overlap.deliveredBytes)
            self.reachesAttach = true
        } else {
            self.missedFrom = 0
            self.reachesAttach = !rules.mayBeFull(ring)
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
    ///     certain if it goes back to the attach; then no evidence is needed.
    /// - Returns: How many are dropped.
    package mutating func settle(held: [String], receivedBeforeRequest: Int = 0) -> Settlement {
        let certain = self.reachesAttach ? min(max(0, receivedBeforeRequest), held.count) : 0
        guard case .undecided = self.state else {
            // The delivered text ends where the ring does, so no frame is in it.
            return Settlement(dropped: 0, isAmbiguous: certain > 0)
        }
        guard held.contains(where: { !$0.isEmpty }) else { return Settlement(dropped: held.count, isAmbiguous: false) }
        self.state = .settled
        let frames = JoinedFrames(held, atMost: 3 * self.ring.count + 3)
        if let settlement = self.settle(frames, of: held, certain: certain) { return settlement }
        return self.reachesAttach ? Settlement(dropped: 0, isAmbiguous: false) : self.findRing(in: JoinedFrames(held))
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
                firstIsFrames: true,
                work: TextAligner.work(forBytes: bytes.count, holes: bytes.count)
            )
            guard let alignment = aligner.walk(from: index, mayEnd: { first, _ in first == bytes.count }) else {
                return .deliverAfter(self.takeBack())
            }
            self.unconfirmed.append(frame)
            self.expect(from: alignment.secondEnd)
            return .drop
        }
    }

    /// Ends the time in which frames of the ring can still arrive: from now on all are new.
    ///
    /// The server says nothing about that time, so the follower chooses one. Without it a shell that has long been idle
    /// and prints something again would be taken for its own echo.
    ///
    /// - Returns: The dropped frames that are delivered now, and are ambiguous: what should have come after them did
    ///   not. Either the server has lost it, or they were no echo.
    package mutating func expire() -> [String] {
        self.state = .settled
        return self.takeBack()
    }

    /// The dropped frames that are delivered after all.
    private mutating func takeBack() -> [String] {
        defer { self.unconfirmed = [] }
        return self.unconfirmed
    }

    /// Goes on after frames that the ring has up to an index.
    private mutating func expect(from index: Int) {
        if index < self.ring.count {
            self.state = .expecting(index)
        } else {
            self.state = .settled
            self.unconfirmed = []
        }
    }

    /// Compares the frames with the ring; `nil` if no frame is in it.
    private mutating func settle(_ frames: JoinedFrames, of held: [String], certain: Int) -> Settlement? {
        // If the comparison says nothing, the certain frames are dropped all the same.
        let unknown = Settlement(dropped: certain, isAmbiguous: true)
        var aligner = TextAligner(
            first: frames.bytes,
            second: self.ring,
            firstIsFrames: true,
            work: TextAligner.work(forBytes: 2 * self.ring.count, holes: frames.holes + self.ringHoles)
        )
        let anchorBytes = aligner.leadingBytes(atMost: min(self.evidence, frames.firstEnd))
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
        guard let alignment = found.first else {
            // If the server has lost a frame, the ring has those before it, but not in one piece with the others.
            let hasFirst = aligner.longestFailure >= max(self.evidence, frames.firstEnd)
            return certain > 0 || hasFirst || frames.areDamaged ? unknown : nil
        }
        let isSure = found.count == 1 && (certain > 0 || !self.mayBeChance(alignment))
        if !isSure, certain == 0 { return unknown }
        let dropped = frames.count(endingAt: alignment.firstEnd) ?? certain
        self.unconfirmed = Array(held[..<dropped])
        self.expect(from: alignment.secondEnd)
        return Settlement(dropped: dropped, isAmbiguous: !isSure)
    }

    /// Looks for the beginning of the ring in the frames, of which the first is not in the ring.
    private func findRing(in frames: JoinedFrames) -> Settlement {
        // The frames have U+FFFD where the ring has a whole character. So the piece to look for is short, and pieces
        // that begin later are tried too.
        for skipped in stride(from: 0, through: 4 * self.evidence, by: self.evidence / 2 + 1) {
            let first = Array(self.ring.dropFirst(skipped).drop(while: { $0 == CutText.hole || $0 & 0xC0 == 0x80 }))
            var aligner = TextAligner(
                first: first,
                second: frames.bytes,
                work: TextAligner.work(
                    forBytes: first.count + frames.bytes.count,
                    holes: frames.holes + self.ringHoles
                )
            )
            let found = aligner.alignments(
                startingIn: 0..<frames.bytes.count,
                anchorBytes: aligner.leadingBytes(atMost: 8),
                mayEnd: { _, inFrames in frames.count(endingAt: inFrames) != nil },
                accepts: { $0.equalBytes >= self.evidence }
            )
            if aligner.isExhausted { return Settlement(dropped: 0, isAmbiguous: true) }
            if let alignment = found.first {
                let isSure =
                    found.count == 1
                    && !Repetition.isSeen(
                        of: 0..<alignment.firstEnd,
                        in: first,
                        holes: self.ringHoles,
                        evidence: self.evidence
                    )
                return Settlement(dropped: 0, isAmbiguous: !isSure, holdRing: isSure)
            }
            if aligner.longestFailure >= self.evidence { return Settlement(dropped: 0, isAmbiguous: true) }
        }
        return Settlement(dropped: 0, isAmbiguous: frames.areDamaged)
    }

    /// Whether frames can be new although they are equal to a piece of the ring.
    private func mayBeChance(_ alignment: TextAligner.Alignment) -> Bool {
        alignment.equalBytes < self.evidence
            || Repetition.isSeen(
                of: alignment.start..<alignment.secondEnd,
                in: self.ring,
                holes: self.ringHoles,
                evidence: self.evidence
            )
    }
}

/// The text of frames in one piece.
private struct JoinedFrames {
    /// The text, without the rest of a character whose beginning was in an earlier frame.
    private(set) var bytes: [UInt8] = []

    /// How many holes the frames have.
    private(set) var holes = 0

    /// Whether the frames have so many holes that they may be in a ring although they were not found.
    var areDamaged: Bool { self.holes > self.bytes.count / 16 }

    /// Where each frame ends, in rising order.
    private(set) var ends: [Int] = []

    /// Whether the first frame begins with a U+FFFD.
    let beginsCut: Bool

    /// Joins frames until there are more bytes than can be of use.
    init(_ frames: [String], atMost limit: Int = .max) {
        for frame in frames {
            let text = CutText(frame)
            self.bytes += text.bytes
            self.holes += text.holes
            self.ends.append(self.bytes.count)
            if self.bytes.count > limit { break }
        }
        let leadingHoles = self.bytes.prefix(while: { $0 == CutText.hole }).count
        self.beginsCut = leadingHoles > 0
        if leadingHoles > 0 {
            self.bytes.removeFirst(leadingHoles)
            self.ends = self.ends.map { max(0, $0 - leadingHoles) }
        }
    }

    /// Where the first frame that isn't empty ends.
    var firstEnd: Int { self.ends.first(where: { $0 > 0 }) ?? 0 }

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
