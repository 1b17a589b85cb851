/// How much of a shell's ring a follower has delivered already, before it was disconnected.
///
/// The server numbers nothing, so the place where the delivered text ends in the ring is found by comparing text.
package struct ShellOverlap: Sendable, Equatable {
    /// How sure the place is.
    package enum Certainty: Sendable, Equatable {
        /// There is only one place.
        case exact

        /// The text repeats, so there is more than one place. The one that delivers most counts: some of the text may
        /// be delivered twice.
        case ambiguous

        /// There is no place. All of the ring is delivered, and some of it may have been delivered before.
        case unknown
    }

    /// How many bytes of UTF-8 at the beginning of the ring were delivered already; a character begins after them.
    package let deliveredBytes: Int

    /// How sure that is.
    package let certainty: Certainty

    /// Whether output may be lost between what was delivered and what the ring has.
    package let mayHaveGap: Bool

    /// All of the ring is delivered, as its beginning doesn't go on where the tail ends.
    private static let gap = Self(deliveredBytes: 0, certainty: .unknown, mayHaveGap: true)

    /// The text of the ring that was missed.
    ///
    /// - Parameter ring: The text of the ring that was given to `find`.
    /// - Returns: The end of it.
    package func missed(in ring: String) -> Substring {
        ring[ring.utf8.index(ring.startIndex, offsetBy: min(self.deliveredBytes, ring.utf8.count))...]
    }

    /// Finds where the delivered text ends in the ring.
    ///
    /// - Parameters:
    ///   - tail: The end of what was delivered.
    ///   - ring: The text of the ring, asked for after the follower was disconnected.
    ///   - rules: The size of the ring, and what is evidence.
    /// - Returns: The place.
    package static func find(tail: ShellTail, ring: String, rules: ShellRingRules = .agentctl) -> Self {
        // What was delivered before the hole is in the ring, too, and nobody knows where it ends.
        if tail.followsHole, tail.isEmpty, !ring.isEmpty { return .gap }
        return Self.find(tail: tail.text, tailBeginsHistory: tail.beginsHistory, ring: ring, rules: rules)
    }

    /// Finds where the delivered text ends in the ring, in time linear in the length of both.
    ///
    /// What is equal by chance and is seen nowhere else can't be told from what was delivered, for example if the
    /// ring begins with 32 bytes of a line that the shell printed only twice: before the follower was disconnected,
    /// and where the ring begins now.
    ///
    /// - If the ring is the whole history, the tail is a piece of it, and nothing is lost. One such place is *exact*,
    ///   and the first of several is *ambiguous*. No place can't be, and is a gap.
    /// - If the ring may have lost its beginning, it begins inside of the tail, or the tail lies inside of it, with 32
    ///   equal bytes at least. Fewer are no evidence and a gap. It is *ambiguous* if there are several such places (the
    ///   first one counts), or if the equal text repeats elsewhere.
    /// - U+FFFD in either text stands for 1 to 3 bytes of the other, and is no evidence. If the tail ends with a part
    ///   of a character, the whole character counts as missed. With many U+FFFD the search can take too long; then the
    ///   place is *unknown*, or *ambiguous* if one was found.
    ///
    /// - Parameters:
    ///   - tail: The end of what was delivered.
    ///   - tailBeginsHistory: Whether the tail begins with the first output of the shell.
    ///   - ring: The text of the ring, asked for after the follower was disconnected.
    ///   - rules: The size of the ring, and what is evidence.
    /// - Returns: The place.
    package static func find(
        tail: String,
        tailBeginsHistory: Bool,
        ring: String,
        rules: ShellRingRules = .agentctl
    ) -> Self {
        let mayBeFull = rules.mayBeFull(ring)
        if tail.isEmpty {
            return mayBeFull ? .gap : Self(deliveredBytes: 0, certainty: .exact, mayHaveGap: false)
        }
        let search = OverlapSearch(
            tail: CutText(tail),
            ring: CutText(ring),
            mayBeFull: mayBeFull,
            tailBeginsHistory: tailBeginsHistory,
            evidence: rules.evidenceBytes
        )
        guard let place = search.find() else { return .gap }
        return Self(
            deliveredBytes: place.deliveredBytes,
            certainty: place.isSure ? .exact : .ambiguous,
            mayHaveGap: mayBeFull && !place.isSure
        )
    }
}
