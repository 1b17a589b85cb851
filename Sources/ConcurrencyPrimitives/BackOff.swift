/// The pauses between attempts: each twice as long as the one before, up to a longest one, and varied at random so that
/// many who fail together do not try again together.
///
/// A pure value: it knows no clock, and the randomness is handed in.
package struct BackOff: Sendable, Hashable {
    /// The pause after the first attempt.
    package var initial: Duration
    /// The longest pause, before it is varied.
    package var maximum: Duration
    /// The share by which a pause is varied to both sides, 0 to 1.
    package var jitter: Double

    package init(initial: Duration, maximum: Duration, jitter: Double) {
        (self.initial, self.maximum, self.jitter) = (initial, maximum, jitter)
    }

    /// The pause that follows an attempt.
    ///
    /// - Parameters:
    ///   - failures: How many attempts were made before that one, 0 for the first.
    ///   - random: From -1 to 1: the shortest to the longest variation.
    /// - Returns: The pause.
    package func pause(after failures: Int, random: Double) -> Duration {
        // 2 to the 30th of a millisecond is twelve days: beyond that the longest pause counts.
        let pause = min(self.maximum, self.initial * Double(1 << min(max(0, failures), 30)))
        return pause * (1 + self.jitter * min(1, max(-1, random)))
    }

    /// What no pause exceeds.
    package var longest: Duration { self.maximum * (1 + self.jitter) + .milliseconds(1) }
}
