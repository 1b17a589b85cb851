import WebSocketProtocol
import WorkspaceProtocol

extension Scenario {
    /// Sends nothing after the attach sequence, and answers commands.
    public static let idle = Scenario()

    /// Generates events without end, as fast as the client reads.
    public static let flood = Scenario([.generate(GeneratedEvents())])

    /// A different fault for each attempt, and then none: on the ninth attempt a client sees `demo`.
    public static let faults = Scenario(attempts: [
        [.holdUpgrade(.milliseconds(200)), .refuseUpgrade(status: 503, fields: ["Retry-After": "1"])],
        [.dropUpgrade],
        [.generate(GeneratedEvents(count: 20, rate: 100)), .cut],
        [.generate(GeneratedEvents(count: 20)), .garbage(Array("this is not a WebSocket frame".utf8))],
        [
            .splitFrame(Self.notice, at: 3, pause: .milliseconds(200)), .fragment(Self.notice, size: 7),
            .close(.goingAway),
        ],
        [.generate(GeneratedEvents(count: 20)), .stall(.seconds(2)), .close(.internalError, reason: "out of memory")],
        [.skipAttach, .wait(.milliseconds(200)), .close(.serviceRestart)],
        [.refuseUpgrade(status: 429)],
        Self.demoSteps,
    ])

    /// A workspace with two active repositories: about 40 events in 3 seconds, and then nothing.
    public static let demo = Scenario(Self.demoSteps)

    /// The built-in scenarios by their names.
    public static let builtIn: [String: Scenario] = [
        "demo": demo, "idle": idle, "flood": flood, "faults": faults,
    ]

    private static let notice = WorkspaceEvent(.shellOutput("This message came in pieces: ✓\r\n"), timestamp: nil)
}
