import ConcurrencyPrimitives
import NIOCore
import NIOHTTP1
import WebSocketProtocol
import WebSocketTransport

/// Connects by HTTP/1.1 over the dial of the transport: TCP or a Unix socket, a proxy, TLS with the check of the host.
struct HTTPControlTransport: ControlTransport {
    /// The address of the runtime; its path is not used.
    let url: WebSocketURL
    /// How to connect.
    let configuration: WebSocketClientConfiguration

    func dial() throws -> any ControlDial {
        let limits = self.configuration.handshakeLimits
        let pending = try WebSocketClient.prepareChannel(self.url, configuration: self.configuration) { channel in
            try Self.addHandlers(to: channel, limits: limits)
        }
        return HTTPControlDial(pending: pending)
    }

    private static func addHandlers(to channel: any Channel, limits: HandshakeLimits) throws {
        // The dial reads little at once, for the answer of a proxy or of a handshake; a body can be large.
        let allocator = AdaptiveRecvByteBufferAllocator(minimum: 2_048, initial: 4_096, maximum: 262_144)
        try channel.syncOptions?.setOption(.recvAllocator, value: allocator)
        var decoding = NIOHTTPDecoderLimitConfiguration()
        decoding.maxHeaderFieldSize = limits.maximumLineBytes
        decoding.maxHeaderListSize = limits.maximumHeadBytes
        decoding.maxHeaderFieldCount = limits.maximumFields
        let decoder = HTTPResponseDecoder(leftOverBytesStrategy: .dropBytes, limitConfiguration: decoding)
        let pipeline = channel.pipeline.syncOperations
        try pipeline.addHandler(HTTPRequestEncoder())
        try pipeline.addHandler(ByteToMessageHandler(decoder))
        try pipeline.addHandler(ControlChannelHandler())
    }
}

private struct HTTPControlDial: ControlDial {
    let pending: PendingChannel

    func connect() async throws -> any ControlConnection {
        HTTPControlConnection(channel: try await self.pending.connect())
    }

    func cancel() { self.pending.cancel() }
}

private final class HTTPControlConnection: ControlConnection {
    private let channel: any Channel

    init(channel: any Channel) { self.channel = channel }

    var isOpen: Bool { self.channel.isActive }

    func exchange(
        _ request: ControlWireRequest,
        limits: ControlLimits
    ) async throws(ControlFailure) -> (answer: ControlAnswer, keepsConnection: Bool) {
        let outcome = ControlOutbound.Outcome()
        let outbound = ControlOutbound(request: request, limits: limits, outcome: outcome)
        // It fails only if the handler does not accept the request: then nothing of it was written.
        self.channel.writeAndFlush(outbound).whenFailure { error in
            let reason = ControlFailure.Reason.ended(reason: NetworkFailure(error).words)
            let failure = ControlFailure(reason: reason, wasWritten: false, hasAnswerBegun: false, cause: error)
            outcome.resolve(.failure(failure))
        }
        // Not cancellable: the caller aborts the connection, which resolves it.
        return try await outcome.wait().get()
    }

    func abort() { self.channel.close(promise: nil) }

    func close() async {
        self.channel.close(promise: nil)
        try? await self.channel.closeFuture.get()
    }

    func whenClosed(_ work: @escaping @Sendable () -> Void) { self.channel.closeFuture.whenComplete { _ in work() } }
}
