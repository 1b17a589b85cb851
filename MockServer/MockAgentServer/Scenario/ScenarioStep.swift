public import WebSocketProtocol
public import WorkspaceProtocol

/// One action of the server on a connection; see ``Scenario`` for its form in a file.
@nonexhaustive public indirect enum ScenarioStep: Sendable, Hashable {
    // MARK: Before the answer to the handshake; first in a list, never in a loop

    /// Delays the answer to the handshake for a time or until ``MockServer/releaseUpgrades()``; nil sets no time.
    case holdUpgrade(Duration?)
    /// Answers the handshake with a status other than 101.
    case refuseUpgrade(status: Int, fields: HTTPFields = [:], body: [UInt8] = [])
    /// Closes the socket without an answer.
    case dropUpgrade
    /// Opens the connection without `connected` and `git_status`.
    case skipAttach

    // MARK: On the open connection

    /// Sends events, the whole list `repeat` times, at `rate` per second or as fast as the client reads.
    ///
    /// Events without a timestamp get the current time.
    case send([WorkspaceEvent], rate: Double? = nil, repeat: Int = 1)
    /// Sends generated events.
    case generate(GeneratedEvents)
    /// Sends nothing for a time, but answers commands.
    case wait(Duration)
    /// Waits until the client has sent one more command of this type.
    case waitForCommand(WorkspaceMessageType)
    /// Closes the connection and ends the scenario.
    case close(CloseCode, reason: String = "")
    /// Ends the socket without a Close frame, and ends the scenario.
    case cut
    /// Neither reads nor writes for a time, or until the connection ends; it does not even answer Pings.
    case stall(Duration?)
    /// Writes bytes to the socket that may not be a frame.
    case garbage([UInt8])
    /// Sends an event as one frame in two writes: `at` bytes of the frame, a pause, and then the rest.
    ///
    /// Each part has at least one byte.
    case splitFrame(WorkspaceEvent, at: Int, pause: Duration = .milliseconds(10))
    /// Sends an event in fragments with `size` payload bytes each.
    case fragment(WorkspaceEvent, size: Int)
    /// Sends a WebSocket Ping of at most 125 bytes; it does not wait for the client's Pong.
    case ping([UInt8] = [])
    /// Repeats steps, `count` times or until the connection ends.
    case loop([ScenarioStep], count: Int? = nil)
}
