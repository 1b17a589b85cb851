import ConcurrencyPrimitives
import NIOCore
import WebSocketProtocol

/// Every accepted socket of a server; it limits their number, and a close of the server closes all of them.
final class ServerSockets: Sendable {
    /// What to do with a new socket.
    enum OnAccept: Equatable {
        /// Read its request.
        case read
        /// The server is full: answer that.
        case refuse
        /// Even the answer would be too much, or the server is closed: close without an answer.
        case drop
    }

    private struct State {
        var channels: [ObjectIdentifier: any Channel] = [:]
        var connections: [ObjectIdentifier: ConnectionCore] = [:]
        /// Sockets that get the answer that the server is full.
        var refused: [ObjectIdentifier: any Channel] = [:]
        var isClosed = false

        /// Sockets whose opening handshake is not complete.
        var handshakes: Int { self.channels.count - self.connections.count }
    }

    /// The maximum number of sockets that get this answer at once; more are closed without an answer.
    private static let maximumRefused = 64

    private let maximumConnections: Int
    private let maximumHandshakes: Int
    private let state = Locked(State())

    init(_ configuration: WebSocketServerConfiguration) {
        self.maximumConnections = configuration.maximumConnections
        self.maximumHandshakes = configuration.maximumHandshakes
    }

    /// The number of open connections.
    var connectionCount: Int { self.state.withLock { $0.connections.count } }

    /// A socket was accepted.
    func adopt(_ channel: any Channel) -> OnAccept {
        let id = ObjectIdentifier(channel)
        let action = self.state.withLock { state in self.admit(channel, id, &state) }
        guard action != .drop else { return action }
        channel.closeFuture.whenComplete { _ in self.remove(id) }
        return action
    }

    private func admit(_ channel: any Channel, _ id: ObjectIdentifier, _ state: inout State) -> OnAccept {
        guard !state.isClosed else { return .drop }
        if state.channels.count < self.maximumConnections, state.handshakes < self.maximumHandshakes {
            state.channels[id] = channel
            return .read
        }
        guard state.refused.count < Self.maximumRefused else { return .drop }
        state.refused[id] = channel
        return .refuse
    }

    /// The opening handshake on a socket is complete.
    ///
    /// Called on the event loop of the socket, as ``remove(_:)`` is, so the socket is still in the table.
    func opened(_ core: ConnectionCore, on channel: any Channel) {
        let isClosed = self.state.withLock { state in
            state.connections[ObjectIdentifier(channel)] = core
            return state.isClosed
        }
        if isClosed { core.beginClose(CloseFrame(.goingAway)) }
    }

    private func remove(_ id: ObjectIdentifier) {
        self.state.withLock { state in
            state.channels[id] = nil
            state.connections[id] = nil
            state.refused[id] = nil
        }
    }

    /// Closes all sockets: connections with the closing handshake, other sockets at once.
    func close(_ frame: CloseFrame) async {
        let (channels, connections) = self.state.withLock { state in
            state.isClosed = true
            return (state.channels.merging(state.refused) { adopted, _ in adopted }, state.connections)
        }
        for connection in connections.values { connection.beginClose(frame) }
        for (id, channel) in channels where connections[id] == nil { channel.close(promise: nil) }
        for channel in channels.values { try? await channel.closeFuture.get() }
    }
}
