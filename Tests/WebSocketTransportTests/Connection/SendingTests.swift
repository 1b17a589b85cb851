import NIOCore
import TestSupport
import Testing
import WebSocketProtocol

@testable import WebSocketTransport

@Suite("Sending messages", .timeLimit(.minutes(1)))
struct SendingTests {
    @Test("Frames of many tasks do not interleave, and each task's messages keep their order")
    func manyTasks() async throws {
        let (tasks, each) = (50, 40)
        try await withConnectedClient { connection, peer in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for task in 0..<tasks {
                    group.addTask {
                        for index in 0..<each {
                            let filler = String(repeating: "x", count: (task * index) % 300)
                            try await connection.send(text: "\(task) \(index) \(filler)")
                        }
                    }
                }
                try await group.waitForAll()
            }
            let frames = try await peer.receiveFrames(tasks * each)
            #expect(frames.count == tasks * each)
            var next = [Int](repeating: 0, count: tasks)
            for frame in frames {
                let words = frame.text.split(separator: " ").compactMap { Int($0) }
                #expect(words[1] == next[words[0]])
                next[words[0]] += 1
            }
        }
    }

    @Test("Messages of every length arrive as they were", arguments: [0, 1, 125, 126, 65_535, 65_536, 1_048_576])
    func lengths(count: Int) async throws {
        try await withConnectedClient { connection, peer in
            let payload = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
            try await connection.send(binary: payload)
            #expect(try await peer.receiveFrames(1) == [WireFrame(.binary, payload, isMasked: true)])
        }
    }

    @Test("Senders wait while the peer does not read, and all goes on when it does")
    func backpressure() async throws {
        let configuration = ConnectionConfiguration.test.with { $0.sendQueue.highWaterBytes = 100_000 }
        try await withConnectedClient(configuration, receiveBufferBytes: 8192) { connection, peer in
            try await peer.setReading(false)
            peer.countOnly()
            let count = 400
            let sent = Counter()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    for _ in 0..<count {
                        try await connection.send(binary: [UInt8](repeating: 7, count: 50_000))
                        sent.increment()
                        #expect(connection.queuedSendBytes < 2 * 100_000 + 2 * 50_100)
                    }
                }
                try await self.expectBlocked(connection)
                #expect(sent.value < count)
                try await peer.setReading(true)
                try await group.waitForAll()
            }
            #expect(sent.value == count)
            try await eventually("all bytes") { peer.receivedCount >= count * 50_008 }
        }
    }

    /// Waits until a sender waits for space, after bytes that the system does not take.
    private func expectBlocked(_ connection: WebSocketConnection) async throws {
        let core = connection.core
        try await eventually("a sender that waits behind a full socket") {
            // On the event loop the write is finished, so the system has refused the remaining bytes.
            let refused = try await core.eventLoop.submit {
                try core.handler.value?.context?.channel.syncOptions?.getOption(.bufferedWritableBytes) ?? 0
            }.get()
            return refused > 0 && core.waitingCount > 0
        }
    }

    @Test("A cancelled sender that waits is not sent, and the others are")
    func cancelledSender() async throws {
        let configuration = ConnectionConfiguration.test.with { $0.sendQueue.highWaterBytes = 1000 }
        try await withConnectedClient(configuration, receiveBufferBytes: 8192) { connection, peer in
            try await peer.setReading(false)
            try await connection.send(binary: [UInt8](repeating: 1, count: 6_000_000))
            let first = Task { try await connection.send(text: "first") }
            let second = Task { try await connection.send(text: "second") }
            let third = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                try await connection.send(text: "third")
            }
            first.cancel()
            await #expect(throws: CancellationError.self) { try await first.value }
            await #expect(throws: CancellationError.self) { try await third.value }
            try await peer.setReading(true)
            try await second.value
            let frames = try await peer.receiveFrames(2)
            #expect(frames.dropFirst().map(\.text) == ["second"])
        }
    }

    @Test("A sender that waits too long gets sendTimedOut, its message is not sent, the connection lives on")
    func sendTimedOut() async throws {
        let large = WebSocketMessage(binary: [UInt8](repeating: 1, count: 16_000_000))
        try await withAnyTime(of: [400, 1600, 6400]) { time in
            let configuration = ConnectionConfiguration.test.with {
                $0.sendQueue.highWaterBytes = 1000
                $0.sendQueue.timeout = time
            }
            var wasSlowEnough = false
            try await withConnectedClient(configuration, receiveBufferBytes: 65_536) { connection, peer in
                wasSlowEnough = try await self.sendTooLate(connection, peer, behind: large)
            }
            return wasSlowEnough
        }
    }

    /// - Returns: False if the connection ended, although the peer was only slow.
    private func sendTooLate(
        _ connection: WebSocketConnection,
        _ peer: RawPeer,
        behind large: WebSocketMessage
    ) async throws -> Bool {
        try await peer.setReading(false)
        try await connection.send(large)
        let waiting = Task { try await connection.send(text: "too late") }
        // The peer is slow, but reads: it takes a part.
        try await eventually("a part of the large message") {
            if connection.closure == nil { peer.readOnce() }
            return peer.receivedCount > 6_000_000 || connection.closure != nil
        }
        let result = await waiting.result
        if connection.closure == nil { try? await peer.setReading(true) }
        try await eventually("the large message") { connection.queuedSendBytes == 0 }
        guard connection.closure == nil else { return false }
        #expect((result.error as? WebSocketError)?.code == .sendTimedOut)
        try await connection.send(text: "in time")
        let frames = try await peer.receiveFrames(2)
        #expect(frames.dropFirst().map(\.text) == ["in time"])
        return true
    }

    @Test("A peer that takes nothing fails the connection after the timeout")
    func stalled() async throws {
        let configuration = ConnectionConfiguration.test.with {
            $0.sendQueue.highWaterBytes = 1000
            $0.sendQueue.timeout = .milliseconds(100)
        }
        try await withConnectedClient(configuration, receiveBufferBytes: 8192) { connection, peer in
            try await peer.setReading(false)
            try await connection.send(binary: [UInt8](repeating: 1, count: 6_000_000))
            let waiting = Task { try await connection.send(text: "never") }
            let closure = try await withTimeout("the failure", .seconds(9)) { try await connection.waitUntilClosed() }
            #expect(closure.error?.code == .sendTimedOut)
            // `closed` if it came too late to wait.
            let result = await waiting.result
            let code = try #require((result.error as? WebSocketError)?.code)
            #expect([.sendTimedOut, .closed].contains(code))
            await #expect(throws: WebSocketError.self) { _ = try await connection.texts() }
        }
    }

    @Test("A flood of Pings against a peer that reads nothing keeps memory bounded, and the latest is answered")
    func pingFlood() async throws {
        try await withConnectedClient(receiveBufferBytes: 8192) { connection, peer in
            try await peer.setReading(false)
            let payload = [UInt8](repeating: 9, count: 121)
            let (rounds, each) = (40, 1000)
            for round in 0..<rounds {
                let pings = (0..<each).flatMap { index -> [UInt8] in
                    let number = UInt32(round * each + index)
                    return WireFrame(.ping, payload + withUnsafeBytes(of: number) { Array($0) }).bytes
                }
                try await peer.send(pings)
                #expect(connection.queuedSendBytes <= 64 * 1024)
            }
            try await eventually("all Pings") { connection.statistics.pingsReceived == rounds * each }
            #expect(connection.queuedSendBytes <= 64 * 1024)
            try await peer.setReading(true)
            let last = UInt32(rounds * each - 1)
            try await eventually("all Pongs") { connection.queuedSendBytes == 0 }
            try await connection.send(text: "end")
            // A text frame of three bytes, masked.
            try await eventually("the end") { peer.received.suffix(9).starts(with: [0x81, 0x83]) }
            let pongs = try peer.frames(masked: true).dropLast()
            #expect(pongs.last.map { Array($0.payload.suffix(4)) } == withUnsafeBytes(of: last) { Array($0) })
            #expect(pongs.count < rounds * each)
        }
    }

    @Test("Raw bytes of no length do not block what follows")
    func emptyRaw() async throws {
        try await withConnectedClient { connection, peer in
            connection.sendRaw([])
            try await connection.send(text: "after")
            #expect(try await peer.receiveFrames(1).map(\.text) == ["after"])
        }
    }
}
