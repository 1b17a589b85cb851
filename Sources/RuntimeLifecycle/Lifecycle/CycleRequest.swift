/// What a cycle is asked to do: a verb, and what it is bound to.
struct CycleRequest: Hashable, Sendable {
    let verb: LifecycleVerb
    /// The only generation it is about, the one that is complained of, or that failed; nil is whichever is recorded.
    let generation: UInt64?
    /// Why that generation failed, for people.
    let reason: String

    init(_ verb: LifecycleVerb, onlyGeneration generation: UInt64? = nil, reason: String = "") {
        (self.verb, self.generation, self.reason) = (verb, generation, reason)
    }

    /// Whether a complaint asked for it.
    var isReactive: Bool { self.verb == .restart && self.generation != nil }
}
