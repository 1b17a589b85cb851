import WebSocketProtocol

/// `Sec-WebSocket-Extensions`: what is read is written as what is read as the same, and what is agreed on was offered.
enum ExtensionsTarget: FuzzTarget {
    static func run(_ input: FuzzInput) {
        var input = input
        let checks = NegotiationChecks(from: &input)
        checks.checkPair()
        // One field per line.
        let values = input.rest.split(separator: UInt8(ascii: "\n"), maxSplits: 3, omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        guard let header = try? ExtensionHeader(parsing: values, from: .client) else { return }
        require((try? ExtensionHeader(header.elements)) == header, "What was read can't be written.")
        let written = try? ExtensionHeader(parsing: [header.value], from: .client)
        require(written == header, "What was read is written otherwise.")
        checks.checkServer(offers: header.elements)
        for element in header.elements where element.name == DeflateParameters.extensionName {
            checks.checkClient(response: element)
        }
    }
}
