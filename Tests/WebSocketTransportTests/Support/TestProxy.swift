import NIOCore
import NIOPosix
import TestSupport

@testable import WebSocketTransport

/// A small HTTP CONNECT and SOCKS5 proxy on loopback; it records the requests and joins the two connections.
///
/// It connects to 127.0.0.1 for every host, so the names need not exist.
final class TestProxy: Sendable {
    private let listener: any Channel
    private let requests: Recorder<String>
    private let connections: Recorder<any Channel>

    /// The port on 127.0.0.1.
    var port: Int { self.listener.localAddress?.port ?? 0 }
    /// The requests of clients: the head of each CONNECT, or the SOCKS messages in hexadecimal digits.
    var asked: [String] { self.requests.values }
    /// Whether every connection to the proxy has ended.
    var isIdle: Bool { self.connections.values.allSatisfy { !$0.isActive } }

    private init(_ listener: any Channel, _ requests: Recorder<String>, _ connections: Recorder<any Channel>) {
        (self.listener, self.requests, self.connections) = (listener, requests, connections)
    }

    /// Starts to listen.
    ///
    /// - Parameter isSOCKS: True for SOCKS5 with user and password, false for HTTP.
    static func start(isSOCKS: Bool) async throws -> TestProxy {
        let (requests, connections) = (Recorder<String>(), Recorder<any Channel>())
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                connections.append(channel)
                return channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(ProxyHandler(isSOCKS: isSOCKS, requests))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return TestProxy(listener, requests, connections)
    }

    func close() async {
        try? await self.listener.close()
        for connection in self.connections.values { try? await connection.close() }
    }
}

/// Reads the client's request, connects, and then passes bytes on.
private final class ProxyHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private enum State { case greeting, credentials, request, connecting, joined }

    private let isSOCKS: Bool
    private let requests: Recorder<String>
    private var state: State
    private var received = ByteBuffer()
    private var upstream: (any Channel)?

    init(isSOCKS: Bool, _ requests: Recorder<String>) {
        (self.isSOCKS, self.requests) = (isSOCKS, requests)
        self.state = isSOCKS ? .greeting : .request
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = self.unwrapInboundIn(data)
        self.received.writeBuffer(&bytes)
        switch self.state {
        case .greeting: self.answer([5, 2], awaiting: 4, then: .credentials, context)
        case .credentials:
            // The clients of the tests send each message in one write.
            self.answer([1, 0], awaiting: 5, then: .request, context)
        case .request: self.isSOCKS ? self.readSOCKS(context) : self.readHTTP(context)
        case .connecting: break
        case .joined: self.pass()
        }
    }

    private func answer(_ bytes: [UInt8], awaiting count: Int, then state: State, _ context: ChannelHandlerContext) {
        guard self.received.readableBytes >= count else { return }
        self.note()
        self.state = state
        context.writeAndFlush(NIOAny(ByteBuffer(bytes: bytes)), promise: nil)
    }

    private func note() {
        let bytes = self.received.readBytes(length: self.received.readableBytes) ?? []
        let digits = bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        self.requests.append(self.isSOCKS ? digits : String(decoding: bytes, as: UTF8.self))
    }

    private func readHTTP(_ context: ChannelHandlerContext) {
        let head = String(buffer: self.received)
        guard head.utf8.suffix(4).elementsEqual("\r\n\r\n".utf8) else { return }
        let target = head.split(separator: " ").dropFirst().first ?? ""
        let port = target.split(separator: ":").last.flatMap { Int($0) } ?? 0
        self.note()
        self.connect(to: port, context, Array("HTTP/1.1 200 Connection established\r\nVia: test\r\n\r\n".utf8))
    }

    private func readSOCKS(_ context: ChannelHandlerContext) {
        let bytes = Array(self.received.readableBytesView)
        guard bytes.count >= 10, let last = bytes.suffix(2).first else { return }
        self.note()
        let port = Int(last) << 8 | Int(bytes[bytes.count - 1])
        self.connect(to: port, context, [5, 0, 0, 1, 127, 0, 0, 1, 0, 0])
    }

    private func connect(to port: Int, _ context: ChannelHandlerContext, _ answer: [UInt8]) {
        self.state = .connecting
        let client = context.channel
        ClientBootstrap(group: context.eventLoop)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(PassingHandler(to: client))
                }
            }
            .connect(host: "127.0.0.1", port: port)
            .assumeIsolated()
            .whenComplete { result in
                guard case .success(let upstream) = result else { return client.close(promise: nil) }
                self.upstream = upstream
                self.state = .joined
                client.writeAndFlush(ByteBuffer(bytes: answer), promise: nil)
                self.pass()
            }
    }

    private func pass() {
        guard self.received.readableBytes > 0 else { return }
        self.upstream?.writeAndFlush(self.received, promise: nil)
        self.received = ByteBuffer()
    }

    func channelInactive(context: ChannelHandlerContext) { self.upstream?.close(promise: nil) }
    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}

/// Passes bytes on to another channel.
private final class PassingHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let other: any Channel

    init(to other: any Channel) { self.other = other }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        self.other.writeAndFlush(self.unwrapInboundIn(data), promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) { self.other.close(promise: nil) }
    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
