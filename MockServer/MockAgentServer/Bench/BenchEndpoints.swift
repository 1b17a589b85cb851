import WebSocketProtocol
import WebSocketTransport

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
    /// The compression that the server agrees to.
    let compression: PermessageDeflate?

    func handle(_ request: ServerRequest) async {
        let query = BenchQuery(request.head.query ?? "")
        do {
            switch request.head.path {
            case "/bench/recv":
                let size = try query.integer("size", in: Self.sizeRange)
                let count = try query.integer("count", in: Self.countRange)
                let cycle = FrameCycle(try query.kind(), payload: Self.payload(size))
                let compresses = try query.flag("compress")
                await self.open(request) { try await Self.send(cycle, count: count, compresses, on: $0) }
            case "/bench/events":
                let compresses = try query.flag("compress")
                let count = try query.integer("count", in: Self.countRange)
                let cycle = FrameCycle(GeneratedEvents(count: max(1, count)), style: .plain)
                await self.open(request) { try await Self.send(cycle, count: count, compresses, on: $0) }
            case "/bench/echo": await self.open(request, self.echo)
            case "/bench/sink": await self.open(request, Self.sink)
            default: HTTPAnswer.error(404, "there is nothing at this path").send(to: request)
            }
        } catch {
            HTTPAnswer.error(400, error.message).send(to: request)
        }
    }

    private func open(
        _ request: ServerRequest,
        _ body: @escaping @Sendable (WebSocketConnection) async throws -> Void
    ) async {
        let accepted = try? await request.accept { options in
            let most = max(options.connection.limits.maximumMessageBytes, Self.sizeRange.upperBound)
            options.connection.limits.maximumMessageBytes = most
        }
        guard let connection = accepted else { return }
        self.ledger.opened(connection)
        // An error means that the client has ended the connection, or that the server stops.
        try? await body(connection)
        await connection.close()
        self.ledger.closed(connection)
    }

    private static func payload(_ size: Int) -> [UInt8] {
        let letters = Array("0123456789abcdefghijklmnopqrstuvwxyz".utf8)
        return (0..<size).map { letters[$0 % letters.count] }
    }

    private static func send(
        _ cycle: FrameCycle,
        count: Int,
        _ compresses: Bool,
        on connection: WebSocketConnection
    ) async throws {
        if compresses {
            for index in 0..<count {
                guard let message = cycle.message(index) else { continue }
                try await connection.send(message, compression: .always)
            }
        } else {
            try await Self.sendBursts(cycle, count: count, on: connection)
        }
        // The time for closing has a limit, but a slow client may take any time to read the messages before it.
        _ = try await connection.ping()
    }

    private static func sendBursts(_ cycle: FrameCycle, count: Int, on connection: WebSocketConnection) async throws {
        var sent = 0
        while sent < count {
            let end = min(sent + cycle.messagesAtOnce, count)
            for burst in cycle.bursts(sent..<end) {
                if !burst.frames.isEmpty { connection.sendFrames(burst.frames) }
                if let last = burst.last { try await connection.send(last, compression: .never) }
            }
            sent = end
        }
    }

    /// Sends a whole batch of messages back in one write.
    ///
    /// Messages to be compressed, and the last one of the batch, are sent separately. They wait while the queue is
    /// full.
    private func echo(_ connection: WebSocketConnection) async throws {
        let threshold = connection.compression == nil ? .max : self.compression?.threshold ?? .max
        while let batch = try await connection.inbound.nextMessages() {
            var block = FrameBlock()
            for index in 0..<batch.count {
                let message = batch[index]
                guard message.bytes.count >= threshold || index == batch.count - 1 else {
                    block.append(message.kind.opcode, message.bytes)
                    continue
                }
                if !block.bytes.isEmpty { connection.sendFrames(block.bytes) }
                block = FrameBlock()
                try await connection.send(message)
            }
        }
    }

    private static func sink(_ connection: WebSocketConnection) async throws {
        let question = WebSocketMessage(text: "count")
        var (messages, bytes) = (0, 0)
        while let batch = try await connection.inbound.nextMessages() {
            for index in 0..<batch.count {
                let message = batch[index]
                if message.bytes.count == question.bytes.count, message == question {
                    try await connection.send(text: "{\"msgs\":\(messages),\"bytes\":\(bytes)}")
                } else {
                    messages += 1
                    bytes += message.bytes.count
                }
            }
        }
    }
}
