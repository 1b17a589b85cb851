import Logging
import NIOCore
import NIOPosix
import Synchronization
import WebSocketProtocol

/// One attempt to open a connection: it ends with a connection, or with nothing left of it.
final class Dial: Sendable {
    /// The opening handshake, ready to go.
    struct Opening: Sendable {
        /// The bytes of the request.
        var request: [UInt8]
        /// Reads the response.
        var reader: ClientHandshakeReader
    }

    private struct State {
        /// Every channel of the attempt; happy eyeballs may make several.
        var channels: [any Channel] = []
        /// Set by cancellation and by the deadline: no channel may come to life any more.
        var isOver = false
    }

    private let url: WebSocketURL
    private let configuration: WebSocketClientConfiguration
    private let result: EventLoopPromise<WebSocketConnection>
    private let state = Mutex(State())

    init(url: WebSocketURL, configuration: WebSocketClientConfiguration) {
        self.url = url
        self.configuration = configuration
        let group = configuration.eventLoopGroup ?? MultiThreadedEventLoopGroup.singleton
        self.result = group.next().makePromise()
    }

    func connect(_ opening: Opening) async throws -> WebSocketConnection {
        let eventLoop = self.result.futureResult.eventLoop
        let timeout = self.configuration.connectTimeout
        let deadline = eventLoop.scheduleTask(in: TimeAmount(timeout)) {
            self.end(WebSocketError(.connectTimedOut, "No connection to \(self.url) within \(timeout)."))
        }
        defer { deadline.cancel() }
        do {
            let connection = try await withTaskCancellationHandler {
                self.start(opening, on: eventLoop)
                return try await self.result.futureResult.get()
            } onCancel: {
                self.end(CancellationError())
            }
            // From here on the channel is the connection's.
            self.state.withLock { $0.channels = [] }
            self.configuration.logger.debug("WebSocket opened", metadata: ["url": "\(self.url)"])
            return connection
        } catch {
            await self.close()
            self.configuration.logger.debug("WebSocket not opened", metadata: ["url": "\(self.url)"])
            throw error
        }
    }

    /// From any thread, any number of times; without effect once there is a connection.
    func cancel() { self.end(CancellationError()) }

    private func start(_ opening: Opening, on eventLoop: any EventLoop) {
        self.bootstrap(on: eventLoop).whenComplete { outcome in
            switch outcome {
            case .failure(let error):
                self.end(WebSocketError(.connectFailed, "Can't connect to \(self.url).", cause: error))
            case .success(let channel): self.beginHandshake(opening, on: channel)
            }
        }
    }

    private func bootstrap(on eventLoop: any EventLoop) -> EventLoopFuture<any Channel> {
        let bootstrap = ClientBootstrap(group: eventLoop)
            .connectTimeout(TimeAmount(self.configuration.connectTimeout))
            .channelOption(.maxMessagesPerRead, value: 1)
            .channelOption(
                .recvAllocator,
                value: FixedSizeRecvByteBufferAllocator(capacity: self.configuration.connection.readBytes)
            )
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try self.adopt(channel) }
            }
        // A literal address needs no resolver and no thread of it.
        if let address = try? SocketAddress(ipAddress: self.url.host, port: self.url.port) {
            return bootstrap.connect(to: address)
        }
        return bootstrap.connect(host: self.url.host, port: self.url.port)
    }

    private func adopt(_ channel: any Channel) throws {
        let isOver = self.state.withLock { state in
            if !state.isOver { state.channels.append(channel) }
            return state.isOver
        }
        if isOver { throw CancellationError() }
    }

    private func beginHandshake(_ opening: Opening, on channel: any Channel) {
        do {
            let handler = ClientHandshakeHandler(
                opening,
                configuration: self.configuration.connection,
                result: self.result
            )
            try channel.pipeline.syncOperations.addHandler(handler)
        } catch {
            self.end(WebSocketError(.connectFailed, "The connection to \(self.url) ended at once.", cause: error))
        }
    }

    /// Ends the attempt with an error, unless it has a result already.
    private func end(_ error: any Error) {
        let channels = self.state.withLock { state in
            state.isOver = true
            return state.channels
        }
        self.result.fail(error)
        for channel in channels { channel.close(promise: nil) }
    }

    /// Closes what the failed attempt opened and waits for it.
    private func close() async {
        let channels = self.state.withLock { state in
            state.isOver = true
            return state.channels
        }
        for channel in channels {
            channel.close(promise: nil)
            try? await channel.closeFuture.get()
        }
    }
}
