import Testing
import WorkspaceProtocol

@Suite("Reading only the envelope") struct WorkspaceEnvelopeTests {
    private func envelope(_ frame: String) throws(WorkspaceProtocolError) -> WorkspaceEnvelope {
        try WorkspaceEventDecoder().envelope(of: [UInt8](frame.utf8))
    }

    @Test(
        "It is found wherever it is",
        arguments: [
            (#"{"type":"pong","timestamp":5}"#, "pong", 5),
            (#"{"timestamp":5,"git_status":{"type":"x","a":[1]},"type":"git_status"}"#, "git_status", 5),
            (#"{"data":"\"type\":","type":"n\u0065w","timestamp":-1}"#, "new", -1),
            (#" { "type" : "pong" } "#, "pong", nil),
            (#"{"type":"pong","timestamp":null,"timestamp":3}"#, "pong", nil),
        ] as [(String, String, Int64?)]
    )
    func isFound(frame: String, type: String, timestamp: Int64?) throws {
        let expected = WorkspaceEnvelope(type: WorkspaceMessageType(rawValue: type), timestamp: timestamp)
        #expect(try self.envelope(frame) == expected)
    }

    @Test("The text after it is not read")
    func stopsEarly() throws {
        #expect(try self.envelope(#"{"type":"pong","timestamp":1,]"#).type == .pong)
    }

    @Test(
        "A frame without one is an error",
        arguments: [
            ("{}", WorkspaceProtocolError.Code.missingType), (#"{"timestamp":1}"#, .missingType),
            (#"{"type":1}"#, .typeMismatch), (#"{"type":null}"#, .missingType),
            (#"{"type":"pong","timestamp":"1"}"#, .typeMismatch), (#"{"type":"pong"}x"#, .invalidSyntax),
            (#"{"type":"pong","timestamp":1.5}"#, .numberOutOfRange), ("", .invalidSyntax), ("[]", .typeMismatch),
            (#"{"a":"\ud80","type":"pong","timestamp":1}"#, .invalidSyntax),
        ]
    )
    func isRequired(frame: String, code: WorkspaceProtocolError.Code) {
        #expect(throws: WorkspaceProtocolError.self) { try self.envelope(frame) }
        do { _ = try self.envelope(frame) } catch { #expect(error.code == code) }
    }
}
