import NIOCore
import NIOPosix
import TestSupport
import Testing
import WebSocketProtocol

@testable import WebSocketTransport

@Suite("The read buffer of an event loop", .timeLimit(.minutes(1)))
struct ReadBufferTests {
    private let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
    private let allocator = ByteBufferAllocator()

    /// Runs `body` with a buffer that no connection uses, on its event loop.
    private func withBuffer(_ body: @escaping @Sendable (ReadBuffer) -> Void) async throws {
        let eventLoop = self.eventLoop
        try await eventLoop.submit { body(ReadBuffer.shared(on: eventLoop, capacity: 8)) }.get()
    }

    private static func address(_ bytes: ByteBuffer) -> UInt {
        bytes.withVeryUnsafeBytes { UInt(bitPattern: $0.baseAddress) }
    }

    private static func text(_ character: String, _ count: Int) -> String { String(repeating: character, count: count) }

    @Test("What was given back is lent again, empty and of the full size")
    func lendsAgain() async throws {
        let allocator = self.allocator
        try await self.withBuffer { buffer in
            var bytes = buffer.lend(allocator)
            #expect(bytes.capacity == 8)
            bytes.writeString("12345678")
            let address = Self.address(bytes)
            buffer.giveBack(bytes)
            bytes = ByteBuffer()
            let again = buffer.lend(allocator)
            #expect(Self.address(again) == address)
            #expect(again.readableBytes == 0 && again.writableBytes == 8)
        }
    }

    @Test("What is lent is not lent a second time")
    func lendsOnce() async throws {
        let allocator = self.allocator
        try await self.withBuffer { buffer in
            let first = buffer.lend(allocator)
            #expect(Self.address(buffer.lend(allocator)) != Self.address(first))
        }
    }

    @Test("What someone has kept is not written into")
    func leavesWhatIsKept() async throws {
        let allocator = self.allocator
        try await self.withBuffer { buffer in
            var kept = buffer.lend(allocator)
            kept.writeString("kept")
            buffer.giveBack(kept)
            var next = buffer.lend(allocator)
            next.writeString("next")
            #expect(String(buffer: kept) == "kept")
        }
    }

    @Test("What someone had kept is lent again, empty, and not before they let go of it")
    func lendsAgainWhatWasKept() async throws {
        let allocator = self.allocator
        try await self.withBuffer { buffer in
            var kept = buffer.lend(allocator)
            kept.writeString("kept")
            let address = Self.address(kept)
            buffer.giveBack(kept)
            let second = buffer.lend(allocator)
            #expect(Self.address(second) != address)
            buffer.giveBack(second)
            kept = ByteBuffer()
            // Both of the others are held.
            let third = buffer.lend(allocator)
            #expect(Self.address(third) == address && third.readableBytes == 0)
            #expect(String(buffer: second) == "")
        }
    }

    @Test("A buffer of another size is not taken", arguments: [4, 16])
    func takesItsOwnOnly(capacity: Int) async throws {
        let allocator = self.allocator
        try await self.withBuffer { buffer in
            buffer.giveBack(allocator.buffer(capacity: capacity))
            #expect(buffer.lend(allocator).capacity == 8)
        }
    }

    @Test("It is one for all on the event loop that read as much, and freed with the last of them")
    func isSharedAndFreed() async throws {
        weak var freed: ReadBuffer?
        do {
            let one = ReadBuffer.shared(on: self.eventLoop, capacity: 32)
            freed = one
            #expect(ReadBuffer.shared(on: self.eventLoop, capacity: 32) === one)
            #expect(ReadBuffer.shared(on: self.eventLoop, capacity: 64) !== one)
            let other = MultiThreadedEventLoopGroup(numberOfThreads: 1)
            #expect(ReadBuffer.shared(on: other.next(), capacity: 32) !== one)
            try await other.shutdownGracefully()
        }
        #expect(freed == nil)
    }

    @Test("Messages that reads cut, on two connections in turn, stay apart")
    func connectionsStayApart() async throws {
        try await withConnectedClient { one, first in
            try await withConnectedClient { two, second in
                for round in 0..<20 {
                    let (text, other) = (Self.text("a", 3000 + round), Self.text("b", 2000 + round))
                    let (frame, otherFrame) = (WireFrame(text: text).bytes, WireFrame(text: other).bytes)
                    try await first.send(Array(frame.prefix(1000)))
                    try await second.send(Array(otherFrame.prefix(1500)))
                    try await first.send(Array(frame.dropFirst(1000)))
                    try await second.send(Array(otherFrame.dropFirst(1500)))
                    #expect(try await one.texts(1) == [text])
                    #expect(try await two.texts(1) == [other])
                }
            }
        }
    }
}
