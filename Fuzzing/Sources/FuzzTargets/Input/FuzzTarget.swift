/// One thing that is fuzzed.
protocol FuzzTarget: SendableMetatype {
    /// Tries one input, and stops the process if a rule is broken.
    static func run(_ input: FuzzInput)
}

/// Stops the process, which libFuzzer reports with the input, if a rule is broken.
///
/// - Parameters:
///   - condition: What must hold.
///   - message: The rule, and what was seen.
@inline(__always)
func require(_ condition: Bool, _ message: @autoclosure () -> String) {
    if !condition { fatalError(message()) }
}
