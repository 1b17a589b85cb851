import TestSupport
import Testing
import WebSocketProtocol

@Suite("Message reader")
struct MessageReaderTests {
    @Test(
        "A message of any length is read whole, in one chunk and in many",
        arguments: Role.allCases,
        [0, 1, 125, 126, 65535, 65536, 1 << 20]
    )
    func readsEveryLength(sender: Role, length: Int) {
        var random = SplitMix64(seed: UInt64(length))
        let payload = [UInt8].random(count: length, using: &random)
        let bytes = RawFrame(.binary, payload, from: sender).bytes
        let expected = [ReaderEvent.message(.binary, payload)]
        #expect(ReaderEvent.read([bytes], from: sender) == expected)
        #expect(ReaderEvent.read(bytes.randomChunks(using: &random), from: sender) == expected)
        guard length < 70_000 else { return }
        #expect(ReaderEvent.read(bytes.chunks(of: 1), from: sender) == expected)
    }

    @Test("Messages and control frames of one read keep the order of the wire", arguments: Role.allCases)
    func keepsTheOrder(sender: Role) {
        let frames = [
            RawFrame(.ping, [1], from: sender), RawFrame(.text, [0x61], from: sender),
            RawFrame(.pong, [2], from: sender),
            RawFrame(.ping, [3], from: sender), RawFrame(.binary, [0x62], from: sender), RawFrame(.text, from: sender),
            RawFrame(.ping, [4], from: sender),
        ]
        let events: [ReaderEvent] = [
            .control(.ping([1])), .text("a"), .control(.pong([2])), .control(.ping([3])), .message(.binary, [0x62]),
            .text(""), .control(.ping([4])),
        ]
        #expect(ReaderEvent.read([frames.flatMap(\.bytes)], from: sender) == events)
    }

    @Test("Fragments are joined, and control frames between them are delivered first", arguments: Role.allCases)
    func joinsFragments(sender: Role) {
        let frames = [
            RawFrame(.text, Array("one ".utf8), from: sender).with { $0.isFinal = false },
            RawFrame(.ping, [1], from: sender),
            RawFrame(.continuation, [], from: sender).with { $0.isFinal = false },
            RawFrame(.pong, [2], from: sender),
            RawFrame(.continuation, Array("two".utf8), from: sender),
            RawFrame(.binary, [9], from: sender),
        ]
        let events: [ReaderEvent] = [
            .control(.ping([1])), .control(.pong([2])), .text("one two"), .message(.binary, [9]),
        ]
        let bytes = frames.flatMap(\.bytes)
        for size in 1...bytes.count { #expect(ReaderEvent.read(bytes.chunks(of: size), from: sender) == events) }
    }

    @Test("The longest control frame is read", arguments: Role.allCases)
    func readsLongControlFrames(sender: Role) {
        let payload = [UInt8](1...125)
        let bytes = RawFrame(.ping, payload, from: sender).bytes
        for size in [1, 50, 200] {
            #expect(ReaderEvent.read(bytes.chunks(of: size), from: sender) == [.control(.ping(payload))])
        }
    }

    @Test(
        "A continuation needs a message to continue, and a message is not interrupted",
        arguments: MessageKind.allCases
    )
    func checksTheSequence(kind: MessageKind) {
        let whole = RawFrame(kind.opcode, [0x61])
        let fragment = whole.with { $0.isFinal = false }
        let end = RawFrame(.continuation, [0x62])
        func read(_ frames: RawFrame...) -> [ReaderEvent] { ReaderEvent.read([frames.flatMap(\.bytes)], from: .server) }
        let message = ReaderEvent.message(kind, [0x61])
        let joined = ReaderEvent.message(kind, [0x61, 0x62])
        #expect(read(end) == [.violation(.unexpectedContinuation)])
        #expect(read(whole, end) == [message, .violation(.unexpectedContinuation)])
        #expect(read(fragment, end, end) == [joined, .violation(.unexpectedContinuation)])
        #expect(read(fragment, whole) == [.violation(.interruptedMessage)])
        #expect(read(fragment, fragment) == [.violation(.interruptedMessage)])
        #expect(read(fragment, end, fragment, end) == [joined, joined])
    }

    @Test("Messages before a violation are delivered, whatever follows is not", arguments: Fault.allCases)
    func deliversWhatWasGood(fault: Fault) {
        let good = RawFrame(.text, [0x61], from: .client).bytes
        let bytes = good + good + fault.frames(from: .client).flatMap(\.bytes) + good
        let events = ReaderEvent.read([bytes, good], from: .client, limits: FrameStream.limits)
        #expect(events == [.text("a"), .text("a"), .violation(fault.code)])
    }

    @Test("A whole message whose length is not in its shortest form is refused", arguments: Role.allCases)
    func refusesLongLengths(sender: Role) {
        for (form, lengths) in [(RawFrame.LengthForm.sixteenBits, [0, 1, 125]), (.sixtyFourBits, [0, 126, 65535])] {
            for length in lengths {
                let frame = RawFrame(.binary, [UInt8](repeating: 1, count: length), from: sender)
                let events = ReaderEvent.read([frame.with { $0.lengthForm = form }.bytes], from: sender)
                #expect(events == [.violation(.invalidLength)], "\(length) as \(form)")
            }
        }
    }

    @Test("A violation names the close code that the peer is told", arguments: Fault.allCases)
    func namesTheCloseCode(fault: Fault) throws {
        var reader = MessageReader(role: .client, limits: FrameStream.limits)
        let violation = try #require(reader.batch(fault.frames(from: .server).flatMap(\.bytes)).violation)
        let expected: CloseCode =
            switch violation.code {
            case .invalidUTF8: .invalidFramePayloadData
            case .messageTooBig: .messageTooBig
            case .tooManyFragments: .policyViolation
            default: .protocolError
            }
        #expect(violation.closeCode == expected)
        #expect(violation.description == "\(violation.code): \(violation.message) (close code \(expected))")
    }

    @Test("Nothing after a Close frame is read, in the same read and in later ones", arguments: Role.allCases)
    func stopsAtClose(sender: Role) {
        let text = RawFrame(.text, [0x61], from: sender).bytes
        let close = RawFrame(.close, [0x03, 0xE8], from: sender).bytes
        var reader = MessageReader(role: sender.peer)
        #expect(reader.hasEnded == false)
        #expect(
            reader.events(text + close + text + [0xFF]) == [.text("a"), .control(.close(CloseFrame(.normalClosure)))]
        )
        #expect(reader.hasEnded == true)
        #expect(reader.events(text).isEmpty)
        #expect(reader.batch([0xFF]).isEmpty)
    }

    @Test("A Close frame inside a fragmented message ends the connection, not the message")
    func closesInsideAMessage() {
        let fragment = RawFrame(.text, [0x61]).with { $0.isFinal = false }.bytes
        var reader = MessageReader(role: .client)
        #expect(reader.events(fragment + RawFrame(.close).bytes) == [.control(.close(.empty))])
        #expect(reader.isInsideMessage == false)
        #expect(reader.events(RawFrame(.continuation, [0x62]).bytes).isEmpty)
    }

    @Test("The reader knows whether the stream stops inside a message")
    func knowsWhereItIs() {
        let frames = [RawFrame(.text, [0x61, 0x62]).with { $0.isFinal = false }, RawFrame(.continuation, [0x63])]
        let bytes = frames.flatMap(\.bytes)
        var reader = MessageReader(role: .client)
        #expect(reader.isInsideMessage == false)
        for byte in bytes.dropLast() {
            _ = reader.batch([byte])
            #expect(reader.isInsideMessage == true)
        }
        #expect(reader.batch([0x63]).count == 1)
        #expect(reader.isInsideMessage == false)
    }

    @Test("A read without bytes changes nothing, even when it has no address")
    func acceptsEmptyReads() {
        var reader = MessageReader(role: .client)
        var batch = InboundBatch()
        reader.receive(UnsafeRawBufferPointer(start: nil, count: 0), into: &batch)
        #expect(batch.isEmpty)
        #expect(ReaderEvent.read([[], [0x81], [], [0x01], [], [0x61], []], from: .server) == [.text("a")])
    }

    @Test("Several reads may go into one batch")
    func fillsOneBatch() {
        var reader = MessageReader(role: .client)
        var batch = InboundBatch()
        let bytes = (0..<50).flatMap { RawFrame(.binary, [UInt8](repeating: UInt8($0), count: 40)).bytes }
        for chunk in bytes.chunks(of: 17) { chunk.withUnsafeBytes { reader.receive($0, into: &batch) } }
        #expect(batch.count == 50)
        for index in 0..<50 { #expect(batch[index].bytes.allSatisfy { $0 == UInt8(index) }) }
    }
}
