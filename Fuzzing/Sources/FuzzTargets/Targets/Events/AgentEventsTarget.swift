import WorkspaceProtocol

/// The codec of the agent stream: it never traps, and an event that was read, written and read again is the same.
enum AgentEventsTarget: FuzzTarget {
    private static let decoder = AgentStreamDecoder()
    private static let encoder = AgentStreamEncoder()

    static func run(_ input: FuzzInput) {
        switch self.decoder.decode(input.rest) {
        case .event(let event): self.check(event, input)
        case .response(let response):
            self.check(response.payload)
            _ = try? AgentPermissionList(payload: response.payload)
            _ = try? AgentSessionAnswer(payload: response.payload)
        case .errorResponse(let response):
            self.check(response.payload)
            _ = response.error.permissionCode
        case .request(let request):
            self.check(request.payload)
            let time = RFC3339Timestamp(rawValue: "2026-01-01T00:00:00Z")
            let answer = self.encoder.encode(answer: request.payload, to: request, timestamp: time)
            let expected = AgentResponse(id: request.id, action: request.action, payload: request.payload)
            require(self.decoder.decode(answer) == .response(expected), "An answer is not what was written.")
        }
    }

    private static func check(_ event: AgentEvent, _ input: FuzzInput) {
        if case .malformed(let message) = event.content {
            require(message.rawBytes.elementsEqual(input.rest), "A malformed frame is not kept unchanged.")
            require((0...input.rest.count).contains(message.error.offset), "The error is at no position in the frame.")
            return
        }
        if !event.deviations.isEmpty {
            require(event.rawBytes?.elementsEqual(input.rest) == true, "A frame that says more is not kept unchanged.")
        }
        if case .error(let failure) = event.content { _ = (failure.code, failure.message) }
        _ = (event.stopReason, event.exitCode, event.recentStandardError)
        if let data = event.data { self.check(data) }
        let written = self.encoder.encode(event)
        guard case .event(let again) = self.decoder.decode(written) else {
            require(false, "An event that was written is no event.")
            return
        }
        require(again == event, "A value that was read is written differently.")
        // Strings are equal if they are canonically equivalent; their encoded bytes show the difference.
        require(self.encoder.encode(again) == written, "Equal events are written differently.")
    }

    /// Checks that a value whose text was kept is JSON, and that looking into it does not trap.
    private static func check(_ value: RawJSON) {
        require((try? RawJSON(value.text)) == value, "The text of a value is not JSON.")
        _ = (value.string, value.integer, value.number, value.bool, value["type"], value.elements?.count)
    }
}
