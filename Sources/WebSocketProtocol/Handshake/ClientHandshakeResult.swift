/// What client and server agreed on in the opening handshake.
package struct ClientHandshakeResult: Sendable, Hashable {
    /// The subprotocol the server selected among those offered, or nil if it selected none, which is legal.
    package let subprotocol: String?

    /// The extensions the server accepted, each of them offered, in its order.
    ///
    /// The parameters are not checked: that is up to the extension.
    package let extensions: [ExtensionHeader.Element]

    /// All fields of the response.
    package let fields: HTTPFields
}
