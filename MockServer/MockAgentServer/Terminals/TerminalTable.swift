import ConcurrencyPrimitives
import WebSocketProtocol

/// A size that a client has given to a terminal.
public struct TerminalSize: Sendable, Hashable {
    /// The number of columns.
    public var columns: Int
    /// The number of rows.
    public var rows: Int
}

/// The terminals of the workspace: each echoes its input to all its clients, and keeps its last output.
final class TerminalTable: Sendable {
    private struct Terminal {
        var size: TerminalSize
        var ring = ByteRing(limit: TerminalTable.scrollbackBytes)
        var sockets: [ObjectIdentifier: MockSocket] = [:]
    }

    private struct State {
        var terminals: [String: Terminal] = [:]
        /// The sockets of deleted terminals: they stay open, and nothing comes any more.
        var orphans: [ObjectIdentifier: MockSocket] = [:]
    }

    /// The largest replay when a client attaches.
    static let scrollbackBytes = 16_384
    /// A PTY gives at most this number of bytes at once.
    private static let chunkBytes = 4095

    /// What a new terminal shows.
    private let prompt: String
    private let state = Locked(State())

    init(prompt: String) { self.prompt = prompt }

    func size(of id: String) -> TerminalSize? { self.state.withLock { $0.terminals[id]?.size } }

    func exists(_ id: String) -> Bool { self.state.withLock { $0.terminals[id] != nil } }

    // MARK: Requests

    func start(_ body: [UInt8]) -> HTTPAnswer {
        let request: MockJSON
        do {
            request = try MockJSON(parsing: body)
        } catch {
            return .error(400, "invalid request: \(error)")
        }
        guard let id = request["terminal_id"]?.text, !id.isEmpty else {
            return .error(400, "terminal_id is required")
        }
        let size = TerminalSize(columns: request["cols"]?.integer ?? 80, rows: request["rows"]?.integer ?? 24)
        self.state.withLock { state in
            guard state.terminals[id] == nil else { return }
            var terminal = Terminal(size: size)
            terminal.ring.append(self.prompt.utf8)
            state.terminals[id] = terminal
        }
        return .json(200, ["status": "started", "terminal_id": .string(id)])
    }

    func buffer(_ id: String) -> HTTPAnswer {
        guard let ring = self.state.withLock({ $0.terminals[id]?.ring }) else {
            return .error(404, "terminal \(id) not found")
        }
        return .json(200, ["data": .string(ring.text)])
    }

    func delete(_ id: String) -> HTTPAnswer {
        self.state.withLock { state in
            guard let terminal = state.terminals.removeValue(forKey: id) else { return }
            state.orphans.merge(terminal.sockets) { old, _ in old }
        }
        return .json(200, ["status": "stopped", "terminal_id": .string(id)])
    }

    // MARK: Streams

    /// Replays the scrollback to a new client, which then gets all output.
    func attach(_ socket: MockSocket, to id: String) {
        self.state.withLock { state in
            guard let replay = state.terminals[id]?.ring.contents else { return }
            // This only queues. It happens under the lock, so that no output gets in between.
            if !replay.isEmpty { socket.queue(WebSocketMessage(binary: replay)) }
            state.terminals[id]?.sockets[ObjectIdentifier(socket)] = socket
        }
    }

    func detach(_ socket: MockSocket, from id: String) {
        self.state.withLock { state in
            state.terminals[id]?.sockets[ObjectIdentifier(socket)] = nil
            state.orphans[ObjectIdentifier(socket)] = nil
        }
    }

    /// Takes a message of a client: input, or a new size after the byte 1.
    func receive(_ message: WebSocketMessage, for id: String) {
        let bytes = Array(message.bytes)
        if bytes.first == 1, let size = try? MockJSON(parsing: bytes.dropFirst()), let columns = size["cols"]?.integer,
            let rows = size["rows"]?.integer
        {
            self.state.withLock { $0.terminals[id]?.size = TerminalSize(columns: columns, rows: rows) }
        } else {
            self.send(bytes, to: id)
        }
    }

    /// Writes output to a terminal.
    ///
    /// - Returns: Whether the terminal exists.
    @discardableResult
    func send(_ bytes: [UInt8], to id: String) -> Bool {
        self.state.withLock { state in
            guard state.terminals[id] != nil else { return false }
            state.terminals[id]?.ring.append(bytes)
            var rest = bytes[...]
            while !rest.isEmpty {
                let chunk = WebSocketMessage(binary: rest.prefix(Self.chunkBytes))
                rest = rest.dropFirst(Self.chunkBytes)
                for socket in state.terminals[id]?.sockets.values ?? [:].values { socket.queue(chunk) }
            }
            return true
        }
    }
}
