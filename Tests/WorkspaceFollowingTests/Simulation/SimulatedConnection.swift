import AgentRuntime
import ConcurrencyPrimitives
import TestSupport
import WebSocketProtocol
import WorkspaceFollowing
import WorkspaceProtocol

/// One workspace stream of a simulated agentctl: the channels of the server, the network, and the reader of the client.
///
/// Everything runs on the thread of the schedule, so it may be `@unchecked Sendable`.
final class SimulatedConnection: FollowedStream, @unchecked Sendable {
    private static let trackerSlots = 100
    private static let shellSlots = 256

    let number: Int
    private let world: FollowingSchedule
    private let receiver: any WorkspaceEventReceiver
    /// The frames that the server can write before the client reads.
    private let window: Int
    private var tracker: [WorkspaceEvent] = []
    private var shell: [WorkspaceEvent] = []
    private var network: [WorkspaceEvent] = []
    private var hasTracker = false
    private(set) var hasShell = false
    private var forwards = false
    private var isPumping = false
    private var wake: Promise<Void>?
    private var end: StreamEnd?
    private var drained = Promise<StreamEnd>()
    /// Whether the client has stopped reading.
    private(set) var isPaused = false
    /// When the server attached it; nil before.
    private(set) var attachedAt: Duration?
    /// When its client was told that it has ended; nil before.
    private(set) var endedAt: Duration?
    /// Whether the client has received anything.
    private(set) var hasDelivered = false

    init(number: Int, world: FollowingSchedule, window: Int, receiver: any WorkspaceEventReceiver) {
        (self.number, self.world, self.window, self.receiver) = (number, world, window, receiver)
    }

    var workspaceStream: WorkspaceStream? { nil }
    var isOpen: Bool { self.end == nil }
    /// Whether the channel of the trackers has room for some events, whatever the client does.
    var isQuick: Bool { self.tracker.count < 20 && self.shell.count < 100 && self.network.count < self.window }
    var hasLargeWindow: Bool { self.window > 500 }

    func whenDrained(_ use: @escaping @Sendable (StreamEnd) -> Void) { self.drained.whenKnown(use) }

    func requestClose(within limit: Duration?) {
        self.world.post("the client closes connection \(self.number)") { self.end(StreamEnd(.closed)) }
    }

    // MARK: The server

    /// The tracker's channel gets events from now on; nothing is written yet.
    func subscribe(_ replay: [WorkspaceEvent]) {
        guard self.isOpen else { return }
        self.hasTracker = true
        self.attachedAt = self.world.executor.now
        for event in replay { self.offer(event) }
    }

    /// The shell's channel gets output if there is a shell; then `connected` is written, and forwarding begins.
    func attach(hasShell: Bool, timestamp: Int64) {
        guard self.isOpen else { return }
        self.hasShell = hasShell
        self.network.append(WorkspaceEvent(.connected, timestamp: timestamp))
        self.forwards = true
        self.pump()
        self.wakeReader()
    }

    /// Sends without waiting: what has no room is dropped silently.
    ///
    /// - Returns: False if the event was dropped.
    @discardableResult
    func offer(_ event: WorkspaceEvent) -> Bool {
        guard self.isOpen else { return false }
        if case .shellOutput = event.content {
            guard self.hasShell, self.shell.count < Self.shellSlots else { return false }
            self.shell.append(event)
        } else {
            guard self.hasTracker, self.tracker.count < Self.trackerSlots else { return false }
            self.tracker.append(event)
        }
        self.schedulePump()
        return true
    }

    private func schedulePump() {
        guard self.forwards, !self.isPumping else { return }
        self.isPumping = true
        self.world.executor.post {
            self.isPumping = false
            self.pump()
        }
    }

    /// Writes while the client reads, from either channel by chance.
    private func pump() {
        guard self.isOpen else { return }
        while self.network.count < self.window, !(self.tracker.isEmpty && self.shell.isEmpty) {
            let takesShell = self.tracker.isEmpty || (!self.shell.isEmpty && self.world.draw(2) == 0)
            self.network.append(takesShell ? self.shell.removeFirst() : self.tracker.removeFirst())
        }
        self.wakeReader()
    }

    // MARK: The client

    private func wakeReader() { if !self.network.isEmpty { self.wake.take()?.resolve(()) } }

    /// Reads until the connection has ended; the task of the stream's reader.
    func read() async {
        while true {
            guard !self.network.isEmpty else {
                if let end = self.end { return self.drained(end) }
                let wake = Promise<Void>()
                self.wake = wake
                await wake.wait()
                continue
            }
            let all = self.network.count
            // A read takes what is there; a burst is never cut into small reads.
            let count = all >= 100 ? all : 1 + self.world.draw(all)
            let batch = Array(self.network.prefix(count))
            self.network.removeFirst(count)
            self.schedulePump()
            self.hasDelivered = true
            let hasRoom = self.receiver.receive(batch, bytes: batch.reduce(0) { $0 + Self.size(of: $1) }) {
                $0.resume(returning: .more)
            }
            if !hasRoom {
                self.isPaused = true
                await self.receiver.waitForRoom()
                self.isPaused = false
            }
        }
    }

    private static func size(of event: WorkspaceEvent) -> Int {
        switch event.content {
        case .shellOutput(let text): 40 + text.utf8.count
        case .processOutput(let output): 200 + output.data.utf8.count
        default: 200
        }
    }

    private func drained(_ end: StreamEnd) {
        self.endedAt = self.world.executor.now
        self.drained.resolve(end)
    }

    /// The connection ends; what was on its way is lost from some place on.
    func end(_ end: StreamEnd) {
        guard self.isOpen else { return }
        self.world.note("connection \(self.number) ends: \(end.description.prefix(40))")
        self.end = end
        (self.tracker, self.shell) = ([], [])
        self.network.removeLast(self.world.draw(self.network.count + 1))
        self.receiver.stopWaiting()
        self.wake.take()?.resolve(())
    }

    func cut() { self.end(StreamEnd(.failed(AgentRuntimeError(.connectionLost, "cut")))) }
}
