import NIOConcurrencyHelpers
import NIOCore
import NIOPosix

/// One end of a TCP connection that sends and receives plain bytes, and acts only when a test says so.
package final class RawPeer: Sendable {
    fileprivate struct State {
        var received: [UInt8] = []
        var receivedCount = 0
        var keepsBytes = true
        var isInputEnded = false
        var isClosed = false
    }

    private let channel: any Channel
    private let state: RawPeerState

    fileprivate init(_ channel: any Channel, _ state: RawPeerState) {
        (self.channel, self.state) = (channel, state)
    }

    /// Prepares a channel to be a raw end.
    static func adopt(_ channel: any Channel, greeting: [UInt8] = []) throws -> RawPeer {
        let state = RawPeerState()
        try channel.pipeline.syncOperations.addHandler(RawPeerHandler(state, greeting: greeting))
        return RawPeer(channel, state)
    }

    /// Connects to a port of this machine.
    ///
    /// - Parameter port: The port on 127.0.0.1.
    /// - Returns: The connected end.
    /// - Throws: An error of SwiftNIO.
    package static func connect(to port: Int) async throws -> RawPeer {
        try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture { try RawPeer.adopt(channel) }
            }
    }

    /// All bytes received so far, without those that were only counted.
    package var received: [UInt8] { self.state.value.withLockedValue { $0.received } }
    /// The number of bytes received so far.
    package var receivedCount: Int { self.state.value.withLockedValue { $0.receivedCount } }
    /// Whether the other end has ended its output.
    package var isInputEnded: Bool { self.state.value.withLockedValue { $0.isInputEnded } }
    /// Whether the connection is closed in both directions.
    package var isClosed: Bool { self.state.value.withLockedValue { $0.isClosed } }

    /// An element for each arrival of bytes, of the end of the input, or of the end of the connection; for one task.
    ///
    /// Elements that the task has not yet taken are merged into one. The sequence ends with the connection.
    package var arrivals: AsyncStream<Void> { self.state.arrivals }

    /// Removes the bytes received so far, so that the next call returns only later bytes.
    package func takeReceived() -> [UInt8] {
        self.state.value.withLockedValue { state in
            defer { state.received = [] }
            return state.received
        }
    }

    /// From now on, received bytes are only counted.
    package func countOnly() { self.state.value.withLockedValue { $0.keepsBytes = false } }

    /// Sends bytes and waits until the system has them.
    ///
    /// - Parameter bytes: The bytes.
    /// - Throws: An error of SwiftNIO if the connection has ended.
    package func send(_ bytes: [UInt8]) async throws {
        try await self.channel.writeAndFlush(ByteBuffer(bytes: bytes)).get()
    }

    /// Sends bytes and does not wait; see ``unsentBytes``.
    package func sendLater(_ bytes: [UInt8]) { self.channel.writeAndFlush(ByteBuffer(bytes: bytes), promise: nil) }

    /// The bytes that the system has not taken yet.
    ///
    /// - Returns: 0 if the system has taken all bytes.
    /// - Throws: An error of SwiftNIO if the connection has ended.
    package func unsentBytes() async throws -> Int {
        try await self.channel.getOption(.bufferedWritableBytes).get()
    }

    /// Stops or resumes reading from the system.
    ///
    /// - Parameter isReading: Whether to read.
    /// - Throws: An error of SwiftNIO if the connection has ended.
    package func setReading(_ isReading: Bool) async throws {
        try await self.channel.setOption(.autoRead, value: isReading).get()
    }

    /// Reads once from the system while reading is stopped.
    package func readOnce() { self.channel.read() }

    /// Ends only our direction.
    package func endOutput() async { try? await self.channel.close(mode: .output).get() }

    /// Ends the connection.
    package func close() async { try? await self.channel.close().get() }

    /// Ends the connection with a reset: bytes that the other end has not read are lost.
    package func reset() async {
        let linger = ChannelOptions.Types.SocketOption(level: .socket, name: .so_linger)
        let provider = self.channel as? any SocketOptionProvider
        try? await provider?.unsafeSetSocketOption(
            level: linger.level,
            name: linger.name,
            value: (Int32(1), Int32(0))
        ).get()
        await self.close()
    }
}

/// The state of a raw end.
final class RawPeerState: Sendable {
    fileprivate let value = NIOLockedValueBox(RawPeer.State())
    fileprivate let arrivals: AsyncStream<Void>
    fileprivate let arrived: AsyncStream<Void>.Continuation

    init() {
        (self.arrivals, self.arrived) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    }
}

private final class RawPeerHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let state: RawPeerState

    private let greeting: [UInt8]

    init(_ state: RawPeerState, greeting: [UInt8]) { (self.state, self.greeting) = (state, greeting) }

    func channelActive(context: ChannelHandlerContext) {
        guard !self.greeting.isEmpty else { return }
        context.writeAndFlush(NIOAny(ByteBuffer(bytes: self.greeting)), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = self.unwrapInboundIn(data)
        self.state.value.withLockedValue { state in
            state.receivedCount += bytes.readableBytes
            if state.keepsBytes { state.received += bytes.readableBytesView }
        }
        self.state.arrived.yield()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard event as? ChannelEvent == .inputClosed else { return }
        self.state.value.withLockedValue { $0.isInputEnded = true }
        self.state.arrived.yield()
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.state.value.withLockedValue { ($0.isInputEnded, $0.isClosed) = (true, true) }
        self.state.arrived.finish()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
