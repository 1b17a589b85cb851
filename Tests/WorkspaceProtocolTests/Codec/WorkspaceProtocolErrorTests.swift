import Testing
import WorkspaceProtocol

@Suite("Malformed frames") struct WorkspaceProtocolErrorTests {
    @Test(
        "The error names the kind, the byte and the way to it",
        arguments: [
            ("", WorkspaceProtocolError.Code.invalidSyntax, 0, ""),
            ("  ", .invalidSyntax, 2, ""),
            ("nonsense", .typeMismatch, 0, ""),
            ("\u{0}", .invalidSyntax, 0, ""),
            ("[]", .typeMismatch, 0, ""),
            ("7", .typeMismatch, 0, ""),
            ("{}", .missingType, 1, ""),
            (#"{"timestamp":1}"#, .missingType, 14, ""),
            (#"{"type":null}"#, .missingType, 12, ""),
            (#"{"type":null,"type":"pong"}"#, .missingType, 26, ""),
            (#"{"a":1,"type":null,"type":"pong"}"#, .missingType, 14, ""),
            (#"{"type":7}"#, .typeMismatch, 8, "type"),
            (#"{"a":1,"type":7}"#, .typeMismatch, 14, "type"),
            (#"{"type":"pong"}{}"#, .invalidSyntax, 15, ""),
            (#"{"type":"pong",}"#, .invalidSyntax, 15, ""),
            (#"{"type":"pong" "a":1}"#, .invalidSyntax, 15, ""),
            (#"{"type":"pong","a":tru}"#, .invalidSyntax, 22, ""),
            (#"{"type":"pong","a":[1,]}"#, .invalidSyntax, 22, ""),
            (#"{"type":"pong","timestamp":1.5}"#, .numberOutOfRange, 27, "timestamp"),
            (#"{"type":"pong","timestamp":9223372036854775808}"#, .numberOutOfRange, 27, "timestamp"),
            (#"{"type":"pong","timestamp":01}"#, .invalidSyntax, 28, "timestamp"),
            (#"{"type":"pong","timestamp":"1"}"#, .typeMismatch, 27, "timestamp"),
            (#"{"type":"git_status","git_status":7}"#, .typeMismatch, 34, "git_status"),
            (#"{"type":"git_status","git_status":{"ahead":true}}"#, .typeMismatch, 43, "git_status.ahead"),
            (#"{"type":"git_status","git_status":{"added":["",7]}}"#, .typeMismatch, 47, "git_status.added[1]"),
            (
                #"{"type":"git_status","git_status":{"staged":1,"is_submodule":1}}"#, .typeMismatch, 61,
                "git_status.is_submodule"
            ),
            (
                #"{"type":"git_status","git_status":{"files":{"a.b":{"path":1}}}}"#, .typeMismatch, 58,
                #"git_status.files["a.b"].path"#
            ),
        ]
    )
    func locates(frame: String, code: WorkspaceProtocolError.Code, offset: Int, path: String) throws {
        let error = try #require(WorkspaceEvent(frame: frame).error)
        #expect(error.code == code)
        #expect(error.offset == offset)
        #expect(error.path == path)
        #expect(error.description.contains("at byte \(offset)"))
    }

    @Test("A malformed message keeps its bytes, and shows them as text")
    func keepsBytes() throws {
        let frame: [UInt8] = [0x7B, 0xFF, 0x7D]
        guard case .malformed(let message) = WorkspaceEventDecoder().decode(frame).content else {
            Issue.record("The frame was accepted.")
            return
        }
        #expect(message.rawBytes == frame)
        #expect(message.rawText == "{\u{FFFD}}")
    }
}
