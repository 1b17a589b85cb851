/// The value of `Sec-WebSocket-Extensions`: extensions with parameters, in order (RFC 6455 §9.1).
///
/// Each extension defines the meaning of its parameters, and whether they may be repeated.
package struct ExtensionHeader: Sendable, Hashable {
    /// One parameter of an extension.
    package struct Parameter: Sendable, Hashable {
        /// The name, a token.
        package let name: String
        /// The value, a token, without quotes; nil for a parameter that has none.
        package let value: String?

        /// Creates a parameter; it is checked when the header is written.
        package init(name: String, value: String? = nil) {
            (self.name, self.value) = (name, value)
        }
    }

    /// One extension with its parameters.
    package struct Element: Sendable, Hashable {
        /// The name, a token such as `permessage-deflate`.
        package let name: String
        /// The parameters in order, with duplicates.
        package let parameters: [Parameter]

        /// Creates an extension; it is checked when the header is written.
        package init(name: String, parameters: [Parameter] = []) {
            (self.name, self.parameters) = (name, parameters)
        }
    }

    /// The extensions in order, with duplicates.
    package let elements: [Element]

    /// Creates a header from extensions to offer or accept.
    ///
    /// - Parameter elements: The extensions in order.
    /// - Throws: ``HandshakeError/Code/invalidOffer`` if a name or value is not a token.
    package init(_ elements: [Element]) throws(HandshakeError) {
        for element in elements {
            try Self.check(element.name)
            for parameter in element.parameters {
                try Self.check(parameter.name)
                if let value = parameter.value { try Self.check(value) }
            }
        }
        self.elements = elements
    }

    /// Parses the values of all `Sec-WebSocket-Extensions` fields of a message, in order.
    ///
    /// A quoted value is equal to the same value without quotes. Empty elements between commas are ignored (RFC 9110
    /// §5.6.1.2), but there must be at least one extension: the grammar has `1#extension`. Only a request may have an
    /// empty field: some clients send it for an empty list of offers, and servers treat it as no offer.
    ///
    /// - Parameters:
    ///   - values: One value per field; an empty array means no extensions.
    ///   - sender: The role that sent them.
    /// - Throws: ``HandshakeError/Code/invalidExtension``.
    package init(parsing values: [String], from sender: Role) throws(HandshakeError) {
        var elements: [Element] = []
        for value in values {
            var parser = ExtensionHeaderParser(value)
            elements += try parser.parse()
        }
        let offersNothing = sender == .client && values.allSatisfy(\.isEmpty)
        guard values.isEmpty || offersNothing || !elements.isEmpty else {
            throw HandshakeError(.invalidExtension, "Sec-WebSocket-Extensions names no extension.")
        }
        self.elements = elements
    }

    /// The text of the field, in the shortest form: `name; parameter=value, name`.
    package var value: String {
        self.elements.map(Self.text).joined(separator: ", ")
    }

    private static func text(of element: Element) -> String {
        element.parameters.reduce(element.name) { text, parameter in
            text + "; " + parameter.name + (parameter.value.map { "=" + $0 } ?? "")
        }
    }

    private static func check(_ text: String) throws(HandshakeError) {
        guard HTTPCharacter.isToken(text) else {
            throw HandshakeError(.invalidOffer, "\(Excerpt(text)) in an extension is not an RFC 9110 token.")
        }
    }
}
