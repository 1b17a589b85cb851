import WorkspaceProtocol

/// The codec of workspace messages: it never traps, and an event that was read, written and read again is the same.
enum EventsTarget: FuzzTarget {
    private static let decoder = WorkspaceEventDecoder()
    private static let encoder = WorkspaceEventEncoder()

    static func run(_ input: FuzzInput) {
        let event = self.decoder.decode(input.rest)
        let envelope = try? self.decoder.envelope(of: RawSpan(_unsafeBytes: input.rest))
        if case .malformed(let message) = event.content {
            require(message.rawBytes.elementsEqual(input.rest), "A malformed frame is not kept unchanged.")
            require((0...input.rest.count).contains(message.error.offset), "The error is at no position in the frame.")
            return
        }
        if !event.deviations.isEmpty {
            require(event.rawBytes?.elementsEqual(input.rest) == true, "A frame that says more is not kept unchanged.")
        }
        let expected = WorkspaceEnvelope(type: event.type, timestamp: event.timestamp)
        require(envelope == expected, "The envelope is not that of the event.")
        let written = self.encoder.encode(event)
        let again = self.decoder.decode(written)
        require(again == event, "A value that was read is written differently.")
        // Strings are equal if they are canonically equivalent; their encoded bytes show the difference.
        require(self.encoder.encode(again) == written, "Equal events are written differently.")
    }
}
