/// A request to a cycle: a verb, and the generation that it is limited to.
struct CycleRequest: Hashable, Sendable {
    let verb: LifecycleVerb
    /// The only generation that it may change, which failed or has a complaint; nil means any generation.
    let generation: UInt64?
    /// Why this generation failed, as text for people.
    let reason: String

    init(_ verb: LifecycleVerb, onlyGeneration generation: UInt64? = nil, reason: String = "") {
        (self.verb, self.generation, self.reason) = (verb, generation, reason)
    }

    /// Whether a complaint asked for it.
    var isReactive: Bool { self.verb == .restart && self.generation != nil }
}
