import NIOCore
import TestSupport
import Testing
import WebSocketProtocol

@testable import WebSocketTransport

@Suite("The queue of frames to send")
struct OutboundQueueTests {
    private func queue(highMark: Int = 100) -> OutboundQueue {
        OutboundQueue(writer: MessageWriter(role: .server), highMark: highMark)
    }

    private func message(_ count: Int) -> WebSocketMessage {
        WebSocketMessage(binary: [UInt8](repeating: 7, count: count))
    }

    private func frames(_ write: OutboundQueue.Write?) throws -> [WireFrame] {
        try WireFrame.parse(write.map { Array($0.bytes.readableBytesView) } ?? [], masked: false)
    }

    private func texts(_ write: OutboundQueue.Write?) throws -> [String] { try self.frames(write).map(\.text) }

    @Test("The first send asks for a flush, and all that follows until then leaves with it")
    func burst() throws {
        var queue = self.queue()
        #expect(queue.send(WebSocketMessage(text: "a"), id: 0) == .queuedAndFlush)
        #expect(queue.send(WebSocketMessage(text: "b"), id: 0) == .queued)
        #expect(queue.queuedBytes == 6)
        let write = queue.beginWrite()
        #expect(try self.texts(write) == ["a", "b"])
        #expect(!queue.isScheduled)
        #expect(queue.queuedBytes == 6)
        #expect(queue.beginWrite() == nil)
        let end = queue.endWrite()
        #expect(end.released == [])
        #expect(!end.writeAgain)
        #expect(queue.isEmpty)
    }

    @Test("What is queued during a write is written after it, without another flush")
    func duringWrite() throws {
        var queue = self.queue()
        _ = queue.send(WebSocketMessage(text: "a"), id: 0)
        _ = queue.beginWrite()
        #expect(queue.send(WebSocketMessage(text: "b"), id: 0) == .queued)
        #expect(queue.endWrite().writeAgain == true)
        #expect(try self.texts(queue.beginWrite()) == ["b"])
    }

    @Test("Who finds no room waits, and is admitted in order when there is room")
    func waiting() throws {
        var queue = self.queue(highMark: 50)
        #expect(queue.send(self.message(60), id: 0) == .queuedAndFlush)
        #expect(queue.send(self.message(40), id: 1) == .wait)
        #expect(queue.send(self.message(40), id: 2) == .wait)
        // A small message must not overtake a waiting one.
        #expect(queue.send(self.message(1), id: 3) == .wait)
        _ = queue.beginWrite()
        #expect(queue.send(self.message(1), id: 4) == .wait)
        let end = queue.endWrite()
        #expect(end.released == [1, 2])
        #expect(end.writeAgain)
        #expect(try self.frames(queue.beginWrite()).map(\.payload.count) == [40, 40])
        #expect(queue.endWrite().released == [3, 4])
    }

    @Test("One turn admits so many bytes before compression, however small they become, and goes on with the next")
    func boundedAdmission() throws {
        let direction = NegotiatedDeflate.Direction(windowBits: 15, contextTakeover: true)
        let deflate = NegotiatedDeflate(own: direction, peer: direction)
        var queue = OutboundQueue(writer: MessageWriter(role: .server, deflate: deflate), highMark: 2_500)
        #expect(queue.sendRaw([UInt8](repeating: 0, count: 2_500), areFrames: false) == .queuedAndFlush)
        for id in 1...7 { #expect(queue.send(self.message(1_000), id: UInt64(id)) == .wait) }
        _ = queue.beginWrite()
        // The message that crosses the mark is still accepted; compressed, all seven are far below the mark.
        for ids in [[1, 2, 3], [4, 5, 6], [7]] as [[UInt64]] {
            let end = queue.endWrite()
            #expect(end.released == ids)
            #expect(end.writeAgain)
            #expect(queue.queuedBytes < 200)
            #expect(queue.beginWrite() != nil)
        }
        #expect(!queue.endWrite().writeAgain)
    }

    @Test("Who waits only for room is admitted in its place, and then its message is queued in any case")
    func room() throws {
        var queue = self.queue(highMark: 50)
        #expect(queue.send(.room, id: 0) == .queued)
        #expect(queue.queuedBytes == 0)
        #expect(queue.beginWrite() == nil)
        #expect(queue.send(self.message(60), id: 1) == .queuedAndFlush)
        #expect(queue.send(self.message(10), id: 2) == .wait)
        #expect(queue.send(.room, id: 3) == .wait)
        #expect(queue.send(self.message(60), id: 4) == .wait)
        #expect(queue.send(self.message(1), id: 5) == .wait)
        _ = queue.beginWrite()
        // The sender after it has used the room; nobody overtakes the one that still waits, except this message.
        #expect(queue.endWrite().released == [2, 3, 4])
        #expect(queue.sendWithoutWaiting(.message(self.message(20), .automatic), id: 6) == .queued)
        #expect(try self.frames(queue.beginWrite()).map(\.payload.count) == [10, 60, 20])
        #expect(queue.endWrite().released == [5])
        _ = queue.end()
        #expect(queue.sendWithoutWaiting(.message(self.message(1), .automatic), id: 7) == .refused)
    }

    @Test("A message that does not wait for room still waits for the end of a message in parts, before all others")
    func roomDuringParts() throws {
        var queue = self.queue()
        let part = WebSocketMessage(text: "a")
        #expect(queue.send(.turn, id: 0) == .queued)
        _ = queue.send(.part(part, MessageWriter.Place(isFirst: true, isLast: false), .automatic), id: 0)
        #expect(queue.send(WebSocketMessage(text: "c"), id: 1) == .wait)
        #expect(queue.sendWithoutWaiting(.message(WebSocketMessage(text: "b"), .automatic), id: 2) == .wait)
        _ = queue.send(.part(part, MessageWriter.Place(isFirst: false, isLast: true), .automatic), id: 0)
        #expect(try self.frames(queue.beginWrite()).map(\.opcode) == [1, 0])
        #expect(queue.endWrite().released == [2, 1])
        #expect(try self.texts(queue.beginWrite()) == ["b", "c"])
    }

    @Test("Who gives up is not sent; giving up twice, or too late, does nothing")
    func giveUp() throws {
        var queue = self.queue(highMark: 1)
        _ = queue.send(self.message(1), id: 0)
        _ = queue.send(self.message(2), id: 1)
        _ = queue.send(self.message(3), id: 2)
        #expect(queue.giveUp(1) == true)
        #expect(queue.giveUp(1) == false)
        _ = queue.beginWrite()
        #expect(queue.endWrite().released == [2])
        #expect(queue.giveUp(2) == false)
        #expect(try self.frames(queue.beginWrite()).map(\.payload.count) == [3])
    }

    @Test("After our Close frame nothing is sent, and who waited is dropped")
    func close() throws {
        var queue = self.queue(highMark: 1)
        _ = queue.send(self.message(1), id: 0)
        _ = queue.send(self.message(2), id: 1)
        #expect(queue.close { $0.close(CloseFrame(.normalClosure)) } == .queued)
        #expect(queue.dropWaiting() == [1])
        #expect(queue.send(self.message(1), id: 2) == .refused)
        #expect(queue.sendPing(1, payload: []) == .refused)
        #expect(queue.sendPong([]) == .refused)
        #expect(queue.close { $0.close(CloseFrame(.goingAway)) } == .queued)
        #expect(try self.frames(queue.beginWrite()).map(\.opcode) == [2, 8])
        #expect(queue.endWrite().writeAgain == false)
    }

    @Test("After the end everything is refused, and nothing counts as queued")
    func end() {
        var queue = self.queue(highMark: 1)
        _ = queue.send(self.message(10), id: 0)
        _ = queue.send(self.message(10), id: 1)
        _ = queue.beginWrite()
        #expect(queue.end() == [1])
        #expect(queue.end() == [])
        #expect(queue.send(self.message(1), id: 2) == .refused)
        #expect(queue.sendRaw([1], areFrames: false) == .refused)
        #expect(queue.sendPing(1, payload: []) == .refused)
        #expect(queue.sendPong([]) == .refused)
        #expect(queue.close { $0.close(CloseFrame(.normalClosure)) } == .queued)
        #expect(queue.beginWrite() == nil)
        #expect(queue.endWrite().released == [])
        #expect(queue.queuedBytes == 0)
        #expect(queue.isEmpty)
    }

    @Test("A Ping leaves also when the queue is full, and its number with the write")
    func ping() throws {
        var queue = self.queue(highMark: 1)
        _ = queue.send(self.message(10), id: 0)
        #expect(queue.sendPing(7, payload: [1]) == .queued)
        #expect(queue.sendPing(8, payload: [2]) == .queued)
        let write = queue.beginWrite()
        #expect(write?.lastPing == 8)
        #expect(try self.frames(write).map(\.opcode) == [2, 9, 9])
        _ = queue.endWrite()
        _ = queue.send(self.message(1), id: 1)
        #expect(queue.beginWrite()?.lastPing == nil)
    }

    @Test("While a write does not move, only the latest Ping of the peer is remembered")
    func pongs() throws {
        var queue = self.queue()
        #expect(queue.sendPong([1]) == .queuedAndFlush)
        #expect(queue.sendPong([2]) == .queued)
        #expect(try self.frames(queue.beginWrite()).map(\.payload) == [[1], [2]])
        for number in 3...200 { #expect(queue.sendPong([UInt8(number)]) == .queued) }
        #expect(queue.queuedBytes == 6)
        #expect(!queue.isEmpty)
        #expect(queue.endWrite().writeAgain == true)
        #expect(try self.frames(queue.beginWrite()).map(\.payload) == [[200]])
    }

    @Test("A Pong that is owed leaves before our Close frame")
    func owedPongBeforeClose() throws {
        var queue = self.queue()
        _ = queue.sendPong([1])
        _ = queue.beginWrite()
        _ = queue.sendPong([2])
        #expect(queue.close { $0.close(CloseFrame(.normalClosure)) } == .queued)
        #expect(queue.endWrite().writeAgain == true)
        #expect(try self.frames(queue.beginWrite()).map(\.opcode) == [10, 8])
    }

    @Test("Raw bytes leave as they are, in their place; none are nothing")
    func raw() throws {
        var queue = self.queue()
        #expect(queue.sendRaw([], areFrames: false) == .queued)
        #expect(queue.send(WebSocketMessage(text: "a"), id: 0) == .queuedAndFlush)
        #expect(queue.sendRaw([0xFF, 0xFE], areFrames: false) == .queued)
        #expect(queue.beginWrite().map { Array($0.bytes.readableBytesView) } == [0x81, 1, 0x61, 0xFF, 0xFE])
    }
}

extension OutboundQueue {
    fileprivate mutating func send(_ message: WebSocketMessage, id: SenderID) -> OnSend {
        self.send(.message(message, .automatic), id: id)
    }
}
