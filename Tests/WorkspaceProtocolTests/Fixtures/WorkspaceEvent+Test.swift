import WorkspaceProtocol

extension WorkspaceEvent {
    /// Decodes a frame.
    init(frame: String) {
        self = WorkspaceEventDecoder().decode([UInt8](frame.utf8))
    }

    /// The error, if the event is a malformed message.
    var error: WorkspaceProtocolError? {
        guard case .malformed(let message) = self.content else { return nil }
        return message.error
    }
}
