import TestSupport
import Testing
import WebSocketProtocol

@Suite("Frame writer")
struct FrameWriterTests {
    private static let lengths = [0, 1, 125, 126, 127, 65535, 65536]

    @Test("A server's frame is its header and the payload as it is", arguments: lengths)
    func writesServerFrames(length: Int) {
        var random = SplitMix64(seed: 1)
        let payload = [UInt8].random(count: length, using: &random)
        var writer = FrameWriter(role: .server)
        #expect(writer.frame(.binary, payload: payload) == RawFrame(.binary, payload).bytes)
        let fragment = RawFrame(.continuation, payload).with { $0.isFinal = false }
        #expect(writer.frame(.continuation, payload: payload, isFinal: false) == fragment.bytes)
    }

    @Test("A client's frame is masked with the key in its header", arguments: lengths)
    func writesClientFrames(length: Int) throws {
        var random = SplitMix64(seed: 2)
        let payload = [UInt8].random(count: length, using: &random)
        var writer = FrameWriter(role: .client)
        let bytes = writer.frame(.binary, payload: payload)
        let size = try #require(try parseHeader(bytes, from: .client).get()).size
        let key = Array(bytes[(size - 4)..<size])
        #expect(bytes == RawFrame(.binary, payload).with { $0.maskingKey = key }.bytes)
    }

    @Test("Each frame of a client has a key of its own, control frames too")
    func usesFreshKeys() throws {
        var writer = FrameWriter(role: .client)
        var keys: Set<MaskingKey> = []
        for index in 0..<1000 {
            let opcode = Opcode.allCases[index % Opcode.allCases.count]
            let parsed = try parseHeader(writer.frame(opcode, payload: [1, 2, 3]), from: .client).get()
            keys.insert(try #require(parsed?.header.maskingKey))
        }
        #expect(keys.count >= 998)
    }

    @Test("Eight bytes of a client's payload in a row never appear on the wire")
    func hidesThePayload() {
        // An attacker who chooses the payload must not choose bytes on the wire (RFC 6455 §10.3).
        let payload = Array("GET /evil HTTP/1.1\r\nHost: victim.example\r\n\r\n".utf8)
        let runs = Set((0...payload.count - 8).map { Array(payload[$0..<$0 + 8]) })
        var writer = FrameWriter(role: .client)
        for _ in 0..<200 {
            let wire = writer.frame(.text, payload: payload)
            // The chance that a key is all zeros is 2^-32.
            for start in 0...wire.count - 8 { #expect(!runs.contains(Array(wire[start..<start + 8]))) }
        }
    }

    @Test("The payload handed over is not changed, and nothing is written behind the frame", arguments: Role.allCases)
    func writesInPlace(role: Role) {
        let payload = [UInt8](1...100)
        var writer = FrameWriter(role: role)
        let bound = FrameWriter.sizeBound(payloadCount: payload.count)
        var target = [UInt8](repeating: 0xEE, count: bound + 8)
        let size = payload.withUnsafeBytes { payload in
            target.withUnsafeMutableBytes { writer.write(.text, payload: payload, into: $0) }
        }
        #expect(payload == [UInt8](1...100))
        #expect(size <= bound)
        #expect(target[size...].allSatisfy { $0 == 0xEE })
    }

    @Test("The bound holds for the longest header")
    func boundsTheSize() {
        #expect(FrameWriter.sizeBound(payloadCount: 65536) == 65536 + 14)
    }
}
