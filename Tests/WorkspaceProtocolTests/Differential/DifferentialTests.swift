import Foundation
import TestSupport
import Testing
import WorkspaceProtocol

@Suite("Agreement with Foundation") struct DifferentialTests {
    private let decoder = WorkspaceEventDecoder()
    private let encoder = WorkspaceEventEncoder()
    private let reference = ReferenceDecoder()

    @Test("Generated frames have the same verdict and the same value", arguments: 0..<8 as Range<UInt64>)
    func agrees(seed: UInt64) {
        var generator = FrameGenerator(seed: seed)
        var accepted = 0
        for index in 0..<1000 {
            let frame = generator.frame()
            self.compare(frame, "seed \(seed), frame \(index)")
            if self.decoder.decode(frame).error == nil { accepted += 1 }
        }
        // A generator that makes only invalid frames, or none, would prove nothing.
        #expect((300...900).contains(accepted))
    }

    @Test("Every one-byte change of an example has the same verdict and the same value")
    func agreesOnChangedBytes() {
        for example in ExampleMessage.allCases {
            for index in example.bytes.indices {
                for byte in [UInt8]("\"\\{}[],:0-.eE tn\0\u{1}".utf8) + [0x80, 0xC3, 0xFF] {
                    var frame = example.bytes
                    frame[index] = byte
                    self.compare(frame, "\(example), byte \(index) as \(byte)")
                }
            }
        }
    }

    @Test("A decoded event is equal to the event decoded from its encoding", arguments: 100..<104 as Range<UInt64>)
    func roundTrips(seed: UInt64) {
        var generator = FrameGenerator(seed: seed)
        for index in 0..<500 {
            let event = self.decoder.decode(generator.frame())
            let again = self.decoder.decode(self.encoder.encode(event))
            #expect(again == event, "seed \(seed), frame \(index)")
        }
    }

    @Test("A valid envelope is the same, read alone or with the whole frame", arguments: 200..<204 as Range<UInt64>)
    func readsSameEnvelope(seed: UInt64) {
        var generator = FrameGenerator(seed: seed)
        for index in 0..<500 {
            let frame = generator.frame()
            let event = self.decoder.decode(frame)
            guard event.error == nil else { continue }
            let expected = WorkspaceEnvelope(type: event.type, timestamp: event.timestamp)
            #expect((try? self.decoder.envelope(of: frame)) == expected, "seed \(seed), frame \(index)")
        }
    }

    @Test(
        "Where Foundation is more lenient than RFC 8259, the RFC decides",
        arguments: [
            (#"{"type":"pong","timestamp":1,}"#, WorkspaceProtocolError.Code.invalidSyntax),
            (#"{"type":"git_status","git_status":{"added":["a",]}}"#, .invalidSyntax),
            (#"{"type":"pong","ignored":01}"#, .invalidSyntax),
            (#"{"type":"pong","ignored":"\x"}"#, .invalidSyntax),
            (#"{"type":"pong","timestamp":1.00000000000000000001}"#, .numberOutOfRange),
            (#"{"type":"pong","timestamp":9007199254740993.5}"#, .numberOutOfRange),
        ]
    )
    func isStricter(frame: String, code: WorkspaceProtocolError.Code) {
        #expect((try? JSONDecoder().decode(Timestamp.self, from: Data(frame.utf8))) != nil)
        #expect(WorkspaceEvent(frame: frame).error?.code == code)
    }

    @Test(
        "Where Foundation loses an exact integer, it is kept",
        arguments: ["9223372036854775807.0", "92233720368547758070e-1"]
    )
    func isExact(number: String) {
        let frame = "{\"timestamp\":\(number),\"type\":\"pong\"}"
        #expect((try? JSONDecoder().decode(Timestamp.self, from: Data(frame.utf8))) == nil)
        #expect(WorkspaceEvent(frame: frame) == WorkspaceEvent(.pong, timestamp: .max))
    }

    @Test("UTF-16, which Foundation detects, is no text of a WebSocket")
    func rejectsUTF16() {
        let frame = #"{"type":"pong"}"#.utf8.flatMap { [$0, 0] as [UInt8] }
        #expect(self.reference.decode(frame)?.content == .pong)
        #expect(self.decoder.decode(frame).error?.code == .invalidSyntax)
    }

    private struct Timestamp: Decodable {
        let timestamp: Int64?
    }

    private func compare(_ frame: [UInt8], _ name: @autoclosure () -> String) {
        let event = self.decoder.decode(frame)
        let expected = self.reference.decode(frame)
        guard let expected else {
            guard event.error == nil, !self.reference.hasHugeExponent(frame) else { return }
            // Invalid text in a string is repaired, as in Go.
            guard !event.deviations.contains(.repairedText) else { return }
            Issue.record("Only Foundation rejects \(name()): \(Self.show(frame))")
            return
        }
        guard event.error == nil else {
            if self.reference.hasTrailingComma(frame) { return }
            Issue.record("Only Foundation accepts \(name()): \(Self.show(frame)): \(String(describing: event.error))")
            return
        }
        // Canonically equivalent strings are equal in Swift. Only the encoded bytes show a difference.
        if self.encoder.encode(event) != self.encoder.encode(expected) || event != expected {
            Issue.record("The values differ for \(name()): \(Self.show(frame)): \(event) and \(expected)")
        }
    }

    private static func show(_ frame: [UInt8]) -> String {
        String(decoding: frame, as: UTF8.self).debugDescription
    }
}
