import ConcurrencyPrimitives
import NIOCore
import WebSocketProtocol

/// One request to the mock server, with its body: answer it, or accept it as a WebSocket.
///
/// Only the first answer is used.
final class MockRequest: Sendable {
    /// The request line and the fields.
    let head: HTTPRequestHead
    /// The body, without chunks.
    let body: [UInt8]

    /// The place of a request for the workspace stream among all of them.
    struct Attempt: Sendable {
        /// The number of requests before it.
        var number: Int
        /// How many times delayed handshakes were released before it.
        var releases: Int
    }

    private enum Delivery { case once, twice, lost }

    private let eventLoop: any EventLoop
    private let handler: NIOLoopBoundBox<HTTPHandler?>
    private let delivery = Locked(Delivery.once)
    private let place = Locked<Attempt?>(nil)

    /// Must be called on the event loop.
    init(head: HTTPRequestHead, body: [UInt8], handler: HTTPHandler, eventLoop: any EventLoop) {
        (self.head, self.body, self.eventLoop) = (head, body, eventLoop)
        self.handler = NIOLoopBoundBox(handler, eventLoop: eventLoop)
    }

    /// The place among the requests for the workspace stream; nil for other requests.
    var attempt: Attempt? { self.place.withLock { $0 } }

    func count(as attempt: Attempt) { self.place.withLock { $0 = attempt } }

    /// The value of a parameter of the query, without percent-encoding; nil if it is missing.
    func parameter(_ name: String) -> String? {
        for part in (self.head.query ?? "").split(separator: "&") {
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard pair[0] == name else { continue }
            return PercentText.decoded(pair.count == 2 ? pair[1] : "")
        }
        return nil
    }

    /// Sends an answer; the TCP connection is kept for the next request unless the client or the answer says otherwise.
    func respond(_ answer: HTTPAnswer) {
        let closes =
            answer.closes || self.head.fields.listContains("close", for: "Connection")
            || self.head.version != .http11
        let once = answer.serialize(closes: closes, hasBody: self.head.method != "HEAD")
        let bytes =
            switch self.delivery.withLock({ $0 }) {
            case .once: once
            case .twice: once + once
            case .lost: [UInt8]()
            }
        self.eventLoop.execute { self.takeHandler()?.answer(bytes, closes: closes) }
    }

    /// Makes the answer go out twice.
    func repeatsAnswer() { self.delivery.withLock { $0 = .twice } }

    /// Makes the TCP connection end instead of an answer.
    func losesAnswer() { self.delivery.withLock { $0 = .lost } }

    /// Closes the TCP connection without an answer.
    func abort() {
        self.eventLoop.execute { self.takeHandler()?.answer([], closes: true) }
    }

    /// Completes the opening handshake.
    ///
    /// - Parameters:
    ///   - terms: How the socket behaves.
    ///   - open: Called on the event loop before the first message; what it queues follows the 101 at once.
    ///   - onMessage: Called on the event loop with each message, in order.
    /// - Returns: The value of `open`; nil if the request breaks the RFC, or the client is gone. Then it is answered.
    func accept<Session: Sendable>(
        _ terms: SocketTerms,
        _ open: @escaping @Sendable (MockSocket) -> Session,
        onMessage: @escaping @Sendable (Session, WebSocketMessage) -> Void
    ) async -> Session? {
        guard let handshake = try? ServerHandshake(policy: Self.policy) else { return nil }
        guard case .accept(let acceptance) = handshake.evaluate(self.head) else {
            self.respond(.badUpgrade)
            return nil
        }
        let promise = self.eventLoop.makePromise(of: Session?.self)
        self.eventLoop.execute {
            let handler = self.takeHandler()
            promise.succeed(
                handler?.accept(acceptance, terms) { socket in
                    let session = open(socket)
                    return (session, { onMessage(session, $0) })
                }
            )
        }
        return (try? await promise.futureResult.get()) ?? nil
    }

    /// Any origin may connect: agentctl does not check it.
    private static let policy: ServerHandshakePolicy = {
        var policy = ServerHandshakePolicy()
        policy.origin = .any
        return policy
    }()

    /// Called after the task of the request has ended.
    func finish() { self.respond(HTTPAnswer(status: 500, body: [])) }

    private func takeHandler() -> HTTPHandler? {
        defer { self.handler.value = nil }
        return self.handler.value
    }
}

/// Percent-encoding in the parts of a URL (RFC 3986 §2.1).
enum PercentText {
    /// The text with each `%XX` replaced by its byte, and `+` by a space, as in the query of a form.
    static func decoded(_ text: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            let digits = rest.prefix(2)
            if byte == UInt8(ascii: "%"), digits.count == 2,
                let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
