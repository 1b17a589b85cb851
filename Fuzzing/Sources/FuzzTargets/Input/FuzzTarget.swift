/// A part of the code that is fuzzed, and the rules for it.
protocol FuzzTarget: SendableMetatype {
    /// Tries one input, and stops the process if a rule is broken.
    static func run(_ input: FuzzInput)
}

/// Stops the process if a rule is broken; libFuzzer then reports the input.
///
/// - Parameters:
///   - condition: What must hold.
///   - message: The rule, and the value that was found.
@inline(__always)
func require(_ condition: Bool, _ message: @autoclosure () -> String) {
    if !condition { fatalError(message()) }
}
