import ConcurrencyPrimitives
import TestSupport
import Testing
import WebSocketProtocol

@testable import WebSocketTransport

@Suite("Waiting for room in the send queue", .timeLimit(.minutes(1)))
struct RoomTests {
    private typealias Outcome = Promise<Result<Void, WebSocketError>>

    private static let narrow = ConnectionConfiguration.test.with { $0.sendQueue.highWaterBytes = 1000 }

    /// Fills the send queue of a connection whose peer does not read.
    private func fill(_ connection: WebSocketConnection, _ peer: RawPeer) async throws {
        try await peer.setReading(false)
        try await connection.send(binary: [UInt8](repeating: 1, count: 6_000_000))
        try await eventually("the event loop writes it") { connection.core.isTaken }
    }

    @Test("With room it returns at once, and the message then queued is sent and confirmed")
    func room() async throws {
        try await withConnectedClient { connection, peer in
            try await connection.waitForRoom()
            #expect(connection.queuedSendBytes == 0)
            let outcome = Outcome()
            try connection.queue(WebSocketMessage(text: "a")) { outcome.resolve($0) }
            try await withTimeout("the receipt") { await outcome.wait() }.get()
            #expect(try await peer.receiveFrames(1).map(\.text) == ["a"])
        }
    }

    @Test("Behind a full socket it waits in its place, and returns when the peer reads")
    func full() async throws {
        try await withConnectedClient(Self.narrow, receiveBufferBytes: 8192) { connection, peer in
            try await self.fill(connection, peer)
            let before = Task { try await connection.send(text: "before") }
            try await eventually("one waits") { connection.core.waitingCount == 1 }
            let hasRoom = Outcome()
            let waiting = Task {
                try await connection.waitForRoom()
                hasRoom.resolve(.success(()))
            }
            try await eventually("both wait") { connection.core.waitingCount == 2 }
            #expect(hasRoom.value == nil)
            try await peer.setReading(true)
            try await waiting.value
            try await before.value
            let outcome = Outcome()
            try connection.queue(WebSocketMessage(text: "after")) { outcome.resolve($0) }
            try await withTimeout("the receipt") { await outcome.wait() }.get()
            #expect(try await peer.receiveFrames(3).dropFirst().map(\.text) == ["before", "after"])
        }
    }

    @Test("A wait that is cancelled throws CancellationError, and the next sender gets its place")
    func cancelled() async throws {
        try await withConnectedClient(Self.narrow, receiveBufferBytes: 8192) { connection, peer in
            try await self.fill(connection, peer)
            let waiting = Task { try await connection.waitForRoom() }
            try await eventually("it waits") { connection.core.waitingCount == 1 }
            let next = Task { try await connection.send(text: "next") }
            try await eventually("both wait") { connection.core.waitingCount == 2 }
            waiting.cancel()
            await #expect(throws: CancellationError.self) { try await waiting.value }
            try await peer.setReading(true)
            try await next.value
            #expect(try await peer.receiveFrames(2).dropFirst().map(\.text) == ["next"])
        }
    }

    @Test("The end of the connection ends the wait, and later nothing is queued", arguments: [true, false])
    func ended(byClose: Bool) async throws {
        try await withConnectedClient(Self.narrow, receiveBufferBytes: 8192) { connection, peer in
            try await self.fill(connection, peer)
            let waiting = Task { try await connection.waitForRoom() }
            try await eventually("it waits") { connection.core.waitingCount == 1 }
            if byClose { connection.core.beginClose(CloseFrame(.normalClosure)) } else { connection.abort() }
            let error = await #expect(throws: WebSocketError.self) { try await waiting.value }
            #expect(error?.code == .closed)
            await #expect(throws: WebSocketError.self) { try await connection.waitForRoom() }
            let outcome = Outcome()
            #expect(throws: WebSocketError.self) {
                try connection.queue(WebSocketMessage(text: "late")) { outcome.resolve($0) }
            }
            #expect(outcome.value == nil)
        }
    }

    @Test("A message behind one in parts is sent after it; if the connection closes first, its receipt says not sent")
    func parts() async throws {
        try await withConnectedClient { connection, peer in
            let (sent, late) = (Outcome(), Outcome())
            try await connection.sendMessage(.text) { writer in
                try await writer.write(text: "a")
                try connection.queue(WebSocketMessage(text: "b")) { sent.resolve($0) }
                #expect(connection.core.waitingCount == 1)
            }
            try await withTimeout("the receipt") { await sent.wait() }.get()
            #expect(try await peer.receiveFrames(3).map(\.text) == ["a", "", "b"])
            await #expect(throws: WebSocketError.self) {
                try await connection.sendMessage(.text) { writer in
                    try await writer.write(text: "c")
                    try connection.queue(WebSocketMessage(text: "d")) { late.resolve($0) }
                    connection.core.beginClose(CloseFrame(.normalClosure))
                }
            }
            let outcome = try await withTimeout("the receipt") { await late.wait() }
            #expect(throws: WebSocketError.self) { try outcome.get() }
        }
    }
}
