/// Why a frame could not be read.
///
/// Switch on ``code``: ``message`` is for people and may change.
public struct WorkspaceProtocolError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kind of failure; new kinds may be added in a minor version.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        /// A stable name that can be a metric label.
        public let description: String

        /// The frame is not JSON by RFC 8259, or ends too early.
        public static let invalidSyntax = Self(description: "invalidSyntax")

        /// Arrays and objects are nested more than 512 deep.
        public static let nestingTooDeep = Self(description: "nestingTooDeep")

        /// A member has another type than the protocol says.
        public static let typeMismatch = Self(description: "typeMismatch")

        /// A number is not an integer, or does not fit 64 bits.
        public static let numberOutOfRange = Self(description: "numberOutOfRange")

        /// The message has no `type`.
        public static let missingType = Self(description: "missingType")
    }

    /// What failed.
    public let code: Code

    /// What exactly is wrong, and where.
    public let message: String

    /// The place of the error, in bytes from the start of the frame.
    public let offset: Int

    /// The path to the wrong value, such as `git_status.files["a.swift"].additions`.
    ///
    /// Empty if the frame itself is wrong. It does not name places inside values that are skipped.
    public let path: String

    /// The message with its code.
    public var description: String { "\(self.code): \(self.message)" }
}

extension WorkspaceProtocolError {
    /// Makes the public error of a failure.
    init(_ failure: JSONFailure) {
        let path = Self.path(failure.steps)
        let place = path.isEmpty ? "at byte \(failure.offset)" : "at byte \(failure.offset), in \(path)"
        self.init(
            code: failure.reason.code,
            message: "\(failure.reason.text) \(place).",
            offset: failure.offset,
            path: path
        )
    }

    /// Joins steps, which come innermost first.
    private static func path(_ steps: [JSONFailure.Step]) -> String {
        steps.reversed().reduce(into: "") { path, step in
            switch step {
            case .element(let index): path += "[\(index)]"
            case .member(let name) where !name.utf8.allSatisfy(Self.isIdentifier): path += "[\(name.debugDescription)]"
            case .member(let name): path += path.isEmpty ? name : ".\(name)"
            }
        }
    }

    private static func isIdentifier(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}

extension JSONFailure.Reason {
    /// The code for callers.
    fileprivate var code: WorkspaceProtocolError.Code {
        switch self {
        case .unexpectedEnd, .unexpectedByte, .controlCharacter, .invalidEscape, .invalidNumber, .trailingBytes:
            .invalidSyntax
        case .unexpectedType: .typeMismatch
        case .numberOutOfRange: .numberOutOfRange
        case .nestingTooDeep: .nestingTooDeep
        case .missingType: .missingType
        }
    }

    /// The start of a sentence; the place follows.
    fileprivate var text: String {
        switch self {
        case .unexpectedEnd: "The frame ends inside a value"
        case .unexpectedByte: "A byte breaks the grammar of JSON (RFC 8259)"
        case .unexpectedType: "The value has another type than the protocol says"
        case .controlCharacter: "A control character in a string is not escaped (RFC 8259 §7)"
        case .invalidEscape: "An escape in a string is unknown or incomplete (RFC 8259 §7)"
        case .invalidNumber: "A number breaks the grammar of JSON (RFC 8259 §6)"
        case .numberOutOfRange: "The number is not an integer of 64 bits"
        case .nestingTooDeep: "More than \(JSONScanner.nestingLimit) arrays and objects are open"
        case .trailingBytes: "Something follows the message"
        case .missingType: "The message has no type; the object ends"
        }
    }
}
