/// The cases that do not pass yet, always or now and then, and why; a fix takes its line away.
enum KnownIssues {
    /// The echo of what came before the end races with the end: our Close frame is queued by the event loop as soon as
    /// the peer's Close frame, or the broken rule, is read, and refuses the echo of a consumer that is slower.
    private static let echoBeforeClose: Set<String> = [
        "3.2", "3.3", "3.4", "4.1.3", "4.1.4", "4.1.5", "4.2.3", "4.2.4", "4.2.5", "5.15", "7.1.1", "7.1.6",
    ]

    /// The echo races with the Pong: the messages of a read are handed over before its Pings are answered.
    private static let pongBeforeEcho: Set<String> = ["5.6", "5.7", "5.8"]

    /// Whether a case may fail.
    static func contains(_ id: String) -> Bool {
        Self.echoBeforeClose.contains(id) || Self.pongBeforeEcho.contains(id)
    }
}
