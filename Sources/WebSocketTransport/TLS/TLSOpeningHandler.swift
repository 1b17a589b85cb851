#if TLS
import NIOCore
import NIOSSL
import NIOTLS
import WebSocketProtocol

/// Checks the host in the server's certificate, and turns TLS errors into errors of this package.
///
/// It is above a client's TLS handler and stays for the life of the connection: a server can refuse our certificate
/// after its own handshake (RFC 8446 §4.4.2).
final class TLSOpeningHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let tls: NIOSSLClientHandler
    private let identity: ServerIdentity
    private let opened: EventLoopPromise<Void>
    private let url: WebSocketURL
    private let now: () -> Int

    init(
        _ tls: NIOSSLClientHandler,
        identity: ServerIdentity,
        opened: EventLoopPromise<Void>,
        url: WebSocketURL,
        now: @escaping () -> Int = SystemTime.seconds
    ) {
        (self.tls, self.identity, self.opened, self.url, self.now) = (tls, identity, opened, url, now)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        context.fireUserInboundEventTriggered(event)
        guard case .handshakeCompleted? = event as? TLSUserEvent else { return }
        let names = (try? self.tls.peerCertificate?.toDERBytes()).map(CertificateNames.init(der:)) ?? CertificateNames()
        guard self.identity.isNamed(by: names) else { return self.opened.fail(self.failure.wrongHost(names)) }
        self.opened.succeed()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        let failure = self.failure.error(error)
        self.opened.fail(failure ?? self.ended(NetworkFailure(error), cause: error))
        context.fireErrorCaught(failure ?? error)
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.opened.fail(self.ended(TLSFailure.end))
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) { self.opened.fail(self.ended(TLSFailure.end)) }

    private var failure: TLSFailure {
        TLSFailure(identity: self.identity, url: self.url, certificate: self.tls.peerCertificate, now: self.now())
    }

    private func ended(_ failure: NetworkFailure, cause: (any Error)? = nil) -> WebSocketError {
        self.failure.ended(failure, cause: cause)
    }
}
#endif
