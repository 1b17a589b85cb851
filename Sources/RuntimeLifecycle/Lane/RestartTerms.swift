/// What a cycle needs to know of the world to decide about a reactive restart.
struct RestartTerms: Hashable, Sendable {
    var policy = RestartPolicy()
    /// The time of the lifecycle's clock at which the start lock was held.
    var now = Duration.zero
    /// When the first of the complaints came, if it is about complaints: health ended then.
    var complainedAt: Duration?
    /// Random, from -1 to 1.
    var jitter = 0.0
    /// Milliseconds since 1970, for people.
    var wallMilliseconds: UInt64 = 0
}
