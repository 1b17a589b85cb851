/// The pauses between attempts: each is twice as long as the one before, up to a maximum.
///
/// Each pause is varied at random, so that many programs that failed at the same time do not all retry at the same
/// time. It is a pure value: it has no clock, and the caller gives the random number.
package struct BackOff: Sendable, Hashable {
    /// The pause after the first attempt.
    package var initial: Duration
    /// The longest pause, before the random variation.
    package var maximum: Duration
    /// The largest variation of a pause, longer or shorter, as a share of it, 0 to 1.
    package var jitter: Double

    package init(initial: Duration, maximum: Duration, jitter: Double) {
        (self.initial, self.maximum, self.jitter) = (initial, maximum, jitter)
    }

    /// The pause after an attempt.
    ///
    /// - Parameters:
    ///   - failures: The number of attempts before that one, 0 for the first.
    ///   - random: The variation: -1 gives the shortest pause, 1 the longest.
    /// - Returns: The pause.
    package func pause(after failures: Int, random: Double) -> Duration {
        // The exponent is limited: 2 to the 30th times a millisecond is already twelve days.
        let pause = min(self.maximum, self.initial * Double(1 << min(max(0, failures), 30)))
        return pause * (1 + self.jitter * min(1, max(-1, random)))
    }

    /// An upper limit for all pauses, with the variation.
    package var longest: Duration { self.maximum * (1 + self.jitter) + .milliseconds(1) }
}
