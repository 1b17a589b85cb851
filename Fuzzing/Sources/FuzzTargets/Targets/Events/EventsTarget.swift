import WorkspaceProtocol

/// The codec of workspace messages: it never traps, and what it has read it writes as what it reads as the same.
enum EventsTarget: FuzzTarget {
    private static let decoder = WorkspaceEventDecoder()
    private static let encoder = WorkspaceEventEncoder()

    static func run(_ input: FuzzInput) {
        let event = self.decoder.decode(input.rest)
        let envelope = try? self.decoder.envelope(of: RawSpan(_unsafeBytes: input.rest))
        if case .malformed(let message) = event.content {
            require(message.rawBytes.elementsEqual(input.rest), "A malformed frame is not kept as it came.")
            require((0...input.rest.count).contains(message.error.offset), "The error is at no place of the frame.")
            return
        }
        if !event.deviations.isEmpty {
            require(event.rawBytes?.elementsEqual(input.rest) == true, "A frame that says more is not kept as it came.")
        }
        let expected = WorkspaceEnvelope(type: event.type, timestamp: event.timestamp)
        require(envelope == expected, "The envelope is not that of the event.")
        let written = self.encoder.encode(event)
        let again = self.decoder.decode(written)
        require(again == event, "What was read is written as something else.")
        // Strings are equal if they are canonically equivalent; the bytes of an encoding tell them apart.
        require(self.encoder.encode(again) == written, "What is equal is written otherwise.")
    }
}
