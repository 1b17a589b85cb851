import ConcurrencyPrimitives
import NIOCore
public import WebSocketProtocol

/// One request to a server: accept it as a WebSocket, or answer it as plain HTTP.
///
/// Only the first answer is used. If the handler returns without an answer, the client gets a 500.
public final class ServerRequest: Sendable {
    /// The request line and the fields.
    public let head: HTTPRequestHead
    /// Whether the client asks for a WebSocket; the request may still be invalid.
    public let isUpgrade: Bool

    private let options: AcceptOptions
    private let responder: ServerResponder
    private let connection = Locked<WebSocketConnection?>(nil)

    init(head: HTTPRequestHead, isUpgrade: Bool, options: AcceptOptions, responder: ServerResponder) {
        self.head = head
        self.isUpgrade = isUpgrade
        self.options = options
        self.responder = responder
    }

    /// Completes the opening handshake (RFC 6455 §4.2.2).
    ///
    /// If a request breaks the RFC or the server's policy, the client gets one of these statuses: 400, 403, 405, 426 or
    /// 505.
    ///
    /// - Parameter change: Changes the options of this one request, for instance its subprotocol or compression.
    /// - Returns: The open connection.
    /// - Throws: ``WebSocketError`` with `handshakeFailed` when the request was refused, `connectionLost` when the
    ///   client is gone or the request was answered before, also by ``WebSocketServerConfiguration/answerTimeout``;
    ///   with `invalidConfiguration` if a value is out of range; the request can still be answered then.
    public func accept(_ change: (inout AcceptOptions) -> Void = { _ in }) async throws -> WebSocketConnection {
        var options = self.options
        change(&options)
        let connection = try await self.responder.accept(options, try options.handshake())
        self.connection.withLock { $0 = connection }
        return connection
    }

    /// Called after the handler has returned; closes an open connection.
    func finish() async {
        self.responder.respond(PlainAnswer.unanswered, reason: "unanswered")
        await self.connection.withLock { $0 }?.close()
    }

    /// Answers with plain HTTP and closes the socket.
    ///
    /// - Parameters:
    ///   - status: The status, 200 to 599.
    ///   - fields: Fields to add; the length and the type are always set.
    ///   - contentType: The type of the body.
    ///   - body: The body.
    /// - Throws: ``WebSocketError`` with `invalidConfiguration` for a status or a field that can't be sent.
    public func respond(
        status: Int,
        fields: HTTPFields = [:],
        contentType: String = "application/json",
        body: [UInt8] = []
    ) throws {
        var all: HTTPFields = [
            "Content-Type": contentType, "Content-Length": "\(body.count)", "Connection": "close",
        ]
        for field in fields { all.append(name: field.name, value: field.value) }
        do throws(HandshakeError) {
            let response = try HTTPResponseHead(status: status, fields: all)
            self.responder.respond(response.serialize() + body, reason: "status \(status)")
        } catch {
            throw WebSocketError(.invalidConfiguration, "The response can't be sent: \(error.message)", cause: error)
        }
    }

    /// Closes the socket without an answer.
    public func abort() { self.responder.respond([], reason: "dropped") }
}
