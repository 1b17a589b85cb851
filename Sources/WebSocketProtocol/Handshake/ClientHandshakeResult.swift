/// The terms that client and server agreed on in the opening handshake.
package struct ClientHandshakeResult: Sendable, Hashable {
    /// The subprotocol that the server selected from the offer, or nil if it selected none, which is legal.
    package let subprotocol: String?

    /// The extensions that the server accepted, in its order; each was offered.
    ///
    /// The parameters are not checked here; the code of the extension does that.
    package let extensions: [ExtensionHeader.Element]

    /// All fields of the response.
    package let fields: HTTPFields
}
