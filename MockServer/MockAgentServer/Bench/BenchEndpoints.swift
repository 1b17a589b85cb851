import ConcurrencyPrimitives
import WebSocketProtocol

/// Endpoints for measuring clients; they check the token like all other endpoints.
///
/// | path | what happens |
/// |---|---|
/// | `/bench/recv?count=N&size=B[&kind=text\|binary][&compress=true]` | N messages of B bytes, then close 1000 |
/// | `/bench/events?count=N[&compress=true]` | N events of the generated mix with seed 1, then close 1000 |
/// | `/bench/echo` | every message comes back as it is, up to 64 MiB |
/// | `/bench/sink` | counts messages; the text `count` is not counted but answered with `{"msgs":N,"bytes":B}` |
///
/// `count` is 0 to 1,000,000,000, and `size` is 0 to 67,108,864. Without `kind`, messages are binary. An invalid query
/// is answered with 400.
///
/// If client and server have agreed on permessage-deflate, `echo` compresses messages of at least
/// ``PermessageDeflate/threshold`` bytes. `recv` and `events` compress every message with `compress=true`, and
/// otherwise none.
struct BenchEndpoints: Sendable {
    private static let countRange = 0...1_000_000_000
    private static let sizeRange = 0...67_108_864

    let ledger: ServerLedger
    /// The terms of all WebSockets of the server.
    let terms: SocketTerms

    var endpoints: [Endpoint] {
        [
            Endpoint("GET", "/bench/recv") { request, _ in await self.checked(request, self.receive) },
            Endpoint("GET", "/bench/events") { request, _ in await self.checked(request, self.events) },
            Endpoint("GET", "/bench/echo") { request, _ in await self.echo(request) },
            Endpoint("GET", "/bench/sink") { request, _ in await self.sink(request) },
        ]
    }

    private func checked(
        _ request: MockRequest,
        _ handle: (MockRequest, BenchQuery) async throws(BenchQuery.Failure) -> Void
    ) async {
        do {
            try await handle(request, BenchQuery(request.head.query ?? ""))
        } catch {
            request.respond(.error(400, error.message))
        }
    }

    private func receive(_ request: MockRequest, _ query: BenchQuery) async throws(BenchQuery.Failure) {
        let size = try query.integer("size", in: Self.sizeRange)
        let count = try query.integer("count", in: Self.countRange)
        let cycle = FrameCycle(try query.kind(), payload: Self.payload(size))
        await self.send(cycle, count: count, compresses: try query.flag("compress"), to: request)
    }

    private func events(_ request: MockRequest, _ query: BenchQuery) async throws(BenchQuery.Failure) {
        let compresses = try query.flag("compress")
        let count = try query.integer("count", in: Self.countRange)
        let cycle = FrameCycle(GeneratedEvents(count: max(1, count)), style: .plain)
        await self.send(cycle, count: count, compresses: compresses, to: request)
    }

    /// Accepts a WebSocket, and runs `body` until it closes with 1000.
    private func open(
        _ request: MockRequest,
        pausesWhenFull: Bool = false,
        onMessage: @escaping @Sendable (MockSocket, WebSocketMessage) -> Void,
        _ body: (MockSocket) async throws -> Void
    ) async {
        var terms = self.terms
        // These endpoints are not agentctl's, so they keep to the RFC.
        (terms.timeAfterClose, terms.pausesWhenFull) = (nil, pausesWhenFull)
        terms.limits.maximumMessageBytes = max(terms.limits.maximumMessageBytes, Self.sizeRange.upperBound)
        guard let socket = await request.accept(terms, { $0 }, onMessage: onMessage) else { return }
        self.ledger.opened(socket)
        // An error means that the client has ended the connection, or that the server stops.
        try? await body(socket)
        await socket.close()
        self.ledger.closed(socket)
    }

    private static func payload(_ size: Int) -> [UInt8] {
        let letters = Array("0123456789abcdefghijklmnopqrstuvwxyz".utf8)
        return (0..<size).map { letters[$0 % letters.count] }
    }

    private func send(_ cycle: FrameCycle, count: Int, compresses: Bool, to request: MockRequest) async {
        await self.open(request, onMessage: { _, _ in }) { socket in
            if compresses {
                for index in 0..<count {
                    guard let message = cycle.message(index) else { continue }
                    try await socket.send(message, compression: .always)
                }
            } else {
                try await Self.sendBursts(cycle, count: count, on: socket)
            }
            // The time for closing has a limit, but a slow client may take any time to read the messages before it.
            _ = try await socket.ping()
        }
    }

    private static func sendBursts(_ cycle: FrameCycle, count: Int, on socket: MockSocket) async throws {
        var sent = 0
        while sent < count {
            let end = min(sent + cycle.messagesAtOnce, count)
            for burst in cycle.bursts(sent..<end) {
                socket.sendFrames(burst)
                try await socket.waitForRoom()
            }
            sent = end
        }
    }

    /// Sends the messages of one read back in one write.
    private func echo(_ request: MockRequest) async {
        await self.open(
            request,
            pausesWhenFull: true,
            onMessage: { $0.queue($1, compression: .automatic) }
        ) { try await $0.untilEnd() }
    }

    private func sink(_ request: MockRequest) async {
        let question = WebSocketMessage(text: "count")
        let counted = Locked((messages: 0, bytes: 0))
        await self.open(
            request,
            onMessage: { socket, message in
                if message.bytes.count == question.bytes.count, message == question {
                    let (messages, bytes) = counted.withLock { $0 }
                    socket.queue(WebSocketMessage(text: "{\"msgs\":\(messages),\"bytes\":\(bytes)}"))
                } else {
                    counted.withLock { counted in
                        counted.messages += 1
                        counted.bytes += message.bytes.count
                    }
                }
            }
        ) { try await $0.untilEnd() }
    }
}

extension MockSocket {
    /// Waits until the connection has ended.
    func untilEnd() async throws { _ = try await self.closed.waitUnlessCancelled() }
}
