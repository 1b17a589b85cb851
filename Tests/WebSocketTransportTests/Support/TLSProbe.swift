import NIOCore
import NIOPosix
import NIOSSL
import NIOTLS
import TestSupport

@testable import WebSocketTransport

/// A TLS server of SwiftNIO: it records what clients offer, sends nothing, and reads everything.
final class TLSProbe: Sendable {
    /// The negotiated values of one TLS handshake.
    struct Seen: Equatable {
        var serverName: String?
        var applicationProtocol: String?
    }

    private let listener: any Channel
    private let names: Recorder<String?>
    private let protocols: Recorder<String?>
    private let ended: Recorder<Void>

    /// The port on 127.0.0.1.
    var port: Int { self.listener.localAddress?.port ?? 0 }
    /// One element per complete handshake.
    var seen: [Seen] {
        zip(self.names.values, self.protocols.values).map { Seen(serverName: $0, applicationProtocol: $1) }
    }
    /// The number of connections that have ended.
    var endedCount: Int { self.ended.values.count }

    private init(
        _ listener: any Channel,
        _ names: Recorder<String?>,
        _ protocols: Recorder<String?>,
        _ ended: Recorder<Void>
    ) {
        (self.listener, self.names, self.protocols, self.ended) = (listener, names, protocols, ended)
    }

    /// Starts to listen with this version of TLS as the highest.
    static func start(maximumVersion: TLSVersion = .tlsv13) async throws -> TLSProbe {
        let (names, protocols, ended) = (Recorder<String?>(), Recorder<String?>(), Recorder<Void>())
        let chain = try NIOSSLCertificate.fromPEMBytes(Array(TestCertificates.serverCertificate.utf8))
        let key = try NIOSSLPrivateKey(bytes: Array(TestCertificates.serverKey.utf8), format: .pem)
        var tls = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) },
            privateKey: .privateKey(key)
        )
        tls.minimumTLSVersion = .tlsv1
        tls.maximumTLSVersion = maximumVersion
        tls.applicationProtocols = ["h2", "http/1.1"]
        tls.sslContextCallback = { values, promise in
            names.append(values.serverHostname)
            promise.succeed(.noChanges)
        }
        let context = try NIOSSLContext(configuration: tls)
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.closeFuture.whenComplete { _ in ended.append(()) }
                return channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandlers([
                        NIOSSLServerHandler(context: context), Handler(protocols),
                    ])
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return TLSProbe(listener, names, protocols, ended)
    }

    func close() async { try? await self.listener.close() }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private let protocols: Recorder<String?>

        init(_ protocols: Recorder<String?>) { self.protocols = protocols }

        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
            guard case .handshakeCompleted(let name)? = event as? TLSUserEvent else { return }
            self.protocols.append(name)
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {}
        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }
}
