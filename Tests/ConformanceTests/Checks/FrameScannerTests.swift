import TestSupport
import Testing

/// The peer's own reader is strict, so the frames that it reads are valid.
@Suite("The scanner of the conformance peer")
struct FrameScannerTests {
    private func scan(_ bytes: [UInt8], masked: Bool = false, size: Int = .max) throws -> [PeerFrame] {
        var scanner = FrameScanner(isMasked: masked)
        var frames: [PeerFrame] = []
        for chunk in bytes.chunks(of: min(size, max(bytes.count, 1))) {
            scanner.append(chunk)
            while let frame = try scanner.next() { frames.append(frame) }
        }
        #expect(!scanner.hasRest)
        return frames
    }

    @Test(
        "Frames of every length form are read back, whatever way they are cut",
        arguments: [true, false],
        [1, 7, .max]
    )
    func readsBack(masked: Bool, size: Int) throws {
        let frames = [0, 125, 126, 65_535, 65_536].map { count in
            PeerFrame.binary((0..<count).map { UInt8(truncatingIfNeeded: $0) }, isFinal: false)
        }
        for frame in frames {
            #expect(try self.scan(frame.bytes(masked: masked), masked: masked, size: size) == [frame])
        }
    }

    @Test(
        "What no sender may send is malformed",
        arguments: [
            PeerFrame(opcode: 3), .text("").with(reserved: 4), .text("").with(reserved: 1),
            PeerFrame(opcode: 9, isFinal: false), .ping([UInt8](repeating: 0, count: 126)),
            PeerFrame(opcode: 2, payload: [1], lengthForm: .in16Bits),
            PeerFrame(opcode: 2, payload: [UInt8](repeating: 0, count: 200), lengthForm: .in64Bits),
        ]
    )
    func refuses(frame: PeerFrame) {
        #expect(throws: FrameScanner.Malformed.self) { try self.scan(frame.bytes(masked: false)) }
    }

    @Test("A frame that is masked, or not masked, against the rule is malformed", arguments: [true, false])
    func refusesMasking(masked: Bool) {
        #expect(throws: FrameScanner.Malformed.self) {
            try self.scan(PeerFrame.text("a").bytes(masked: !masked), masked: masked)
        }
    }
}
