import NIOCore
import NIOSSL
import NIOTLS

/// Above a client's TLS: checks whom the server's certificate is for, and turns errors into those of this package.
///
/// It stays for the life of the connection: a server can refuse our certificate after its own handshake (RFC 8446 §4.4.2).
final class TLSOpeningHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let tls: NIOSSLClientHandler
    private let identity: ServerIdentity
    private let opened: EventLoopPromise<Void>
    private let now: () -> Int

    init(
        _ tls: NIOSSLClientHandler,
        identity: ServerIdentity,
        opened: EventLoopPromise<Void>,
        now: @escaping () -> Int = SystemTime.seconds
    ) {
        (self.tls, self.identity, self.opened, self.now) = (tls, identity, opened, now)
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
        self.fail(failure, cause: error)
        context.fireErrorCaught(failure ?? error)
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.fail()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) { self.fail() }

    private var failure: TLSFailure {
        TLSFailure(identity: self.identity, certificate: self.tls.peerCertificate, now: self.now())
    }

    /// Without effect once the handshake is complete.
    private func fail(_ error: WebSocketError? = nil, cause: (any Error)? = nil) {
        let message = "The connection to \(self.identity) ended in the TLS handshake."
        self.opened.fail(error ?? WebSocketError(.tlsFailed, message, cause: cause))
    }
}
