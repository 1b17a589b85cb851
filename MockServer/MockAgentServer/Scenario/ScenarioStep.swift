public import WebSocketProtocol
public import WorkspaceProtocol

/// One thing that the server does on a connection; see ``Scenario`` for the form in a file.
public indirect enum ScenarioStep: Sendable, Hashable {
    // MARK: Before the upgrade is answered; first in a list, never in a loop

    /// Does not answer the upgrade for a time, or until ``MockServer/releaseUpgrades()``; nil waits for the latter only.
    case holdUpgrade(Duration?)
    /// Answers the upgrade with another status than 101.
    case refuseUpgrade(status: Int, fields: HTTPFields = [:], body: [UInt8] = [])
    /// Closes the socket without an answer.
    case dropUpgrade
    /// Opens the connection without `connected` and `git_status`.
    case skipAttach

    // MARK: On the open connection

    /// Sends events, all of them `repeat` times, at `rate` per second or as fast as the client reads.
    ///
    /// Events without a timestamp get the current time.
    case send([WorkspaceEvent], rate: Double? = nil, repeat: Int = 1)
    /// Sends generated events.
    case generate(GeneratedEvents)
    /// Does nothing for a time; commands are answered.
    case wait(Duration)
    /// Goes on when the client has sent one more command of a type.
    case waitForCommand(WorkspaceMessageType)
    /// Closes the connection and ends the scenario.
    case close(CloseCode, reason: String = "")
    /// Cuts the socket without a Close frame and ends the scenario.
    case cut
    /// Neither reads nor writes for a time, or as long as the connection lives; not even Pings are answered.
    case stall(Duration?)
    /// Puts bytes on the socket that need not be a frame.
    case garbage([UInt8])
    /// Sends an event as one frame in two writes, cut behind `at` bytes of the frame, with a pause between them.
    ///
    /// The cut is at least behind the first byte and before the last.
    case splitFrame(WorkspaceEvent, at: Int, pause: Duration = .milliseconds(10))
    /// Sends an event in fragments of `size` payload bytes.
    case fragment(WorkspaceEvent, size: Int)
    /// Sends a WebSocket Ping, 125 bytes at most; the client's Pong is not waited for.
    case ping([UInt8] = [])
    /// Repeats steps, `count` times or as long as the connection lives.
    case loop([ScenarioStep], count: Int? = nil)
}
