/// The state of a stream.
@nonexhaustive public enum WorkspaceStreamState: Sendable, CustomStringConvertible {
    /// The connection is being opened; only its opener knows the stream.
    case dialling
    /// Events arrive and commands are sent.
    case open
    /// A close was *requested*, or the connection has ended; the tasks of the stream are leaving.
    case closing(WorkspaceStreamEnd)
    /// No task, socket or timer of the stream is left.
    case drained(WorkspaceStreamEnd)

    /// Whether nothing of the stream is left.
    public var isDrained: Bool { if case .drained = self { true } else { false } }

    /// The name of the state.
    public var description: String {
        switch self {
        case .dialling: "dialling"
        case .open: "open"
        case .closing(let end): "closing (\(end))"
        case .drained(let end): "drained (\(end))"
        }
    }
}
