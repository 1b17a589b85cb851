/// Why and where reading stopped.
///
/// The scanner throws it. It is small: the public methods build the text when they make a ``WorkspaceProtocolError`` of
/// it.
struct JSONFailure: Error, Equatable {
    /// The kinds of failure; ``WorkspaceProtocolError/Code`` groups them for callers.
    enum Reason: UInt8, Equatable {
        case unexpectedEnd
        case unexpectedByte
        case unexpectedType
        case controlCharacter
        case invalidEscape
        case invalidNumber
        case numberOutOfRange
        case nestingTooDeep
        case trailingBytes
        case missingType
    }

    /// A step from a value to one of its parts.
    enum Step: Equatable {
        case member(String)
        case element(Int)
    }

    /// What is wrong.
    let reason: Reason

    /// The place of the error, in bytes from the start of the frame.
    let offset: Int

    /// The path to the value, innermost step first; each container adds its step while the failure passes through it.
    private(set) var steps: [Step] = []

    init(_ reason: Reason, at offset: Int) {
        self.reason = reason
        self.offset = offset
    }

    /// The same failure, seen from the container around it.
    func inside(_ step: Step) -> Self {
        var failure = self
        failure.steps.append(step)
        return failure
    }
}
