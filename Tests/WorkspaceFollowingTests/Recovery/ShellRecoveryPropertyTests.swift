import TestSupport
import Testing
import WorkspaceFollowing

/// The promise that a follower gives about a shell, judged with the bytes that a model of the shell has written.
@Suite("What a shell wrote is recovered without a silent loss and without a silent double")
struct ShellRecoveryPropertyTests {
    /// Runs a follower through two disconnects; `check` judges each of them.
    static func run(seed: Int, text: ShellTexts, rules: ShellRingRules, check: (ShellVerdict) -> Void) {
        var random = SplitMix64(seed: UInt64(seed))
        let size = rules.ringBytes
        let frameBytes = [3, 20, 80, max(4, size / 4)][Int.random(in: 0..<4, using: &random)]
        // Less than the ring, the ring exactly and one byte around it, or more than it.
        let count = [size / 3, size - 1, size, size + 1, 2 * size, 4 * size][Int.random(in: 0..<6, using: &random)]
        let shell = ShellModel(
            bytes: Array(text.bytes(count: count, using: &random).prefix(count)),
            frameBytes: 1...min(4_096, frameBytes),
            style: seed.isMultiple(of: 4) ? .eachSubpart : .eachByte,
            rules: rules,
            using: &random
        )
        var points = (0..<11).map { _ in Int.random(in: 0...shell.frameCount, using: &random) }.sorted()
        if Bool.random(using: &random) { points[0] = 0 }
        if Bool.random(using: &random) { points[10] = shell.frameCount }
        var follower = FollowerModel(shell: shell, from: points[0])
        for round in 0..<2 {
            follower.deliver(upTo: points[5 * round + 1])
            let attach = max(points[5 * round + 2], follower.delivered)
            let fetch = max(points[5 * round + 3], attach)
            let request = min(fetch, attach + Int.random(in: 0...1, using: &random))
            // The answer can overtake frames that are in the ring, or come after others.
            let held = min(shell.frameCount, fetch + Int.random(in: -4...4, using: &random))
            let visit = FollowerModel.Visit(
                attach: attach,
                request: request,
                fetch: fetch,
                held: max(request, held),
                end: max(request, held, points[5 * round + 5])
            )
            check(follower.recover(visit))
        }
    }

    /// What is wrong with a verdict, or `nil`.
    static func complaint(_ verdict: ShellVerdict, rules: ShellRingRules) -> String? {
        if verdict.lostBytes + verdict.doubledBytes > 0, !verdict.overlapIsMarked { return "silent: \(verdict)" }
        if verdict.echoLostBytes + verdict.echoDoubledBytes > 0, !verdict.echoIsMarked { return "silent: \(verdict)" }
        if verdict.echoLostBytes > 0 { return "a held frame is lost: \(verdict)" }
        // The ring has all that was missed. So nothing may be lost, marked or not.
        if verdict.overlapBytes >= 2 * rules.evidenceBytes, verdict.lostBytes > 0 { return "lost: \(verdict)" }
        return nil
    }

    @Test("Every loss and every double has a mark, and what the ring has is never lost")
    func neverSilent() {
        let rules = ShellRingRules(ringBytes: 600, evidenceBytes: 32)
        var complaints: [String] = []
        var cases = 0
        for seed in 0..<115 {
            for text in ShellTexts.allCases {
                Self.run(seed: seed, text: text, rules: rules) { verdict in
                    cases += 1
                    if let complaint = Self.complaint(verdict, rules: rules) {
                        complaints.append("seed \(seed) \(text): \(complaint)")
                    }
                }
            }
        }
        #expect(complaints.isEmpty, "\(complaints.count) of \(cases): \(complaints.prefix(5).joined(separator: "\n"))")
        #expect(cases >= 3_000)
    }

    @Test("The same with a ring of 16 KiB", arguments: ShellTexts.allCases)
    func neverSilentWithTheRealSize(text: ShellTexts) {
        for seed in 1_000..<1_003 {
            Self.run(seed: seed, text: text, rules: .agentctl) { verdict in
                let complaint = Self.complaint(verdict, rules: .agentctl)
                #expect(complaint == nil, "seed \(seed) \(text)")
            }
        }
    }

    @Test("Text that doesn't repeat is recovered exactly if the ring and the tail have 100 bytes in common")
    func uniqueTextIsExact() {
        let rules = ShellRingRules(ringBytes: 600, evidenceBytes: 32)
        var cases = 0
        for seed in 0..<60 {
            for text in ShellTexts.allCases where text.isUnique {
                Self.run(seed: seed, text: text, rules: rules) { verdict in
                    guard verdict.commonBytes >= 100, 2 * verdict.readableBytes >= verdict.commonBytes else { return }
                    cases += 1
                    #expect(!verdict.overlapIsMarked, "seed \(seed) \(text): \(verdict)")
                    #expect(verdict.lostBytes + verdict.doubledBytes == 0, "seed \(seed) \(text): \(verdict)")
                }
            }
        }
        #expect(cases >= 100)
    }
}
