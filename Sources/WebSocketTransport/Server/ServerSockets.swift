import NIOCore
import WebSocketProtocol

/// Every accepted socket of a server, so that shutting down leaves none.
final class ServerSockets: Sendable {
    private struct State {
        var channels: [ObjectIdentifier: any Channel] = [:]
        var connections: [ObjectIdentifier: ConnectionCore] = [:]
        var isShutDown = false
    }

    private let state = Locked(State())

    /// The connections that are open now.
    var connectionCount: Int { self.state.withLock { $0.connections.count } }

    /// A socket was accepted.
    ///
    /// - Throws: `ChannelError` when the server is shut down.
    func adopt(_ channel: any Channel) throws {
        let id = ObjectIdentifier(channel)
        let isShutDown = self.state.withLock { state in
            if !state.isShutDown { state.channels[id] = channel }
            return state.isShutDown
        }
        if isShutDown { throw ChannelError.ioOnClosedChannel }
        channel.closeFuture.whenComplete { _ in self.remove(id) }
    }

    /// The opening handshake on a socket is complete.
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
        }
    }

    /// Closes all: connections by the closing handshake, sockets without one at once.
    func shutDown(_ frame: CloseFrame) async {
        let (channels, connections) = self.state.withLock { state in
            state.isShutDown = true
            return (state.channels, state.connections)
        }
        for connection in connections.values { connection.beginClose(frame) }
        for (id, channel) in channels where connections[id] == nil { channel.close(promise: nil) }
        for channel in channels.values { try? await channel.closeFuture.get() }
    }
}
