import ConcurrencyPrimitives
import TestSupport
import Testing
import WebSocketProtocol

@testable import WebSocketTransport

@Suite("A message sent in parts", .timeLimit(.minutes(1)))
struct MessagePartsTests {
    private struct Stop: Error {}

    @Test("Parts are fragments of one message; whole messages wait for its end, Pings do not")
    func keepsOthersOut() async throws {
        try await withConnectedClient { connection, peer in
            let isOpen = Promise<Void>()
            async let others: Void = {
                await isOpen.wait()
                try await connection.send(text: "behind")
            }()
            try await connection.sendMessage(.text) { writer in
                try await writer.write(text: "one ")
                isOpen.resolve(())
                try await eventually("a sender that waits") { connection.core.waitingCount == 1 }
                let ping = Task { try await connection.ping() }
                _ = try await peer.receiveFrames(2)
                ping.cancel()
                try await writer.write(text: "two")
            }
            try await others
            let frames = try await peer.receiveFrames(5)
            #expect(frames.map(\.known) == [.text, .ping, .continuation, .continuation, .text])
            #expect(frames.map(\.isFinal) == [false, true, false, true, true])
            #expect(frames.filter { $0.known != .ping }.flatMap(\.payload) == Array("one twobehind".utf8))
        }
    }

    @Test("A message without parts is an empty message")
    func empty() async throws {
        try await withConnectedClient { connection, peer in
            try await connection.sendMessage(.binary) { _ in }
            let frames = try await peer.receiveFrames(1)
            #expect(frames.map(\.known) == [.binary])
            #expect(frames[0].isFinal && frames[0].payload.isEmpty)
        }
    }

    @Test("Who throws before the first part has sent nothing; after it, the connection fails with 1011")
    func abandons() async throws {
        try await withConnectedClient { connection, peer in
            await #expect(throws: Stop.self) { try await connection.sendMessage(.text) { _ in throw Stop() } }
            try await connection.send(text: "still here")
            await #expect(throws: Stop.self) {
                try await connection.sendMessage(.text) { writer in
                    try await writer.write(text: "begun")
                    throw Stop()
                }
            }
            let frames = try await peer.receiveFrames(3)
            #expect(frames.map(\.known) == [.text, .text, .close])
            #expect(Array(frames[2].payload.prefix(2)) == [0x03, 0xF3])
            await peer.endOutput()
            let closure = try await connection.waitUntilClosed()
            #expect(closure.error?.code == .messageAbandoned)
        }
    }

    @Test("A peer that closes within a message we send makes no failure of the close")
    func endsWithThePeersClose() async throws {
        try await withConnectedClient { connection, peer in
            await #expect(throws: WebSocketError.self) {
                try await connection.sendMessage(.text) { writer in
                    try await writer.write(text: "begun")
                    try await peer.send(WireFrame(close: 1000).bytes)
                    while true {
                        try await writer.write(text: "more")
                        // Until the Close frame is seen; without a pause the parts would fill the queue.
                        try await Task.sleep(for: .milliseconds(1))
                    }
                }
            }
            await peer.endOutput()
            let closure = try await connection.waitUntilClosed()
            #expect(closure.isClean)
        }
    }

    @Test("A part that was not sent ends the message, whatever its writer does about the error")
    func remembersFailures() async throws {
        try await withConnectedClient { connection, peer in
            let error = await #expect(throws: WebSocketError.self) {
                try await connection.sendMessage(.text) { writer in
                    try await writer.write(text: "begun")
                    try? await writer.write([0xFF])
                    try? await writer.write(text: "goes on")
                }
            }
            #expect(error?.code == .invalidText)
            let frames = try await peer.receiveFrames(2)
            #expect(frames.map(\.known) == [.text, .close])
        }
    }

    @Test("Text is checked over the parts, a code point may be cut")
    func checksText() async throws {
        try await withConnectedClient { connection, peer in
            try await connection.sendMessage(.text) { writer in
                try await writer.write([0xC3])
                try await writer.write([0xA9])
            }
            for bytes in [[0xFF], [0xC3]] as [[UInt8]] {
                let error = await #expect(throws: WebSocketError.self) {
                    try await connection.sendMessage(.text) { writer in
                        if bytes == [0xC3] { try await writer.write(text: "begun") }
                        try await writer.write(bytes)
                    }
                }
                #expect(error?.code == .invalidText)
            }
            #expect(try await peer.receiveFrames(3).prefix(3).flatMap(\.payload) == [0xC3, 0xA9])
        }
    }

    @Test("A part waits for room like a message, and its cancellation fails the connection")
    func waitsForRoom() async throws {
        let configuration = ConnectionConfiguration.test.with { $0.sendQueue.highWaterBytes = 64 * 1024 }
        try await withConnectedClient(configuration, receiveBufferBytes: 4096) { connection, peer in
            try await peer.setReading(false)
            let sending = Task {
                try await connection.sendMessage(.binary) { writer in
                    while true { try await writer.write([UInt8](repeating: 1, count: 100_000)) }
                }
            }
            try await eventually("a part that waits") { connection.core.waitingCount == 1 }
            sending.cancel()
            let error = await sending.result
            #expect(throws: CancellationError.self) { try error.get() }
            try await withTimeout("the end") { _ = try await connection.waitUntilClosed() }
            #expect(connection.closure?.error?.code == .messageAbandoned)
        }
    }
}
