import AgentRuntime
import WebSocketProtocol
import WebSocketTransport

/// A number of bytes as a user writes it: a number, with or without a unit such as `KiB`, `MiB`, `GiB`, `kB`, `MB` or
/// `GB`.
struct ByteCountArgument: Sendable, Hashable {
    /// Why a text is not a number of bytes.
    enum ParseError: Error, Equatable, CustomStringConvertible {
        case empty
        case unknownUnit(String)
        case notANumber(String)
        case outOfRange(String)

        /// The error and how to correct it.
        var description: String {
            switch self {
            case .empty: "a number of bytes is empty; write for instance 256MiB"
            case .unknownUnit(let unit): "'\(unit)' is not a unit of bytes; use KiB, MiB, GiB, kB, MB, GB or B"
            case .notANumber(let number): "'\(number)' is not a whole number; write for instance 256MiB"
            case .outOfRange(let text): "'\(text)' is not from 1 byte to \(ByteCountArgument.maximum >> 40) TiB"
            }
        }
    }

    /// The largest number that is accepted.
    static let maximum = 1 << 40

    /// The number of bytes, 1 to ``maximum``.
    let bytes: Int

    init(_ bytes: Int) { self.bytes = bytes }

    /// Reads a number of bytes; units are case-insensitive.
    init(parsing text: String) throws(ParseError) {
        guard !text.isEmpty else { throw .empty }
        let number = text.prefix { $0.isASCII && $0.isNumber }
        let unit = text[number.endIndex...]
        guard !number.isEmpty, unit.first?.isLetter ?? true else { throw .notANumber(text) }
        guard let factor = Self.factor(of: unit.lowercased()) else { throw .unknownUnit(String(unit)) }
        let (bytes, overflow) = (Int(number) ?? .max).multipliedReportingOverflow(by: factor)
        guard !overflow, (1...Self.maximum).contains(bytes) else { throw .outOfRange(text) }
        self.init(bytes)
    }

    private static func factor(of unit: String) -> Int? {
        switch unit {
        case "", "b": 1
        case "kib", "k": 1 << 10
        case "mib", "m": 1 << 20
        case "gib", "g": 1 << 30
        case "kb": 1000
        case "mb": 1_000_000
        case "gb": 1_000_000_000
        default: nil
        }
    }
}

extension ByteCountArgument {
    /// The client's limit for one message of a workspace stream.
    static let streamDefault = Self(AgentRuntimeConfiguration().connection.limits.maximumMessageBytes)
}

extension ByteCountArgument: CustomStringConvertible {
    /// The text for defaults in help texts, in the largest unit that gives a whole number.
    var description: String {
        for (shift, unit) in [(30, "GiB"), (20, "MiB"), (10, "KiB")] where self.bytes & (1 << shift - 1) == 0 {
            return "\(self.bytes >> shift)\(unit)"
        }
        return "\(self.bytes)"
    }
}
