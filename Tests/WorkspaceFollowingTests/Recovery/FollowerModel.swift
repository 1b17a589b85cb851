import Testing
import WorkspaceFollowing

/// What went wrong in one recovery, judged with the bytes of the shell. Bytes that nobody could read don't count.
struct ShellVerdict: Equatable {
    /// Bytes that were missed and are not delivered.
    var lostBytes = 0

    /// Bytes that were delivered before and are delivered again.
    var doubledBytes = 0

    /// Whether the overlap says that it may be wrong.
    var overlapIsMarked = false

    /// How many bytes of the ring were delivered before; negative if bytes are lost that the ring has no more.
    var overlapBytes = 0

    /// How many bytes the tail and the ring have in common, and how many of these can be read in both.
    var commonBytes = 0
    var readableBytes = 0

    /// New bytes in frames that were dropped.
    var echoLostBytes = 0

    /// Bytes of the ring in frames that were delivered.
    var echoDoubledBytes = 0

    /// Whether the echo says that it may be wrong.
    var echoIsMarked = false
}

/// A follower as it will be: it delivers frames, is disconnected, asks for the ring, and goes on.
struct FollowerModel {
    /// When things happen after a disconnect, each as the number of frames that the shell had sent before.
    struct Visit {
        let attach: Int
        let request: Int
        let fetch: Int

        /// When the answer comes; frames up to here were held back.
        let held: Int
        let end: Int
    }

    let shell: ShellModel
    private(set) var tail: ShellTail
    private(set) var delivered: Int

    /// Where in the output the tail begins; what is before it was never delivered.
    private var tailStart: Int

    /// Starts before a frame.
    init(shell: ShellModel, from frame: Int) {
        self.shell = shell
        self.tail = ShellTail(rules: shell.rules)
        self.delivered = frame
        self.tailStart = shell.start(of: frame)
    }

    private var deliveredBytes: Int { self.shell.start(of: self.delivered) }

    /// Delivers live frames up to one.
    mutating func deliver(upTo frame: Int) {
        while self.delivered < frame {
            self.tail.append(self.shell.frame(self.delivered))
            self.delivered += 1
        }
    }

    /// Is disconnected now, recovers what it missed, and goes on.
    mutating func recover(_ visit: Visit) -> ShellVerdict {
        let ring = self.shell.ring(afterFrames: visit.fetch)
        let text = ring.decoded.text
        let overlap = ShellOverlap.find(tail: self.tail, ring: text, rules: self.shell.rules)
        var verdict = self.judge(overlap, ring)

        var echo = ShellEcho(ring: text, overlap: overlap, rules: self.shell.rules)
        let frames = (visit.attach..<visit.held).map { self.shell.frame($0) }
        let settlement = echo.settle(held: frames, receivedBeforeRequest: visit.request - visit.attach)
        verdict.echoIsMarked = settlement.isAmbiguous
        let isDropped = self.live(visit, &echo, settlement, &verdict)

        for frame in visit.attach..<visit.end {
            let range = self.shell.start(of: frame)..<self.shell.start(of: frame + 1)
            let isInRing = frame < visit.fetch && range.upperBound > ring.start && !settlement.holdRing
            let count = self.shell.isReadable[range].count(where: { $0 })
            if isDropped[frame - visit.attach], !isInRing { verdict.echoLostBytes += count }
            if !isDropped[frame - visit.attach], isInRing { verdict.echoDoubledBytes += count }
        }
        if settlement.holdRing {
            // Nothing of the ring is delivered, and all of the frames.
            verdict.lostBytes = self.shell.start(of: visit.attach) - self.deliveredBytes
            verdict.doubledBytes = 0
            self.tail = ShellTail(rules: self.shell.rules)
            self.tailStart = self.shell.start(of: visit.attach)
            self.delivered = visit.attach
        } else {
            self.tail = ShellTail(ring: text, rules: self.shell.rules)
            self.tailStart = ring.start
            self.delivered = visit.fetch
        }
        self.deliver(upTo: visit.end)
        return verdict
    }

    /// Takes the frames that come later, and says which of all were dropped.
    private func live(
        _ visit: Visit,
        _ echo: inout ShellEcho,
        _ settlement: ShellEcho.Settlement,
        _ verdict: inout ShellVerdict
    ) -> [Bool] {
        var isDropped = (visit.attach..<visit.held).map { $0 < visit.attach + settlement.dropped }
        for frame in visit.held..<visit.end {
            switch echo.take(self.shell.frame(frame)) {
            case .drop: isDropped.append(true)
            case .deliver(let isAmbiguous):
                isDropped.append(false)
                verdict.echoIsMarked = verdict.echoIsMarked || isAmbiguous
            case .deliverAfter(let earlier):
                #expect(earlier == (frame - earlier.count..<frame).map { self.shell.frame($0) })
                isDropped.replaceSubrange((isDropped.count - earlier.count)..., with: earlier.map { _ in false })
                isDropped.append(false)
                verdict.echoIsMarked = true
            }
        }
        // If the next disconnect came before the rest of the ring, the frames were an echo.
        let isTooEarly = visit.end < visit.fetch
        let earlier = echo.expire()
        if !isTooEarly, !earlier.isEmpty {
            isDropped.replaceSubrange((isDropped.count - earlier.count)..., with: earlier.map { _ in false })
            verdict.echoIsMarked = true
        }
        return isDropped
    }

    /// Compares the place with the truth.
    private func judge(_ overlap: ShellOverlap, _ ring: (decoded: ShellDecoder, start: Int)) -> ShellVerdict {
        var verdict = ShellVerdict()
        let delivered = self.deliveredBytes
        verdict.overlapIsMarked = overlap.certainty != .exact || overlap.mayHaveGap
        verdict.overlapBytes = delivered - ring.start
        let common = max(ring.start, self.tailStart, delivered - self.shell.rules.ringBytes)
        if common < delivered {
            verdict.commonBytes = delivered - common
            verdict.readableBytes = self.shell.isReadable[common..<delivered].count(where: { $0 })
        }
        guard let offset = ring.decoded.byteOffset(ofUTF8Offset: overlap.deliveredBytes) else {
            Issue.record("\(overlap) is inside of a character")
            return verdict
        }
        let from = ring.start + offset
        if from > delivered {
            let skipped = ring.decoded.pieces.filter {
                let start = ring.start + $0.start
                return $0.isCharacter && start < from && start + $0.length > delivered
            }
            verdict.lostBytes = skipped.reduce(max(0, ring.start - delivered)) { $0 + $1.length }
        } else {
            let again = max(from, min(self.tailStart, delivered))..<delivered
            verdict.doubledBytes = self.shell.isReadable[again].count(where: { $0 })
        }
        return verdict
    }
}
