import ConcurrencyPrimitives
import WebSocketProtocol

/// The one queue of agent events: each event goes to one of the clients in turn, or waits for the next client.
final class MockAgentEvents: Sendable {
    private struct State {
        var sockets: [MockSocket] = []
        var next = 0
        var waiting: [MockJSON] = []
    }

    /// Events that wait for a client; further ones are lost.
    private static let maximumWaiting = 100_000
    /// A client that has not read this number of bytes gets no event; then the events wait, too.
    private static let maximumQueuedBytes = 64 * 1024 * 1024

    let style: FrameStyle
    private let state = Locked(State())

    init(style: FrameStyle) { self.style = style }

    /// The number of attached clients.
    var count: Int { self.state.withLock { $0.sockets.count } }

    var sockets: [MockSocket] { self.state.withLock { $0.sockets } }

    /// Sends an event, or keeps it until a client attaches or reads.
    func post(_ event: MockJSON) {
        self.state.withLock { state in
            if state.waiting.count < Self.maximumWaiting { state.waiting.append(event) }
            self.sendWaiting(&state)
        }
    }

    /// Sends the events that wait, as far as the clients have room.
    private func sendWaiting(_ state: inout State) {
        var sent = 0
        while sent < state.waiting.count, let socket = Self.nextSocket(&state) {
            // This only queues, so the lock may be held; it keeps the order.
            self.send(state.waiting[sent], on: socket)
            sent += 1
        }
        state.waiting.removeFirst(sent)
    }

    /// The client whose turn it is, or the next one with room; nil if there is none.
    private static func nextSocket(_ state: inout State) -> MockSocket? {
        for _ in state.sockets {
            state.next += 1
            let socket = state.sockets[state.next % state.sockets.count]
            if socket.queuedBytes < self.maximumQueuedBytes { return socket }
        }
        return nil
    }

    /// Adds a client, and sends it the events that have waited.
    func attach(_ socket: MockSocket) {
        self.state.withLock { state in
            state.sockets.append(socket)
            self.sendWaiting(&state)
        }
    }

    func detach(_ socket: MockSocket) { self.state.withLock { $0.sockets.removeAll { $0 === socket } } }

    /// Sends any message of the agent stream on one connection.
    func send(_ message: MockJSON, on socket: MockSocket) {
        var block = FrameBlock()
        block.append(text: message.bytes, style: self.style)
        socket.sendFrames(block.bytes)
    }
}
