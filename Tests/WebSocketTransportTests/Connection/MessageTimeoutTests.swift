import ConcurrencyPrimitives
import TestSupport
import Testing
import WebSocketProtocol

@testable import WebSocketTransport

@Suite("Silence of messages", .timeLimit(.minutes(1)))
struct MessageTimeoutTests {
    private static let configuration = ConnectionConfiguration.test.with { $0.messageTimeout = .milliseconds(150) }

    private static func frame(_ opcode: Opcode, _ payload: [UInt8] = []) -> [UInt8] {
        var writer = FrameWriter(role: .server)
        return writer.frame(opcode, payload: payload)
    }

    @Test("A peer that only shows life is given up, and told so", arguments: [false, true])
    func givesUp(withinMessage: Bool) async throws {
        try await withConnectedClient(Self.configuration) { connection, peer in
            if withinMessage { try await peer.send(WireFrame(.text, [0x61], isFinal: false).bytes) }
            // Cancelled and awaited below; the pause between Pings is far below the timeout.
            let pings = Task {
                while !Task.isCancelled {
                    try await peer.send(Self.frame(.ping))
                    try await Task.sleep(for: .milliseconds(10))
                }
            }
            let closure = try await withTimeout("the end") {
                _ = try await peer.receiveFrames(1)
                try await eventually("the Close frame") {
                    try peer.frames(masked: true).contains { $0.known == .close }
                }
                pings.cancel()
                _ = await pings.result
                await peer.endOutput()
                return try await connection.waitUntilClosed()
            }
            #expect(closure.error?.code == .messageTimedOut)
            #expect(try peer.frames(masked: true).last?.payload.prefix(2).elementsEqual([0x03, 0xE9]) == true)
        }
    }

    @Test("Messages, and parts of one, keep it alive")
    func stays() async throws {
        try await withConnectedClient(Self.configuration) { connection, peer in
            let large = Self.frame(.binary, [UInt8](repeating: 1, count: 40))
            for byte in large {
                try await peer.send([byte])
                // 42 of them together take longer than the timeout; each one takes far less.
                try await Task.sleep(for: .milliseconds(8))
            }
            #expect(connection.closure == nil)
            #expect(connection.statistics.messagesReceived == 1)
        }
    }

    @Test("Time in which the consumer is behind does not count")
    func waitsForTheConsumer() async throws {
        let configuration = Self.configuration.with { $0.receiveQueue.highWaterBytes = 10 }
        try await withConnectedClient(configuration) { connection, peer in
            try await peer.send(Self.frame(.text, Array("longer than ten bytes".utf8)))
            try await eventually("a full queue") { connection.inbound.isOverHighMark }
            // To see that nothing happens, the test must wait: more than twice the timeout.
            try await Task.sleep(for: .milliseconds(400))
            #expect(connection.closure == nil)
            #expect(try await connection.texts(1).count == 1)
            let closure = try await withTimeout("the end") {
                try await eventually("the Close frame") { try !peer.frames(masked: true).isEmpty }
                await peer.endOutput()
                return try await connection.waitUntilClosed()
            }
            #expect(closure.error?.code == .messageTimedOut)
        }
    }

    @Test("A peer that has closed owes no message, however long the consumer takes to answer the last one")
    func notAfterTheEnd() async throws {
        let configuration = Self.configuration.with { $0.closing.answerTime = .seconds(10) }
        try await withConnectedClient(configuration) { connection, peer in
            try await peer.send(Self.frame(.text, Array("question".utf8)))
            var messages = connection.messages.makeAsyncIterator()
            #expect(try await messages.next()?.text == "question")
            try await peer.send(WireFrame(close: 1000, "done"))
            try await eventually("the Close frame") { connection.statistics.received.frames == 2 }
            // To see that nothing happens, the test must wait: more than twice the timeout.
            try await Task.sleep(for: .milliseconds(400))
            #expect(try peer.frames(masked: true).isEmpty)
            try await connection.send(text: "answer")
            #expect(try await messages.next() == nil)
            #expect(try await peer.receiveFrames(2).map(\.known) == [.text, .close])
            let closure = try await connection.waitUntilClosed()
            #expect(closure.isClean)
            #expect(closure.received == CloseFrame(.normalClosure, reason: "done"))
        }
    }
}
