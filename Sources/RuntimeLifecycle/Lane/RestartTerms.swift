/// The inputs for the decision about a reactive restart.
struct RestartTerms: Hashable, Sendable {
    var policy = RestartPolicy()
    /// The time when the start lock was taken, on the lifecycle's clock.
    var now = Duration.zero
    /// The time of the first complaint, if the cycle is for complaints; the runtime was healthy until then.
    var complainedAt: Duration?
    /// Random, from -1 to 1.
    var jitter = 0.0
    /// Milliseconds since 1970, for people.
    var wallMilliseconds: UInt64 = 0
}
