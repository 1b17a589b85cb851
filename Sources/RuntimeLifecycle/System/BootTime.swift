/// A time of the monotonic clock, in whole milliseconds; all processes of one boot can use it.
struct BootTime: Hashable, Sendable {
    /// The boot that this time belongs to.
    let bootID: String
    let milliseconds: Int64

    init(milliseconds: Int64, bootID: String) { (self.milliseconds, self.bootID) = (milliseconds, bootID) }

    /// Rounds up, so that a wait for this time never ends too early.
    init(_ time: Duration, in bootID: String) {
        let (seconds, attoseconds) = time.components
        self.init(
            milliseconds: seconds * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000,
            bootID: bootID
        )
    }

    /// The time; `nil` if the machine has booted again since then.
    func time(in bootID: String) -> Duration? {
        self.bootID == bootID ? .milliseconds(self.milliseconds) : nil
    }
}
