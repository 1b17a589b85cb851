import NIOCore
import NIOPosix
import TestSupport
import Testing
import WebSocketProtocol

@testable import WebSocketTransport

@Suite("Free memory for large messages")
struct LargeBlocksTests {
    private let allocator = ByteBufferAllocator()

    @Test("A free block has room for the message, and at most twice as much", arguments: 19...21)
    func sizes(exponent: Int) {
        let size = 1 << exponent
        for total in [size / 2 - 1, size / 2, size / 2 + 1, size - 1, size, size + 1] {
            let blocks = LargeBlocks()
            blocks.give(self.allocator.buffer(repeating: 1, count: size))
            let taken = blocks.take(for: total)
            #expect((taken != nil) == (size / 2...size).contains(total))
            #expect(taken == nil || taken?.storageCapacity == size && taken?.readableBytes == 0)
            // It is not there a second time.
            #expect(blocks.take(for: total) == nil)
        }
    }

    @Test("Of two sizes that fit, the larger is taken, which has room for the header")
    func prefersRoom() {
        let blocks = LargeBlocks()
        for size in [1 << 20, 1 << 21, 1 << 20] { blocks.give(self.allocator.buffer(capacity: size)) }
        let capacities = (0..<4).map { _ in blocks.take(for: 1 << 20)?.storageCapacity }
        #expect(capacities == [1 << 21, 1 << 20, 1 << 20, nil])
    }

    @Test("A block to which something refers is not taken")
    func takesOnlyUnused() {
        let blocks = LargeBlocks()
        let given = self.allocator.buffer(repeating: 1, count: 1 << 20)
        blocks.give(given)
        #expect(blocks.take(for: 1 << 20) == nil)
        #expect(given.readableBytes == 1 << 20)
    }

    @Test("At most 4 MiB are free, and only blocks of the sizes that are used")
    func isBounded() {
        let blocks = LargeBlocks()
        for size in [1 << 16, 1 << 18, 1 << 22] {
            blocks.give(self.allocator.buffer(capacity: size))
            #expect(blocks.freeBytes == 0)
        }
        for size in [1 << 19, 1 << 20, 1 << 21, 1 << 21, 1 << 20] {
            for _ in 0..<5 {
                blocks.give(self.allocator.buffer(capacity: size))
                #expect(blocks.freeBytes <= 4 << 20)
            }
            #expect(blocks.take(for: size) != nil)
        }
    }
}

@Suite("Buffers for the reads of a large message")
struct LargeReadTests {
    private let allocator = ByteBufferAllocator()

    private static func bytes(_ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: $0 / 7) } }

    @Test("The free part is limited, and nothing that is in the buffer changes", arguments: [0, 1, 100, 1000])
    func limits(room: Int) {
        var buffer = self.allocator.buffer(capacity: 1024)
        buffer.writeBytes(Self.bytes(300))
        buffer.moveReaderIndex(forwardBy: 200)
        buffer.limitRoom(to: room)
        #expect(buffer.writableBytes == min(room, 724) && buffer.storageCapacity == 1024)
        #expect(Array(buffer.readableBytesView) == Array(Self.bytes(300)[200...]))
    }

    @Test("The memory doubles when it is full, never earlier, and never beyond the message; its bytes stay")
    func grows() {
        let total = 1_500_000
        let bytes = Self.bytes(total)
        var buffer = self.allocator.buffer(capacity: 256 << 10)
        buffer.writeBytes(bytes[..<200_000])
        while buffer.readableBytes < total {
            let (received, before) = (buffer.readableBytes, buffer.storageCapacity)
            buffer.makeRoom(for: total - received, atMost: 256 << 10)
            #expect(buffer.storageCapacity == (received == before ? 2 * before : before))
            #expect(buffer.writableBytes > 0 && buffer.writableBytes <= 320 << 10)
            #expect(received + buffer.writableBytes <= total)
            buffer.writeBytes(bytes[received..<received + buffer.writableBytes])
        }
        #expect(buffer.storageCapacity == 1 << 21 && Array(buffer.readableBytesView) == bytes)
    }

    @Test("A new block is at most twice as large as what has arrived, and nothing is moved to save less than it costs")
    func begins() {
        // No block of this size is ever free.
        let total = 100_000_000
        for received in [1, 1000, 100_000, 131_071] {
            #expect(LargeRead.beginning(of: LargeMessage(received: received, total: total), self.allocator) == nil)
        }
        for received in [131_072, 200_000, 1_000_000, 49_999_999] {
            let message = LargeMessage(received: received, total: total)
            let capacity = LargeRead.beginning(of: message, self.allocator)?.storageCapacity ?? 0
            #expect(capacity > received && capacity <= 2 * received)
        }
        for received in [50_000_000, 99_999_999] {
            #expect(LargeRead.beginning(of: LargeMessage(received: received, total: total), self.allocator) == nil)
        }
    }

    private static func goesIntoBlock(_ lent: LargeRead.Lent) -> Bool { if case .block = lent { true } else { false } }

    private static func followsLoss(_ lent: LargeRead.Lent) -> Bool {
        if case .sharedAfterLoss = lent { true } else { false }
    }

    @Test("If SwiftNIO drops the buffer of a read, the loss is known, however often that happens")
    func knowsALoss() async throws {
        let allocator = self.allocator
        let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
        try await eventLoop.submit { () -> Void in
            let large = LargeRead(ReadBuffer.shared(on: eventLoop, capacity: 64))
            var bytes = allocator.buffer(capacity: 512 << 10)
            bytes.writeBytes(Self.bytes(1000))
            large.hold(LargeMessage(received: 1000, total: 300_000), in: bytes, of: LargeBlock())
            bytes = large.buffer(allocator: allocator)
            #expect(Array(bytes.readableBytesView) == Self.bytes(1000))
            #expect(Self.goesIntoBlock(large.takeLent()))
            for _ in 0..<3 {
                // This buffer was not given back, so what is in it is lost.
                bytes = large.buffer(allocator: allocator)
                #expect(bytes.readableBytes == 0 && bytes.storageCapacity == 64)
                #expect(Self.followsLoss(large.takeLent()))
            }
        }.get()
    }
}

@Suite("Large messages over a connection", .timeLimit(.minutes(1)))
struct LargeMessageConnectionTests {
    /// A text of at least `count` bytes, with characters of one to four bytes.
    private static func text(_ seed: Int, _ count: Int) -> String {
        let part = (0..<100).map { "\(seed * $0)" + ["a", "é", "漢", "😀", " plain"][($0 + seed) % 5] }.joined()
        return String(repeating: part, count: count / part.utf8.count + 1)
    }

    @Test("Large and small messages arrive as they were sent, one after the other, and stay as they are")
    func arrive() async throws {
        try await withConnectedClient { connection, peer in
            var random = SplitMix64(seed: 1)
            var texts: [String] = []
            var bytes: [UInt8] = []
            let sizes = [400_000, 700_000, 10, 1_100_000, 1_100_000, 600_000, 5, 3_000_000, 262_144]
            for (index, size) in sizes.enumerated() {
                texts.append(Self.text(index, size))
                bytes += WireFrame(text: Self.text(index, size)).bytes
                if index % 2 == 0 { bytes += WireFrame(.ping, [UInt8(index)]).bytes }
            }
            let sent = bytes
            async let sending: Void = {
                var position = 0
                while position < sent.count {
                    let end = min(sent.count, position + Int.random(in: 1...300_000, using: &random))
                    try await peer.send(Array(sent[position..<end]))
                    position = end
                }
            }()
            var messages: [WebSocketMessage] = []
            for try await message in connection.messages {
                messages.append(message)
                if messages.count == texts.count { break }
            }
            try await sending
            // All of them are alive, so none may lie in the memory of another.
            #expect(messages.map(\.text) == texts)
            #expect(connection.statistics.messagesReceived == texts.count)
            #expect(connection.statistics.pingsReceived == 5)
        }
    }

    /// Sends the beginning of a large message and waits until it is held.
    private func beginMessage(
        _ payload: [UInt8],
        _ received: Int,
        from peer: RawPeer,
        to connection: WebSocketConnection
    ) async throws {
        let frame = WireFrame(.text, payload).bytes
        let header = frame.count - payload.count
        try await peer.send(Array(frame[..<(header + received)]))
        try await eventually("a message that is held") {
            try await connection.onEventLoop { $0.reads.heldBytes == received && $0.largeRead != nil }
        }
    }

    /// The memory of the message in progress.
    private static func block(_ handler: WebSocketChannelHandler) -> LargeBlock? {
        guard case .holds(let block, _) = handler.largeRead?.state else { return nil }
        return block
    }

    @Test("A large message is read into its place; a second one from its beginning on")
    func isHeld() async throws {
        try await withConnectedClient { connection, peer in
            let payload = Array(Self.text(1, 1_000_000).utf8)
            var messages = connection.messages.makeAsyncIterator()
            for _ in 0..<3 {
                try await self.beginMessage(payload, 300_000, from: peer, to: connection)
                try await peer.send(Array(payload[300_000...]))
                let message = try await messages.next()
                #expect(message.map { Array($0.bytes) } == payload)
            }
            // A small message ends it.
            try await peer.send(WireFrame(text: "small").bytes)
            #expect(try await messages.next()?.text == "small")
            let isOver = try await connection.onEventLoop { $0.largeRead == nil }
            #expect(isOver)
        }
    }

    @Test("Invalid text in the middle of a large message fails the connection before the message ends")
    func invalidText() async throws {
        try await withConnectedClient { connection, peer in
            let payload = [UInt8](repeating: 0x61, count: 1_000_000)
            try await self.beginMessage(payload, 300_000, from: peer, to: connection)
            weak let block = try await connection.onEventLoop { Self.block($0) }
            #expect(block != nil)
            try await peer.send([0x61, 0xFF])
            let close = try await peer.receiveFrames(1).first
            #expect(close?.known == .close && close?.payload.prefix(2) == [0x03, 0xEF])
            try await eventually("free memory") { block == nil }
            await #expect(throws: WebSocketError.self) { for try await _ in connection.messages {} }
        }
    }

    @Test("If the peer or we end the connection in the middle of a large message, its memory is free", arguments: 0..<3)
    func endsInTheMiddle(way: Int) async throws {
        try await withConnectedClient { connection, peer in
            let payload = [UInt8](repeating: 0x61, count: 1_000_000)
            try await self.beginMessage(payload, 300_000, from: peer, to: connection)
            weak let block = try await connection.onEventLoop { Self.block($0) }
            #expect(block != nil)
            switch way {
            case 0: await peer.close()
            case 1: await peer.reset()
            default: connection.abort()
            }
            try await eventually("free memory") { block == nil }
            var count = 0
            _ = try? await { for try await _ in connection.messages { count += 1 } }()
            #expect(count == 0)
        }
    }

    @Test("If SwiftNIO dropped the beginning of a message, the connection fails, and nothing else is delivered")
    func loss() async throws {
        try await withConnectedClient { connection, peer in
            let payload = [UInt8](repeating: 0x61, count: 1_000_000)
            try await self.beginMessage(payload, 300_000, from: peer, to: connection)
            // As SwiftNIO does if the read gets no bytes.
            try await connection.onEventLoop { _ = $0.largeRead?.buffer(allocator: ByteBufferAllocator()) }
            try await peer.send(Array(payload[300_000...]))
            let error = await #expect(throws: WebSocketError.self) { for try await _ in connection.messages {} }
            #expect(error?.code == .connectionLost)
        }
    }
}

extension WebSocketConnection {
    /// Runs `body` with the handler on its event loop.
    fileprivate func onEventLoop<Value: Sendable>(
        _ body: @escaping @Sendable (WebSocketChannelHandler) -> Value
    ) async throws -> Value {
        let core = self.core
        return try await core.eventLoop.submit { () throws -> Value in
            guard let handler = core.handler.value else { throw ChannelError.alreadyClosed }
            return body(handler)
        }.get()
    }
}
