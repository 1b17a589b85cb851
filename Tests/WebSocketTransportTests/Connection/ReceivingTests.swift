import ConcurrencyPrimitives
import TestSupport
import Testing
import WebSocketProtocol

@testable import WebSocketTransport

@Suite("Receiving messages", .timeLimit(.minutes(1)))
struct ReceivingTests {
    private func numbered(_ range: Range<Int>) -> [String] { range.map { "message \($0)" } }

    private func bytes(_ texts: [String]) -> [UInt8] { texts.flatMap { WireFrame(text: $0).bytes } }

    @Test("One read of many frames is handed over as one batch, in order")
    func oneBatch() async throws {
        try await withConnectedClient { connection, peer in
            let texts = self.numbered(0..<1000)
            try await peer.send(self.bytes(texts))
            var batches = 0
            var received: [String] = []
            while received.count < texts.count {
                var iterator = connection.batches.makeAsyncIterator()
                let batch = try #require(try await iterator.next())
                batches += 1
                #expect(!batch.isEmpty && batch.byteCount == batch.reduce(0) { $0 + $1.bytes.count })
                received += batch.map { $0.text ?? "" }
            }
            #expect(received == texts)
            #expect(batches < 10)
        }
    }

    @Test("Batches go on where a loop over messages was left, and end with the connection")
    func batchesAfterMessages() async throws {
        try await withConnectedClient { connection, peer in
            let texts = self.numbered(0..<10)
            try await peer.send(self.bytes(texts))
            let first = try await connection.texts(3)
            try await peer.send(WireFrame(close: 1000).bytes)
            var rest: [String] = []
            for try await batch in connection.batches { rest += batch.map { $0.text ?? "" } }
            #expect(first + rest == texts)
            let closure = try await connection.waitUntilClosed()
            #expect(closure.isClean)
        }
    }

    @Test("A kept message does not change when the read buffer is used again")
    func copied() async throws {
        try await withConnectedClient { connection, peer in
            var kept: [WebSocketMessage] = []
            for round in 0..<50 {
                try await peer.send(WireFrame(.binary, [UInt8](repeating: UInt8(round), count: 2000)))
                var iterator = connection.messages.makeAsyncIterator()
                kept.append(try #require(try await iterator.next()))
            }
            for (round, message) in kept.enumerated() {
                #expect(message.bytes.elementsEqual([UInt8](repeating: UInt8(round), count: 2000)))
            }
        }
    }

    @Test("Leaving a loop early loses nothing", arguments: [0, 1, 3, 9])
    func leaveEarly(taken: Int) async throws {
        try await withConnectedClient { connection, peer in
            let texts = self.numbered(0..<10)
            try await peer.send(self.bytes(texts))
            try await peer.send(self.bytes(["last"]))
            let first = try await connection.texts(taken)
            let second = try await connection.texts(11 - taken)
            #expect(first + second == texts + ["last"])
        }
    }

    @Test("Of two tasks that wait, one gets alreadyReceiving, and the other goes on")
    func oneConsumer() async throws {
        try await withConnectedClient { connection, peer in
            let errors = Recorder<any Error>()
            let texts = Recorder<String>()
            let tasks = (0..<2).map { _ in
                Task {
                    switch try await Result.catching({ try await connection.texts(1) }) {
                    case .success(let received): for text in received { texts.append(text) }
                    case .failure(let error): errors.append(error)
                    }
                }
            }
            try await eventually("the error of the second") { !errors.values.isEmpty }
            try await peer.send(WireFrame(text: "for the first"))
            for task in tasks { try await task.value }
            #expect(texts.values == ["for the first"])
            #expect(errors.values.map { ($0 as? WebSocketError)?.code } == [.alreadyReceiving])
        }
    }

    @Test("Cancelling the task that waits leaves the connection usable")
    func cancelled() async throws {
        try await withConnectedClient { connection, peer in
            for round in 0..<20 {
                let waiting = Task { try await connection.texts(1) }
                if round.isMultiple(of: 2) { try await eventually("it waits") { connection.inbound.isAwaited } }
                waiting.cancel()
                await #expect(throws: CancellationError.self) { try await waiting.value }
            }
            try await peer.send(WireFrame(text: "still here"))
            #expect(try await connection.texts(1) == ["still here"])
            try await connection.send(text: "both ways")
            #expect(try await peer.receiveFrames(1) == [WireFrame(text: "both ways", isMasked: true)])
        }
    }

    @Test("Reading stops at the high mark of bytes, and goes on when there is room: all arrives in order")
    func backpressureBytes() async throws {
        let configuration = ConnectionConfiguration.test.with {
            $0.receiveQueue.highWaterBytes = 200_000
            $0.readBytes = 65_536
        }
        try await withConnectedClient(configuration) { connection, peer in
            let count = 400
            for index in 0..<count {
                peer.sendLater(WireFrame(.binary, [UInt8](repeating: UInt8(index & 0xFF), count: 65_000)).bytes)
            }
            try await self.expectStop(connection, peer, below: 200_000 + 2 * 65_536)
            var expected: UInt8 = 0
            var received = 0
            for try await message in connection.messages {
                #expect(message.bytes.first == expected)
                expected &+= 1
                received += 1
                if received == count { break }
            }
            #expect(try await peer.unsentBytes() == 0)
        }
    }

    @Test("Reading stops at the high mark of messages")
    func backpressureMessages() async throws {
        let configuration = ConnectionConfiguration.test.with {
            $0.receiveQueue.highWaterMessages = 100
            $0.readBytes = 4096
        }
        try await withConnectedClient(configuration) { connection, peer in
            let piece = [UInt8]([[UInt8]](repeating: WireFrame(.binary, [1, 2]).bytes, count: 16_384).joined())
            for _ in 0..<200 { peer.sendLater(piece) }
            try await eventually("full queue") { connection.statistics.messagesReceived >= 100 }
            try await self.expectStop(connection, peer, below: 2 * (100 + 1024))
        }
    }

    /// Waits until the peer can't send more, and checks that little was read during this time.
    private func expectStop(_ connection: WebSocketConnection, _ peer: RawPeer, below bound: Int) async throws {
        try await eventually("some messages") { connection.statistics.bytesReceived > 0 }
        try await peer.expectSendBlocked()
        #expect(connection.statistics.bytesReceived < bound)
    }

    @Test("Pings are answered when nobody receives")
    func pingsAnswered() async throws {
        try await withConnectedClient { _, peer in
            try await peer.send(WireFrame(text: "unread"), WireFrame(.ping, [1, 2, 3]))
            #expect(try await peer.receiveFrames(1) == [WireFrame(.pong, [1, 2, 3], isMasked: true)])
        }
    }

    @Test("A message in fragments with a Ping between them is one message")
    func fragments() async throws {
        try await withConnectedClient { connection, peer in
            try await peer.send(
                WireFrame(.text, Array("frag".utf8), isFinal: false),
                WireFrame(.ping),
                WireFrame(.continuation, Array("ments".utf8))
            )
            #expect(try await connection.texts(1) == ["fragments"])
            #expect(try await peer.receiveFrames(1).first?.opcode == Opcode.pong.rawValue)
        }
    }

    @Test("A sequence of messages keeps its connection open")
    func sequenceKeepsConnection() async throws {
        let server = try await RawServer.start()
        async let connecting = connectClient(to: server.port).messages
        let peer = try await server.peer()
        try await peer.send(peer.acceptance())
        var iterator = try await connecting.makeAsyncIterator()
        // Code that would abort the connection has now run on the event loop.
        try await peer.send(WireFrame(.ping))
        #expect(try await peer.receiveFrames(1) == [WireFrame(.pong, isMasked: true)])
        try await peer.send(WireFrame(text: "late"))
        #expect(try await iterator.next()?.text == "late")
        await server.close()
    }

    @Test("A connection that nobody refers to any more is cut")
    func released() async throws {
        let server = try await RawServer.start()
        let connecting = Task { _ = try await connectClient(to: server.port) }
        let peer = try await server.peer()
        try await peer.send(peer.acceptance())
        try await connecting.value
        try await peer.expectClosed()
        await server.close()
    }
}
