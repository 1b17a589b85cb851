/// A time of the monotonic clock, in whole milliseconds: it means something to every process of one boot.
struct BootTime: Hashable, Sendable {
    /// The boot it counts in.
    let bootID: String
    let milliseconds: Int64

    init(milliseconds: Int64, bootID: String) { (self.milliseconds, self.bootID) = (milliseconds, bootID) }

    /// Rounds up, so that what waits for it never comes early.
    init(_ time: Duration, in bootID: String) {
        let (seconds, attoseconds) = time.components
        self.init(
            milliseconds: seconds * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000,
            bootID: bootID
        )
    }

    /// The time, unless the machine was booted anew since.
    func time(in bootID: String) -> Duration? {
        self.bootID == bootID ? .milliseconds(self.milliseconds) : nil
    }
}
