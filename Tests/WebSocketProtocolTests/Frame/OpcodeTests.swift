import Testing
import WebSocketProtocol

@Suite("Opcode")
struct OpcodeTests {
    @Test("Only the opcodes of RFC 6455 §5.2 exist")
    func knowsTheOpcodes() {
        let known = (UInt8.min ... .max).filter { Opcode(rawValue: $0) != nil }
        #expect(known == [0, 1, 2, 8, 9, 10])
    }

    @Test("Close, Ping and Pong are control frames", arguments: Opcode.allCases)
    func knowsControlFrames(opcode: Opcode) {
        #expect(opcode.isControl == [.close, .ping, .pong].contains(opcode))
    }

    @Test(
        "A message begins with the opcode of its kind",
        arguments: [(MessageKind.text, Opcode.text), (.binary, .binary)]
    )
    func followsFromTheKind(kind: MessageKind, opcode: Opcode) {
        #expect(kind.opcode == opcode)
    }
}
