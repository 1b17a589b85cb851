import ConcurrencyPrimitives
import TestSupport
import Testing
import WebSocketProtocol

@testable import WebSocketTransport

@Suite("Closing while messages still come", .timeLimit(.minutes(1)))
struct ClosingQueueTests {
    @Test("Closing works when the receive queue is full: the Close frame behind it is found")
    func closeBehindFullQueue() async throws {
        let configuration = ConnectionConfiguration.test.with {
            $0.receiveQueue.highWaterMessages = 10
            $0.readBytes = 4096
        }
        try await withConnectedClient(configuration) { connection, peer in
            for _ in 0..<20_000 { peer.sendLater(WireFrame(text: "unread").bytes) }
            try await eventually("full queue") { connection.statistics.messagesReceived >= 10 }
            async let closing = connection.close()
            peer.sendLater(WireFrame(close: 1000).bytes)
            let closure = await closing
            #expect(closure.isClean)
            #expect(connection.statistics.messagesDroppedWhileClosing > 0)
            let texts = try await connection.texts()
            #expect(texts.count == connection.statistics.messagesReceived)
        }
    }

    @Test("What is received is the beginning of what was sent: behind a dropped message nothing is handed over")
    func noHole() async throws {
        let configuration = ConnectionConfiguration.test.with { $0.receiveQueue.highWaterMessages = 10 }
        try await withConnectedClient(configuration) { connection, peer in
            let texts = (0..<40).map { "message \($0)" }
            try await peer.send(texts[..<20].flatMap { WireFrame(text: $0).bytes })
            try await eventually("a full queue") { connection.inbound.queued.elements == 20 }
            async let closing = connection.close()
            _ = try await peer.receiveFrames(1)
            try await peer.send(texts[20..<30].flatMap { WireFrame(text: $0).bytes })
            try await eventually("dropped messages") { connection.statistics.messagesDroppedWhileClosing == 10 }
            // There is space again, but not for the messages after the gap.
            #expect(try await connection.texts(20) == Array(texts[..<20]))
            #expect(!connection.inbound.isOverHighMark)
            try await peer.send(texts[30...].flatMap { WireFrame(text: $0).bytes } + WireFrame(close: 1000).bytes)
            #expect(await closing.isClean)
            #expect(try await connection.texts() == [])
            #expect(connection.statistics.messagesDroppedWhileClosing == 20)
        }
    }
}
