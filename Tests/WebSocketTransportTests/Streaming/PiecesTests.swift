import ConcurrencyPrimitives
import TestSupport
import Testing
import WebSocketProtocol

@testable import WebSocketTransport

@Suite("Messages received in pieces", .timeLimit(.minutes(1)))
struct PiecesTests {
    private static let configuration = ConnectionConfiguration.test.with { configuration in
        configuration.deliversPieces = true
        configuration.readBytes = 4096
        configuration.receiveQueue.highWaterBytes = 64 * 1024
    }

    private static func frame(_ payload: [UInt8], opcode: Opcode = .binary, isFinal: Bool = true) -> [UInt8] {
        var writer = FrameWriter(role: .server)
        return writer.frame(opcode, payload: payload, isFinal: isFinal)
    }

    @Test("A large message comes as it is received; small ones are one piece each")
    func delivers() async throws {
        let large = (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0) }
        try await withConnectedClient(Self.configuration) { connection, peer in
            let bytes = Self.frame([1]) + Self.frame(large) + Self.frame([2])
            async let sending: Void = peer.send(bytes)
            var pieces: [MessagePiece] = []
            for try await piece in connection.pieces {
                pieces.append(piece)
                if piece.isLast, piece.count == 1, piece.bytes.first == 2 { break }
            }
            try await sending
            #expect(pieces.count > 10)
            #expect(pieces.flatMap(\.bytes) == [1] + large + [2])
            #expect(pieces.filter(\.isFirst).count == 3 && pieces.filter(\.isLast).count == 3)
            #expect(pieces.allSatisfy { $0.kind == .binary })
            #expect(connection.statistics.messagesReceived == 3)
        }
    }

    @Test("Batches hold whole messages, whatever the pieces they came in")
    func batches() async throws {
        let large = (0..<100_000).map { UInt8(truncatingIfNeeded: $0) }
        try await withConnectedClient(Self.configuration) { connection, peer in
            async let sending: Void = peer.send(Self.frame([1]) + Self.frame(large) + Self.frame([2]))
            var messages: [WebSocketMessage] = []
            for try await batch in connection.batches {
                messages += batch
                if messages.count == 3 { break }
            }
            try await sending
            #expect(messages.map { Array($0.bytes) } == [[1], large, [2]])
        }
    }

    @Test("Before a message ends, what came of it is there")
    func deliversEarly() async throws {
        try await withConnectedClient(Self.configuration) { connection, peer in
            var pieces = connection.pieces.makeAsyncIterator()
            try await peer.send(Self.frame([1, 2], isFinal: false))
            let first = try await pieces.next()
            #expect(first.map { Array($0.bytes) } == [1, 2] && first?.isFirst == true && first?.isLast == false)
            try await peer.send(Self.frame([3], opcode: .continuation))
            let last = try await pieces.next()
            #expect(last.map { Array($0.bytes) } == [3] && last?.isFirst == false && last?.isLast == true)
        }
    }

    @Test("Whoever does not take the pieces stops the reading")
    func backpressure() async throws {
        try await withConnectedClient(Self.configuration) { connection, peer in
            let total = 8_000_000
            async let sending: Void = peer.send(Self.frame([UInt8](repeating: 9, count: total)))
            try await eventually("a full queue") { connection.inbound.isOverHighMark }
            #expect(connection.inbound.queued.bytes < 128 * 1024)
            var count = 0
            for try await piece in connection.pieces {
                count += piece.bytes.count
                if piece.isLast { break }
            }
            try await sending
            #expect(count == total)
        }
    }

    @Test("Whole messages can be had all the same")
    func joins() async throws {
        let text = String(repeating: "déjà vu ", count: 100_000)
        try await withConnectedClient(Self.configuration) { connection, peer in
            async let sending: Void = peer.send(Self.frame(Array(text.utf8), opcode: .text))
            #expect(try await connection.texts(1) == [text])
            try await sending
        }
    }

    @Test("Who is cancelled within a message that is joined loses none of it")
    func joinsOverCancellation() async throws {
        try await withConnectedClient(Self.configuration) { connection, peer in
            let receiving = Task { try await connection.texts(1) }
            try await peer.send(Self.frame(Array("é".utf8.prefix(1)), opcode: .text, isFinal: false))
            try await eventually("the first piece is taken") {
                connection.statistics.received.frames == 1 && connection.inbound.isAwaited
            }
            receiving.cancel()
            let cancelled = await receiving.result
            #expect(throws: CancellationError.self) { try cancelled.get() }
            try await peer.send(Self.frame(Array("é".utf8.suffix(1)), opcode: .continuation))
            #expect(try await connection.texts(1) == ["é"])
        }
    }

    @Test("What is left of a message whose first pieces were taken as such is no message")
    func skipsTheRest() async throws {
        try await withConnectedClient(Self.configuration) { connection, peer in
            try await peer.send(Self.frame(Array("be".utf8), opcode: .text, isFinal: false))
            let begin = try await connection.pieces.first { _ in true }
            #expect(begin?.isLast == false)
            try await peer.send(
                Self.frame(Array("gun".utf8), opcode: .continuation) + Self.frame([0x61], opcode: .text)
            )
            #expect(try await connection.texts(1) == ["a"])
        }
    }

    @Test("What was joined of a message is forgotten when someone takes its next piece as such")
    func forgetsWhatWasJoined() async throws {
        try await withConnectedClient(Self.configuration) { connection, peer in
            // The first two bytes of a euro sign are joined; its third is taken as a piece; then the message ends.
            let joining = Task { try await connection.texts(1) }
            try await peer.send(Self.frame([0xE2, 0x82], opcode: .text, isFinal: false))
            try await eventually("the first piece is joined") {
                connection.unfinishedMessage?.withLock { $0 != nil } == true
            }
            joining.cancel()
            _ = await joining.result
            try await peer.send(Self.frame([0xAC], opcode: .continuation, isFinal: false))
            #expect(try await connection.pieces.first { _ in true }.map { Array($0.bytes) } == [0xAC])
            try await peer.send(Self.frame([0x62], opcode: .continuation) + Self.frame([0x63], opcode: .text))
            #expect(try await connection.texts(1) == ["c"])
        }
    }

    @Test("A text that turns out not to be UTF-8 ends the connection behind its good pieces")
    func failsLate() async throws {
        try await withConnectedClient(Self.configuration) { connection, peer in
            var pieces = connection.pieces.makeAsyncIterator()
            try await peer.send(Self.frame(Array("good".utf8), opcode: .text, isFinal: false))
            #expect(try await pieces.next().map { Array($0.bytes) } == Array("good".utf8))
            try await peer.send(Self.frame([0xFF], opcode: .continuation))
            let error = await #expect(throws: WebSocketError.self) { try await pieces.next() }
            #expect((error?.cause as? ProtocolViolation)?.code == .invalidUTF8)
        }
    }
}

extension MessagePiece {
    fileprivate var count: Int { self.bytes.count }
}
