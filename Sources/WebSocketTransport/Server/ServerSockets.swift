import ConcurrencyPrimitives
import NIOCore
import WebSocketProtocol

/// Every accepted socket of a server: bounds how many there are, and shutting down leaves none.
final class ServerSockets: Sendable {
    /// What to do with a new socket.
    enum OnAccept: Equatable {
        /// Read its request.
        case read
        /// There is no room: say so.
        case refuse
        /// There are too many to say so even, or the server is shut down.
        case drop
    }

    private struct State {
        var channels: [ObjectIdentifier: any Channel] = [:]
        var connections: [ObjectIdentifier: ConnectionCore] = [:]
        /// Sockets that are being told that there is no room.
        var refused: [ObjectIdentifier: any Channel] = [:]
        var isShutDown = false

        /// Sockets whose opening handshake is not complete.
        var handshakes: Int { self.channels.count - self.connections.count }
    }

    /// Sockets that are told at once that there is no room; more are closed without a word.
    private static let maximumRefused = 64

    private let maximumConnections: Int
    private let maximumHandshakes: Int
    private let state = Locked(State())

    init(_ configuration: WebSocketServerConfiguration) {
        self.maximumConnections = configuration.maximumConnections
        self.maximumHandshakes = configuration.maximumHandshakes
    }

    /// The connections that are open now.
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
        guard !state.isShutDown else { return .drop }
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
    /// On its event loop, as is ``remove(_:)``: the socket is still there.
    func opened(_ core: ConnectionCore, on channel: any Channel) {
        let isShutDown = self.state.withLock { state in
            state.connections[ObjectIdentifier(channel)] = core
            return state.isShutDown
        }
        if isShutDown { core.beginClose(CloseFrame(.goingAway)) }
    }

    private func remove(_ id: ObjectIdentifier) {
        self.state.withLock { state in
            state.channels[id] = nil
            state.connections[id] = nil
            state.refused[id] = nil
        }
    }

    /// Closes all: connections by the closing handshake, sockets without one at once.
    func shutDown(_ frame: CloseFrame) async {
        let (channels, connections) = self.state.withLock { state in
            state.isShutDown = true
            return (state.channels.merging(state.refused) { adopted, _ in adopted }, state.connections)
        }
        for connection in connections.values { connection.beginClose(frame) }
        for (id, channel) in channels where connections[id] == nil { channel.close(promise: nil) }
        for channel in channels.values { try? await channel.closeFuture.get() }
    }
}
