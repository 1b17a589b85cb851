import ConcurrencyPrimitives
import NIOCore
import NIOHTTP1
import WebSocketProtocol
import WebSocketTransport

#if RED_CONTROLS
internal import RedControls
#endif

/// A request on its way into the pipeline, with the promise of its answer.
struct ControlOutbound: Sendable {
    /// The answer, and whether the connection can be used again; or the failure.
    typealias Outcome = Promise<Result<(answer: ControlAnswer, keepsConnection: Bool), ControlFailure>>

    var request: ControlWireRequest
    var limits: ControlLimits
    var outcome: Outcome
}

/// The driver of ``ControlExchange`` between NIOHTTP1's encoder and decoder and the callers.
///
/// Every outcome is resolved: by an answer, by a violation, or at the latest when the channel ends.
final class ControlChannelHandler: ChannelDuplexHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundIn = ControlOutbound
    typealias OutboundOut = HTTPClientRequestPart

    private var exchange = ControlExchange()
    private var outcome: ControlOutbound.Outcome?
    /// Whether the system has not taken the whole request.
    private var isSending = false
    private var isEnded = false

    // MARK: Requests

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let outbound = self.unwrapOutboundIn(data)
        guard !self.isEnded, self.exchange.isIdle, self.outcome == nil else {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        // It is accepted. From here on, the outcome says what becomes of it.
        promise?.succeed()
        self.outcome = outbound.outcome
        self.exchange.begin(outbound.limits)
        self.isSending = true
        let sent = context.eventLoop.makePromise(of: Void.self)
        sent.futureResult.assumeIsolated().whenSuccess { self.isSending = false }
        context.write(self.wrapOutboundOut(.head(Self.head(outbound.request))), promise: nil)
        if let body = outbound.request.body {
            context.write(self.wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: body)))), promise: nil)
        }
        context.write(self.wrapOutboundOut(.end(nil)), promise: sent)
    }

    private static func head(_ request: ControlWireRequest) -> NIOHTTP1.HTTPRequestHead {
        var headers = HTTPHeaders()
        for field in request.fields { headers.add(name: field.name, value: field.value) }
        let method = HTTPMethod(rawValue: request.method)
        return NIOHTTP1.HTTPRequestHead(version: .http1_1, method: method, uri: request.target, headers: headers)
    }

    // MARK: Answers

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch self.unwrapInboundIn(data) {
        case .head(let head):
            var fields = HTTPFields()
            for (name, value) in head.headers { fields.append(name: name, value: value) }
            let status = Int(head.status.code)
            self.perform(
                self.exchange.receivedHead(status: status, fields: fields, keepsConnection: head.isKeepAlive),
                context
            )
        case .body(let bytes): self.perform(self.exchange.receivedBody(bytes), context)
        case .end: self.perform(self.exchange.receivedEnd(), context)
        }
    }

    private func perform(_ action: ControlExchange.OnPart, _ context: ChannelHandlerContext) {
        switch action {
        case .wait: break
        case .unsolicited: self.end(.violation("it sent an answer to no request"), context)
        case .failed(let reason): self.end(reason, context)
        case .answered(let answer, let keepsConnection):
            // An answer can overtake the request, of which the rest would then follow.
            let isReusable = keepsConnection && !self.isSending && !self.isEnded
            self.outcome.take()?.resolve(.success((answer, isReusable)))
            if !isReusable { self.close(context) }
        }
    }

    // MARK: Ends

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error {
        case let error as WebSocketError: self.end(.ended(reason: error.message), context, cause: error)
        // The end of the stream in the middle of an answer.
        case HTTPParserError.invalidEOFState: self.end(Self.endOfStream, context)
        case is HTTPParserError, is NIOHTTPDecoderError: self.end(.violation("\(error)"), context, cause: error)
        default: self.end(.ended(reason: NetworkFailure(error).words), context, cause: error)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.end(Self.endOfStream, context)
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.isEnded = true
        self.fail(Self.endOfStream, cause: nil)
    }

    /// Our own end of the connection: a body without a length is then cut, and not at its end.
    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        #if RED_CONTROLS
        let isCut = mode == .all && !RedControl.isActive(.ownEndEndsBody)
        #else
        let isCut = mode == .all
        #endif
        if isCut {
            self.isEnded = true
            self.fail(Self.endOfStream, cause: nil)
        }
        context.close(mode: mode, promise: promise)
    }

    private static let endOfStream = ControlFailure.Reason.ended(reason: "the connection was ended")

    private func end(_ reason: ControlFailure.Reason, _ context: ChannelHandlerContext, cause: (any Error)? = nil) {
        self.fail(reason, cause: cause)
        self.close(context)
    }

    private func fail(_ reason: ControlFailure.Reason, cause: (any Error)?) {
        let hasBegun = self.exchange.hasBegun
        self.exchange.lost()
        let failure = ControlFailure(reason: reason, wasWritten: true, hasAnswerBegun: hasBegun, cause: cause)
        self.outcome.take()?.resolve(.failure(failure))
    }

    private func close(_ context: ChannelHandlerContext) {
        guard !self.isEnded else { return }
        self.isEnded = true
        context.close(promise: nil)
    }
}
