import Testing
import WebSocketProtocol
import WebSocketTransport

/// The test of a connection to a peer; either side may have opened it.
struct Exchange {
    let connection: WebSocketConnection
    let peer: Peer

    /// The connection ended too early.
    private struct Ended: Error { let closure: WebSocketClosure? }

    /// Tests everything except the close.
    func everything() async throws {
        var deliveries = Delivery.all
        let isLimited = self.connection.compression != nil && !self.peer.mixesMessages
        if isLimited {
            deliveries.removeAll { $0.message.bytes.count == 0 || $0.isSentAsIs }
        }
        try await self.echo(deliveries)
        guard self.peer.hasFrames else { return }
        #expect(try await self.connection.ping() > .zero)
        if !isLimited { try await self.letPeerPing() }
        try await self.connection.send(text: "!fragment")
        try await self.echo(deliveries.filter { $0.message.bytes.count >= 125 })
        #expect(try await self.connection.ping() > .zero)
    }

    private func letPeerPing() async throws {
        try await self.connection.send(text: "!ping häufig")
        var received = self.connection.messages.makeAsyncIterator()
        #expect(try await received.next()?.text == "!pong häufig")
    }

    /// Sends all messages, and expects the same ones back in this order.
    func echo(_ deliveries: [Delivery]) async throws {
        async let sending: Void = Self.send(deliveries, to: self.connection)
        var received = self.connection.messages.makeAsyncIterator()
        for (index, delivery) in deliveries.enumerated() {
            let sent = "message \(index), \(delivery.message.bytes.count) bytes, \(delivery.way)"
            do {
                guard let echo = try await received.next() else { throw Ended(closure: self.connection.closure) }
                let isSame = echo == delivery.message
                #expect(isSame, "\(sent), came back as \(echo.kind) of \(echo.bytes.count) bytes")
            } catch {
                Issue.record(error, "\(sent)")
                throw error
            }
        }
        try await sending
    }

    private static func send(_ deliveries: [Delivery], to connection: WebSocketConnection) async throws {
        for delivery in deliveries { try await delivery.send(to: connection) }
    }

    /// Asks the peer to close, and checks its Close frame.
    func letPeerClose() async throws {
        try await self.connection.send(text: "!close 4002 genug für heute")
        var received = self.connection.messages.makeAsyncIterator()
        #expect(try await received.next() == nil)
        let closure = try await self.connection.waitUntilClosed()
        #expect(closure.isClean)
        #expect(closure.initiator == .remote)
        #expect(closure.received == CloseFrame(CloseCode(rawValue: 4002), reason: "genug für heute"))
    }

    /// The line that a peer prints after ``closeOurselves()``.
    static let closedLine = "closed 4321 Schluß"

    /// Closes, and expects an answer.
    func closeOurselves() async {
        let closure = await self.connection.close(CloseCode(rawValue: 4321), reason: "Schluß")
        #expect(closure.isClean)
        #expect(closure.initiator == .local)
        #expect(closure.received?.code?.rawValue == 4321)
    }
}
