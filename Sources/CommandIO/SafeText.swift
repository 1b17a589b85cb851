import WebSocketProtocol

#if RED_CONTROLS
internal import RedControls
#endif

/// Text that is safe to show to a person: untrusted parts can't control the terminal or forge a line.
///
/// The program's own words are literals and stay unchanged. Every interpolated value is escaped by the rule of the
/// libraries' messages, see `PeerText`. The sinks for people take no other type, so escaping can't be forgotten.
package struct SafeText: Sendable, Hashable, CustomStringConvertible, ExpressibleByStringInterpolation {
    /// The text, escaped.
    package let description: String

    package struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var bytes: [UInt8] = []

        package init(literalCapacity: Int, interpolationCount: Int) { self.bytes.reserveCapacity(literalCapacity) }

        package mutating func appendLiteral(_ literal: StaticString) {
            literal.withUTF8Buffer { self.bytes.append(contentsOf: $0) }
        }

        package mutating func appendInterpolation(_ text: SafeText) { self.bytes += text.description.utf8 }

        package mutating func appendInterpolation(_ value: some CustomStringConvertible) {
            #if RED_CONTROLS
            if RedControl.isActive(.textNotEscaped) { return self.bytes += value.description.utf8 }
            #endif
            PeerText.append(value.description, to: &self.bytes)
        }
    }

    package init(stringLiteral: StaticString) { self.description = stringLiteral.description }

    package init(stringInterpolation: StringInterpolation) {
        self.description = String(decoding: stringInterpolation.bytes, as: UTF8.self)
    }

    /// Creates an escaped text from any text.
    package init(escaping text: String) { self.description = PeerText(text).description }

    /// Creates a text from a message of the argument parser; it keeps the message's line breaks, but escapes quoted
    /// arguments.
    ///
    /// - Parameters:
    ///   - message: Usage, help, or the error.
    ///   - arguments: The arguments of the process.
    package init(message: String, arguments: [String]) {
        // For `--name=value` the parser quotes one of the two parts.
        let parts = arguments.flatMap { [$0] + $0.split(separator: "=", maxSplits: 1).map(String.init) }
        var message = message
        for part in Set(parts).sorted(by: { $0.utf8.count > $1.utf8.count }) {
            let escaped = PeerText(part).description
            if escaped != part { message = message.split(separator: part).joined(separator: escaped) }
        }
        let lines = message.split(separator: "\n", omittingEmptySubsequences: false)
        self = lines.map { SafeText(escaping: String($0)) }.joined(separator: "\n")
    }

    /// Creates a text from parts that are all safe already.
    fileprivate init(safe text: String) { self.description = text }

    /// Whether there is nothing to show.
    package var isEmpty: Bool { self.description.isEmpty }

    package static func + (left: Self, right: Self) -> Self { Self(safe: left.description + right.description) }

    package static func += (left: inout Self, right: Self) { left = left + right }
}

extension Sequence<SafeText> {
    /// Joins all texts into one.
    package func joined(separator: SafeText = "") -> SafeText {
        SafeText(safe: self.map(\.description).joined(separator: separator.description))
    }
}

extension OutputSink {
    /// Writes a text for people.
    package func write(_ text: SafeText) async throws(OutputError) {
        try await self.write(Array(text.description.utf8))
    }
}

extension SafeText {
    /// The text without secrets; only ``Redaction`` makes one.
    static func redacted(_ bytes: [UInt8]) -> SafeText { SafeText(safe: String(decoding: bytes, as: UTF8.self)) }
}
