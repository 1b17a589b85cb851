import TestSupport
import Testing
import WebSocketProtocol

@Suite("Reading a frame header")
struct FrameHeaderParsingTests {
    private func violation(_ frame: RawFrame, from sender: Role) -> ProtocolViolation.Code? {
        guard case .failure(let violation) = parseHeader(frame.header, from: sender) else { return nil }
        return violation.code
    }

    @Test(
        "A header of every role, opcode and length form is read with its exact size",
        arguments: Role.allCases,
        [0, 1, 125, 126, 127, 65535, 65536, 1 << 31, Int.max]
    )
    func readsEveryLength(sender: Role, length: Int) throws {
        for opcode in Opcode.allCases where length <= 125 || !opcode.isControl {
            for isFinal in [true, false] where isFinal || !opcode.isControl {
                let frame = RawFrame(opcode, from: sender).with {
                    $0.announcedLength = UInt64(length)
                    $0.isFinal = isFinal
                }
                let parsed = try #require(try parseHeader(frame.header + [0xAA, 0xBB], from: sender).get())
                let key = frame.maskingKey.map { MaskingKey($0[0], $0[1], $0[2], $0[3]) }
                let expected = FrameHeader(opcode: opcode, payloadLength: length, isFinal: isFinal, maskingKey: key)
                #expect(parsed.header == expected)
                #expect(parsed.size == frame.header.count)
            }
        }
    }

    @Test("The bytes of the RFC's examples in §5.7 are read as it says")
    func readsTheExamples() throws {
        let masked = try #require(try parseHeader([0x81, 0x85, 0x37, 0xFA, 0x21, 0x3D], from: .client).get())
        #expect(masked.header.maskingKey == MaskingKey(0x37, 0xFA, 0x21, 0x3D))
        #expect(masked.header.opcode == .text)
        #expect((masked.header.payloadLength, masked.size) == (5, 6))
        let binary = try #require(try parseHeader([0x82, 0x7E, 0x01, 0x00], from: .server).get())
        #expect(binary.header.opcode == .binary)
        #expect((binary.header.payloadLength, binary.size) == (256, 4))
        let long = try #require(try parseHeader([0x82, 0x7F, 0, 0, 0, 0, 0, 1, 0, 0], from: .server).get())
        #expect((long.header.payloadLength, long.size) == (65536, 10))
    }

    @Test("A header that is cut anywhere asks for more bytes", arguments: Role.allCases, [5, 126, 70_000])
    func asksForMore(sender: Role, length: UInt64) throws {
        let header = RawFrame(.binary, from: sender).with { $0.announcedLength = length }.header
        for count in header.indices {
            #expect(try parseHeader(Array(header.prefix(count)), from: sender).get() == nil, "\(count) bytes")
        }
        #expect(try parseHeader(header, from: sender).get()?.size == header.count)
    }

    @Test("A length that fits a shorter form is refused", arguments: Role.allCases)
    func refusesLongForms(sender: Role) {
        for (form, lengths) in [
            (RawFrame.LengthForm.sixteenBits, [0, 1, 124, 125]), (.sixtyFourBits, [0, 125, 126, 65534, 65535]),
        ] {
            for length in lengths {
                let frame = RawFrame(.text, from: sender).with {
                    $0.announcedLength = UInt64(length)
                    $0.lengthForm = form
                }
                #expect(self.violation(frame, from: sender) == .invalidLength, "\(length) as \(form)")
            }
        }
    }

    @Test(
        "A length with its top bit set is refused",
        arguments: Role.allCases,
        [1 << 63, 1 << 63 + 1, .max] as [UInt64]
    )
    func refusesTheTopBit(sender: Role, length: UInt64) {
        let frame = RawFrame(.binary, from: sender).with { $0.announcedLength = length }
        #expect(self.violation(frame, from: sender) == .invalidLength)
    }

    @Test("Every reserved opcode is refused", arguments: Role.allCases, [3, 4, 5, 6, 7, 11, 12, 13, 14, 15])
    func refusesReservedOpcodes(sender: Role, opcode: UInt8) {
        #expect(self.violation(RawFrame(opcode: opcode, from: sender), from: sender) == .reservedOpcode)
        let notFinal = RawFrame(opcode: opcode, from: sender).with { $0.isFinal = false }
        #expect(self.violation(notFinal, from: sender) == .reservedOpcode)
    }

    @Test("RSV bits are refused but for those of a negotiated extension", arguments: Opcode.allCases)
    func refusesReservedBits(opcode: Opcode) {
        let combinations = stride(from: UInt8(0), through: 0x70, by: 0x10)
        for bits in combinations {
            for allowed in combinations {
                let header = RawFrame(opcode).with { $0.reservedBits = bits }.header
                let result = parseHeader(header, from: .server, allowedReservedBits: allowed)
                // The bits of an extension are allowed only on the first frame of a message.
                let isAllowed = bits & ~allowed == 0 && (bits == 0 || opcode == .text || opcode == .binary)
                switch result {
                case .success(let parsed): #expect(isAllowed && parsed?.header.reservedBits == bits)
                case .failure(let violation): #expect(!isAllowed && violation.code == .reservedBits)
                }
            }
        }
    }

    @Test("A control frame is whole and short", arguments: Role.allCases, [Opcode.close, .ping, .pong])
    func refusesLongOrFragmentedControlFrames(sender: Role, opcode: Opcode) {
        let fragment = RawFrame(opcode, from: sender).with { $0.isFinal = false }
        #expect(self.violation(fragment, from: sender) == .fragmentedControlFrame)
        for length in [126, 127, 65535, 65536] as [UInt64] {
            let long = RawFrame(opcode, from: sender).with { $0.announcedLength = length }
            #expect(self.violation(long, from: sender) == .controlFrameTooLong, "\(length)")
        }
        let longest = RawFrame(opcode, from: sender).with { $0.announcedLength = 125 }
        #expect(self.violation(longest, from: sender) == nil)
    }

    @Test("A client must mask and a server must not", arguments: Role.allCases, Opcode.allCases)
    func refusesWrongMasking(sender: Role, opcode: Opcode) {
        let frame = RawFrame(opcode, [1, 2, 3], from: sender.peer)
        #expect(self.violation(frame, from: sender) == .wrongMasking)
    }

    @Test("The verdict is reached at the earliest byte and stays the same with more bytes", arguments: Role.allCases)
    func verdictDependsOnThePrefix(sender: Role) {
        let tail: [[UInt8]] = [
            [0x00, 0x7D, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4], [0x01, 0x00, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9],
            [0x80, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4], [0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 1, 2, 3, 4],
        ]
        for first in UInt8.min ... .max {
            for second in [0, 1, 125, 126, 127, 128, 129, 253, 254, 255] as [UInt8] {
                for rest in tail { self.expectOneVerdict([first, second] + rest, from: sender) }
            }
        }
    }

    private func expectOneVerdict(_ bytes: [UInt8], from sender: Role) {
        let whole = parseHeader(bytes, from: sender)
        var isDecided = false
        for count in 0...bytes.count {
            let verdict = parseHeader(Array(bytes.prefix(count)), from: sender)
            if case .success(nil) = verdict, !isDecided { continue }
            isDecided = true
            if verdict != whole { Issue.record("\(bytes.prefix(count)) of \(bytes): \(verdict), not \(whole)") }
        }
        if !isDecided { Issue.record("\(bytes): no verdict") }
    }

    @Test("What the first byte shows is reported without the second, what the second shows without the third")
    func reportsEarly() {
        func code(_ bytes: UInt8...) -> ProtocolViolation.Code? {
            guard case .failure(let violation) = parseHeader(bytes, from: .server) else { return nil }
            return violation.code
        }
        #expect(code(0xC1) == .reservedBits)
        #expect(code(0x83) == .reservedOpcode)
        #expect(code(0x09) == .fragmentedControlFrame)
        #expect(code(0x81, 0x80) == .wrongMasking)
        #expect(code(0x89, 0x7E) == .controlFrameTooLong)
        #expect(code(0x81, 0x7E, 0x00, 0x7D) == .invalidLength)
    }
}
