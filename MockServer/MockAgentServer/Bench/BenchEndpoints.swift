import WebSocketProtocol
import WebSocketTransport

/// Endpoints to measure clients against; the server's token is asked for as elsewhere.
///
/// | path | what happens |
/// |---|---|
/// | `/bench/recv?count=N&size=B[&kind=text\|binary]` | N messages of B bytes, then close 1000 |
/// | `/bench/events?count=N` | N events of the generated mix with seed 1, then close 1000 |
/// | `/bench/echo` | every message comes back as it is |
/// | `/bench/sink` | counts messages; the text `count` is not counted but answered with `{"msgs":N,"bytes":B}` |
///
/// `count` is 0 to 1,000,000,000, `size` 0 to 67,108,864; `kind` is binary unless it says text. What is wrong in a
/// query is answered with 400.
struct BenchEndpoints: Sendable {
    private static let countRange = 0...1_000_000_000
    private static let sizeRange = 0...67_108_864

    let ledger: ServerLedger

    func handle(_ request: ServerRequest) async {
        let query = BenchQuery(request.head.query ?? "")
        do {
            switch request.head.path {
            case "/bench/recv":
                let size = try query.integer("size", in: Self.sizeRange)
                let count = try query.integer("count", in: Self.countRange)
                let cycle = FrameCycle(try query.kind(), payload: Self.payload(size))
                await self.open(request) { try await Self.send(cycle, count: count, on: $0) }
            case "/bench/events":
                let count = try query.integer("count", in: Self.countRange)
                let cycle = FrameCycle(GeneratedEvents(count: max(1, count)), style: .plain)
                await self.open(request) { try await Self.send(cycle, count: count, on: $0) }
            case "/bench/echo": await self.open(request, Self.echo)
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
        guard let connection = try? await request.accept() else { return }
        self.ledger.opened(connection)
        // An error says that the client is gone, or the server stops.
        try? await body(connection)
        await connection.close()
        self.ledger.closed(connection)
    }

    private static func payload(_ size: Int) -> [UInt8] {
        let letters = Array("0123456789abcdefghijklmnopqrstuvwxyz".utf8)
        return (0..<size).map { letters[$0 % letters.count] }
    }

    private static func send(_ cycle: FrameCycle, count: Int, on connection: WebSocketConnection) async throws {
        var sent = 0
        while sent < count {
            let end = min(sent + cycle.messagesAtOnce, count)
            for burst in cycle.bursts(sent..<end) {
                if !burst.frames.isEmpty { connection.sendRaw(burst.frames) }
                if let last = burst.last { try await connection.send(last) }
            }
            sent = end
        }
        // The time for closing is bounded; that for a slow client to read what comes before it is not.
        _ = try await connection.ping()
    }

    /// A whole batch of messages goes back in one write; the last of them waits while the queue is full.
    private static func echo(_ connection: WebSocketConnection) async throws {
        while let batch = try await connection.batches.nextMessages() {
            guard batch.count > 0 else { continue }
            var block = FrameBlock()
            for index in 0..<(batch.count - 1) {
                let message = batch[index]
                block.append(message.kind.opcode, message.bytes)
            }
            if batch.count > 1 { connection.sendRaw(block.bytes) }
            try await connection.send(batch[batch.count - 1])
        }
    }

    private static func sink(_ connection: WebSocketConnection) async throws {
        let question = WebSocketMessage(text: "count")
        var (messages, bytes) = (0, 0)
        while let batch = try await connection.batches.nextMessages() {
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
