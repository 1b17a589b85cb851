import WebSocketProtocol

/// `Sec-WebSocket-Extensions`: what is read is written as what is read as the same.
enum ExtensionsTarget: FuzzTarget {
    static func run(_ input: FuzzInput) {
        // One field per line.
        let values = input.rest.split(separator: UInt8(ascii: "\n"), maxSplits: 3, omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        guard let header = try? ExtensionHeader(parsing: values) else { return }
        require((try? ExtensionHeader(header.elements)) == header, "What was read can't be written.")
        require((try? ExtensionHeader(parsing: [header.value])) == header, "What was read is written otherwise.")
    }
}
