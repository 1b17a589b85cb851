import ConcurrencyPrimitives
import TestSupport
import Testing
import WebSocketProtocol

@testable import WebSocketTransport

@Suite("Ending a connection", .timeLimit(.minutes(1)))
struct ClosingTests {
    @Test("The peer answers our Close frame: a clean close, begun by us")
    func peerAnswers() async throws {
        try await withConnectedClient { connection, peer in
            async let closing = connection.close(.normalClosure, reason: "done")
            let close = try await peer.receiveFrames(1)
            #expect(close == [WireFrame(close: 1000, "done", isMasked: true)])
            try await peer.send(WireFrame(close: 1000, "bye"))
            await peer.close()
            let closure = await closing
            #expect(closure.isClean)
            #expect(closure.initiator == .local)
            #expect(closure.sent == CloseFrame(.normalClosure, reason: "done"))
            #expect(closure.received == CloseFrame(.normalClosure, reason: "bye"))
            #expect(try await connection.texts() == [])
        }
    }

    @Test("A peer that never answers is cut in time")
    func neverAnswers() async throws {
        let configuration = ConnectionConfiguration.test.with { $0.closing.timeout = .milliseconds(100) }
        try await withConnectedClient(configuration) { connection, peer in
            let start = ContinuousClock.now
            let closure = await connection.close()
            guard case .closeTimedOut = closure.cause else { return #expect(Bool(false), "\(closure)") }
            #expect(ContinuousClock.now - start >= .milliseconds(100))
            #expect(ContinuousClock.now - start < .seconds(9))
            #expect(closure.error == nil)
            #expect(try await connection.texts() == [])
            try await peer.expectClosed()
        }
    }

    @Test("A peer that reads nothing, so that our Close frame can't leave, is cut in time")
    func neverReads() async throws {
        let configuration = ConnectionConfiguration.test.with { $0.closing.timeout = .milliseconds(100) }
        try await withConnectedClient(configuration, receiveBufferBytes: 8192) { connection, peer in
            try await peer.setReading(false)
            try await connection.send(binary: [UInt8](repeating: 1, count: 6_000_000))
            let closure = try await withTimeout("the close", .seconds(9)) { await connection.close() }
            guard case .closeTimedOut = closure.cause else { return #expect(Bool(false), "\(closure)") }
        }
    }

    @Test("A peer that answers and keeps the TCP connection is left after a moment")
    func keepsTCP() async throws {
        try await withConnectedClient { connection, peer in
            let start = ContinuousClock.now
            async let closing = connection.close()
            _ = try await peer.receiveFrames(1)
            try await peer.send(WireFrame(close: 1000))
            let closure = await closing
            #expect(closure.isClean)
            #expect(ContinuousClock.now - start < .seconds(9))
            try await peer.expectClosed()
        }
    }

    @Test("A peer that resets TCP after both Close frames makes no error")
    func resetAfterClose() async throws {
        let configuration = ConnectionConfiguration.test.with { $0.closing.linger = .seconds(10) }
        try await withConnectedClient(configuration) { connection, peer in
            async let closing = connection.close()
            _ = try await peer.receiveFrames(1)
            try await peer.send(WireFrame(close: 1000))
            try await eventually("the answer") { connection.core.closing.isComplete }
            await peer.reset()
            let closure = await closing
            #expect(closure.isClean)
            #expect(closure.error == nil)
        }
    }

    @Test("The peer closes first: its code and reason are kept and answered; messages before it are delivered")
    func peerFirst() async throws {
        try await withConnectedClient { connection, peer in
            try await peer.send(WireFrame(text: "before"), WireFrame(close: 4001, "restart"), WireFrame(text: "after"))
            #expect(try await connection.texts() == ["before"])
            #expect(try await peer.receiveFrames(1) == [WireFrame(close: 4001, isMasked: true)])
            let closure = try await connection.waitUntilClosed()
            #expect(closure.isClean)
            #expect(closure.initiator == .remote)
            #expect(closure.received == CloseFrame(CloseCode(rawValue: 4001), reason: "restart"))
            #expect(closure.code == CloseCode(rawValue: 4001))
        }
    }

    @Test("A Close frame without a code is answered with one without a code")
    func peerFirstEmpty() async throws {
        try await withConnectedClient { connection, peer in
            try await peer.send(WireFrame(.close))
            #expect(try await peer.receiveFrames(1) == [WireFrame(.close, isMasked: true)])
            let closure = try await connection.waitUntilClosed()
            #expect(closure.received == .empty)
        }
    }

    @Test("Both close at once: clean, and each frame is kept")
    func simultaneous() async throws {
        try await withConnectedClient { connection, peer in
            async let sending: Void = peer.send(WireFrame(close: 1001, "theirs"))
            async let closing = connection.close(.normalClosure, reason: "ours")
            let closure = await closing
            try await sending
            #expect(closure.isClean)
            #expect(closure.received == CloseFrame(.goingAway, reason: "theirs"))
            #expect(try await peer.receiveFrames(1).count == 1)
        }
    }

    @Test("Close from many tasks sends one Close frame, and every call returns the same end")
    func manyTasks() async throws {
        try await withConnectedClient { connection, peer in
            let closures = Task {
                await withTaskGroup(of: WebSocketClosure.self) { group in
                    for index in 0..<20 { group.addTask { await connection.close(.normalClosure, reason: "\(index)") } }
                    return await group.reduce(into: []) { $0.append($1) }
                }
            }
            let close = try await peer.receiveFrames(1)
            try await peer.send(WireFrame(close: 1000))
            let reasons = Set(await closures.value.map { $0.sent?.reason })
            #expect(reasons.count == 1)
            #expect(try peer.frames(masked: true) == close)
        }
    }

    @Test("What was sent before the close arrives; who waits for room gets closed")
    func sendersWait() async throws {
        let configuration = ConnectionConfiguration.test.with {
            $0.sendQueue.highWaterBytes = 1000
        }
        try await withConnectedClient(configuration, receiveBufferBytes: 8192) { connection, peer in
            try await peer.setReading(false)
            try await connection.send(binary: [UInt8](repeating: 1, count: 4_000_000))
            let senders = (0..<5).map { index in Task { try await connection.send(text: "waits \(index)") } }
            try await eventually("all senders wait") { connection.core.waitingCount == 5 }
            async let closing = connection.close()
            for sender in senders {
                let result = await sender.result
                #expect((result.error as? WebSocketError)?.code == .closed)
            }
            try await peer.setReading(true)
            let frames = try await peer.receiveFrames(2)
            #expect(frames.map(\.opcode) == [Opcode.binary.rawValue, Opcode.close.rawValue])
            try await peer.send(WireFrame(close: 1000))
            #expect(await closing.isClean)
        }
    }

    @Test("Cancelling the task that closes does not shorten the close")
    func cancelledClose() async throws {
        try await withConnectedClient { connection, peer in
            let closing = Task { await connection.close() }
            _ = try await peer.receiveFrames(1)
            closing.cancel()
            try await peer.send(WireFrame(close: 1000))
            #expect(await closing.value.isClean)
        }
    }

    /// Bytes that a peer may not send, and the close code for them.
    static let violations: [(String, [UInt8], UInt16)] = [
        ("reserved bit", [0xC1, 0x01, 0x61], 1002),
        ("reserved opcode", [0x83, 0x00], 1002),
        ("masked frame of a server", [0x81, 0x81, 1, 2, 3, 4, 0x60], 1002),
        ("fragmented Ping", [0x09, 0x00], 1002),
        ("long Ping", [0x89, 126, 0, 126], 1002),
        ("continuation of nothing", [0x80, 0x00], 1002),
        ("text that is not UTF-8", [0x81, 0x02, 0xC3, 0x28], 1007),
        ("Close frame of one byte", [0x88, 0x01, 0x03], 1002),
        ("close code 1005", [0x88, 0x02, 0x03, 0xED], 1002),
        ("message over the limit", [0x82, 127, 0, 0, 0, 0, 0x10, 0, 0, 0], 1009),
        ("length over 2^63", [0x82, 127, 0xFF, 0, 0, 0, 0, 0, 0, 0], 1002),
    ]

    @Test("A violation is answered with the right code; messages before it are delivered first", arguments: violations)
    func violation(name: String, bytes: [UInt8], code: UInt16) async throws {
        try await withConnectedClient { connection, peer in
            try await peer.send(WireFrame(text: "good").bytes + bytes)
            var iterator = connection.messages.makeAsyncIterator()
            #expect(try await iterator.next()?.text == "good")
            let error = await #expect(throws: WebSocketError.self) { _ = try await iterator.next() }
            #expect(error?.code == .protocolViolation)
            #expect(error?.cause is ProtocolViolation)
            let close = try #require(try await peer.receiveFrames(1).last)
            #expect(close.opcode == Opcode.close.rawValue)
            #expect(Array(close.payload.prefix(2)) == [UInt8(code >> 8), UInt8(code & 0xFF)])
            try await peer.expectClosed()
        }
    }

    @Test("A connection that is cut delivers what came before, then throws connectionLost", arguments: [false, true])
    func cut(insideMessage: Bool) async throws {
        try await withConnectedClient { connection, peer in
            let rest = insideMessage ? Array(WireFrame(text: "never whole").bytes.dropLast()) : []
            try await peer.send(WireFrame(text: "one").bytes + WireFrame(text: "two").bytes + rest)
            await peer.close()
            var iterator = connection.messages.makeAsyncIterator()
            #expect(try await iterator.next()?.text == "one")
            #expect(try await iterator.next()?.text == "two")
            let error = await #expect(throws: WebSocketError.self) { _ = try await iterator.next() }
            #expect(error?.code == .connectionLost)
            let closure = try await connection.waitUntilClosed()
            #expect(closure.error?.code == .connectionLost)
            #expect(!closure.isClean)
            #expect(closure.initiator == nil)
        }
    }

    @Test("A connection that is reset throws connectionLost")
    func reset() async throws {
        try await withConnectedClient { connection, peer in
            await peer.reset()
            let error = await #expect(throws: WebSocketError.self) { _ = try await connection.texts() }
            #expect(error?.code == .connectionLost)
        }
    }

    @Test("An abort ends everything at once: receiver, sender, waiter")
    func abort() async throws {
        let configuration = ConnectionConfiguration.test.with { $0.sendQueue.highWaterBytes = 1000 }
        try await withConnectedClient(configuration, receiveBufferBytes: 8192) { connection, peer in
            try await peer.setReading(false)
            try await connection.send(binary: [UInt8](repeating: 1, count: 6_000_000))
            let receiver = Task { try await connection.texts() }
            let sender = Task { try await connection.send(text: "never") }
            let waiter = Task { try await connection.waitUntilClosed() }
            try await eventually("sender and receiver wait") {
                connection.core.waitingCount == 1 && connection.inbound.isAwaited
            }
            connection.abort()
            #expect(try await receiver.value == [])
            let result = await sender.result
            #expect((result.error as? WebSocketError)?.code == .closed)
            guard case .aborted = try await waiter.value.cause else { return #expect(Bool(false), "not aborted") }
        }
    }

    @Test("Waiting for the end can be cancelled, and the connection is not affected")
    func waitCancelled() async throws {
        try await withConnectedClient { connection, peer in
            let waiter = Task { try await connection.waitUntilClosed() }
            waiter.cancel()
            await #expect(throws: CancellationError.self) { _ = try await waiter.value }
            try await peer.send(WireFrame(text: "on"))
            #expect(try await connection.texts(1) == ["on"])
        }
    }

    @Test("withConnection closes with 1000, and with 1001 when its body throws", arguments: [false, true])
    func scoped(fails: Bool) async throws {
        struct Failure: Error {}
        let server = try await RawServer.start()
        let scope = Task {
            var configuration = WebSocketClientConfiguration()
            configuration.connection = .test
            try await WebSocketClient.withConnection(to: .local(server.port), configuration: configuration) { _ in
                if fails { throw Failure() }
            }
        }
        let peer = try await server.peer()
        try await peer.send(peer.acceptance())
        let code: UInt16 = fails ? 1001 : 1000
        #expect(try await peer.receiveFrames(1) == [WireFrame(close: code, isMasked: true)])
        try await peer.send(WireFrame(close: code))
        let result = await scope.result
        #expect((result.error is Failure) == fails)
        try await peer.expectClosed()
        await server.close()
    }
}
