import ConcurrencyPrimitives
import TestSupport
import Testing
import WebSocketProtocol

@testable import WebSocketTransport

@Suite("What became of a message", .timeLimit(.minutes(1)))
struct SendReceiptsTests {
    @Test("Receipts resolve in order as their bytes are taken; the rest are unknown on the way, else not sent")
    func places() {
        var receipts = SendReceipts()
        let called = Locked<[Int]>([])
        for place in [10, 20, 30, 40] {
            receipts.add({ _ in called.withLock { $0.append(place) } }, place: place)
        }
        #expect(receipts.written(upTo: 9).isEmpty)
        for receipt in receipts.written(upTo: 20) { receipt(.success(())) }
        #expect(called.withLock { $0 } == [10, 20])
        #expect(receipts.written(upTo: 20).isEmpty)
        let ended = receipts.end(takenPlace: 30)
        for (receipt, error) in ended { receipt(.failure(error)) }
        #expect(called.withLock { $0 } == [10, 20, 30, 40])
        #expect(ended.map(\.1.code) == [.deliveryUnknown, .closed])
        #expect(receipts.end(takenPlace: 40).isEmpty)
    }

    @Test("A confirmed send returns when the system has the message, from many tasks as well")
    func confirmed() async throws {
        try await withConnectedClient { connection, peer in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for index in 0..<100 {
                    group.addTask { try await connection.sendAndConfirm(WebSocketMessage(text: "\(index)")) }
                }
                try await group.waitForAll()
            }
            #expect(connection.queuedSendBytes == 0)
            #expect(try await peer.receiveFrames(100).count == 100)
        }
    }

    @Test("When a connection that takes nothing is cut, a message on its way is unknown and one behind it was not sent")
    func cut() async throws {
        try await withConnectedClient { connection, peer in
            try await peer.setReading(false)
            // More than the system's buffers of both ends hold, so the write is not finished.
            let large = WebSocketMessage(binary: [UInt8](repeating: 1, count: 16 * 1024 * 1024))
            let onItsWay = Promise<Result<Void, WebSocketError>>()
            try connection.queue(large) { onItsWay.resolve($0) }
            try await eventually("the event loop writes it") { connection.core.isTaken }
            let behind = Task { try await connection.sendAndConfirm(WebSocketMessage(text: "behind")) }
            try await eventually("the second waits for room") { connection.core.waitingCount == 1 }
            connection.abort()
            #expect(Self.code(await onItsWay.wait()) == .deliveryUnknown)
            let error = await #expect(throws: WebSocketError.self) { try await behind.value }
            #expect(error?.code == .closed)
        }
    }

    private static func code(_ result: Result<Void, WebSocketError>) -> WebSocketError.Code? {
        if case .failure(let error) = result { error.code } else { nil }
    }
}
