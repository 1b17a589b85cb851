import WebSocketProtocol

/// `Sec-WebSocket-Extensions`: a value can be read, written and read again unchanged; both sides agree only within the
/// offer.
enum ExtensionsTarget: FuzzTarget {
    static func run(_ input: FuzzInput) {
        var input = input
        let checks = NegotiationChecks(from: &input)
        checks.checkPair()
        // One field per line.
        let values = input.rest.split(separator: UInt8(ascii: "\n"), maxSplits: 3, omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        guard let header = try? ExtensionHeader(parsing: values, from: .client) else { return }
        require((try? ExtensionHeader(header.elements)) == header, "A value that was read can't be written.")
        let written = try? ExtensionHeader(parsing: [header.value], from: .client)
        require(written == header, "A value that was read is written differently.")
        checks.checkServer(offers: header.elements)
        for element in header.elements where element.name == DeflateParameters.extensionName {
            checks.checkClient(response: element)
        }
    }
}
