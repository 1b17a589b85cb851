import Testing
import WorkspaceProtocol

@Suite("The decoder of the agent stream") struct AgentDecoderTests {
    @Test(
        "A type that is not known keeps the whole text",
        arguments: ["turn_started", "", "a\\u0062c", "notification"]
    )
    func unknown(type: String) throws {
        let frame = #"{"type":"\#(type)","session_id":"s","x":[1,{"y":null}]}"#
        let event = try #require(AgentStreamMessage(frame: frame).event)
        guard case .unknown(let message) = event.content else {
            Issue.record("\(event)")
            return
        }
        #expect(message.rawText == frame)
        #expect(event.type.rawValue == (type == "a\\u0062c" ? "abc" : type))
        #expect(AgentStreamEncoder().encode(event) == Array(frame.utf8))
    }

    @Test(
        "A member that is not known, repeated, or of another event keeps the frame",
        arguments: [
            #"{"type":"message_chunk","text":"a","new":1}"#, #"{"type":"message_chunk","text":"a","text":"b"}"#,
            #"{"type":"message_chunk","text":"a","diff":"d"}"#,
            #"{"type":"message_chunk","text":"a","supports_audio":true}"#,
            #"{"type":"plan","plan_entries":[{"description":"d","new":{}}]}"#,
        ]
    )
    func unreadMembers(frame: String) throws {
        let event = try #require(AgentStreamMessage(frame: frame).event)
        #expect(event.deviations == .unreadMembers)
        #expect(event.rawBytes == Array(frame.utf8))
    }

    @Test("Members that are null are absent")
    func nulls() throws {
        let frame =
            #"{"type":"tool_call","session_id":null,"tool_call_id":null,"normalized":null,"tool_call_contents":null}"#
        #expect(AgentStreamMessage(frame: frame) == .event(AgentEvent(.toolCall(AgentToolCall()))))
    }

    @Test("A message of the type error is an answer if it has an action, in any order, else an event")
    func errors() throws {
        let event = try #require(AgentStreamMessage(frame: #"{"type":"error","error":"e","id":"1"}"#).event)
        #expect(event.type == .error)
        let answer = AgentErrorResponse(id: "1", action: .prompt, payload: try RawJSON(#"{"code":"CONFLICT"}"#))
        for frame in [
            #"{"id":"1","type":"error","action":"agent.prompt","payload":{"code":"CONFLICT"}}"#,
            #"{"type":"error","payload":{"code":"CONFLICT"},"action":"agent.prompt","id":"1"}"#,
            #" {"type" : "error", "action":"agent.prompt", "x":1, "payload": {"code":"CONFLICT"} ,"id":"1"}"#,
        ] { #expect(AgentStreamMessage(frame: frame) == .errorResponse(answer)) }
        #expect(answer.error == AgentServerError(.conflict, ""))
    }

    @Test(
        "An error whose payload has any form is still the answer to its request",
        arguments: ["null", "7", "[]", "{}"]
    )
    func errorPayloads(payload: String) throws {
        let frame = #"{"id":"1","type":"error","action":"a","payload":\#(payload)}"#
        guard case .errorResponse(let response) = AgentStreamMessage(frame: frame) else {
            Issue.record("not an answer")
            return
        }
        #expect(response.payload.text == payload)
        #expect(response.error == AgentServerError(AgentServerError.Code(rawValue: ""), ""))
    }

    @Test("A request or an answer without an id can't be answered or matched: it is unknown, and kept")
    func withoutID() throws {
        for type in ["request", "response"] {
            let event = try #require(AgentStreamMessage(frame: #"{"type":"\#(type)","action":"a"}"#).event)
            #expect(event.type.rawValue == type)
            #expect(event.rawBytes != nil)
        }
    }

    @Test("A request of the server is read, and its answers are written with its id")
    func serverRequest() throws {
        let frame = #"{"id":"m1","type":"request","action":"mcp.call","payload":{"tool":"t"},"timestamp":"x"}"#
        guard case .request(let request) = AgentStreamMessage(frame: frame) else {
            Issue.record("not a request")
            return
        }
        #expect((request.id, request.action.rawValue, request.payload.text) == ("m1", "mcp.call", #"{"tool":"t"}"#))
        let time = RFC3339Timestamp(rawValue: "2026-01-01T00:00:00Z")
        let answer = AgentStreamEncoder().encode(answer: .string("é\n"), to: request, timestamp: time)
        #expect(
            String(decoding: answer, as: UTF8.self)
                == #"{"id":"m1","type":"response","action":"mcp.call","payload":"é\n","timestamp":"2026-01-01T00:00:00Z"}"#
        )
        let error = AgentServerError(.notFound, "no", details: .null)
        let refusal = AgentStreamEncoder().encode(error: error, to: request, timestamp: time)
        let expected = AgentErrorResponse(
            id: "m1",
            action: request.action,
            payload: try RawJSON(#"{"code":"NOT_FOUND","message":"no","details":null}"#)
        )
        #expect(AgentStreamDecoder().decode(refusal) == .errorResponse(expected))
    }

    @Test(
        "A frame that is no message is an event with the reason",
        arguments: [
            ("", WorkspaceProtocolError.Code.invalidSyntax), ("[]", .typeMismatch), ("{}", .missingType),
            ("7", .typeMismatch),
            (#"{"type":null}"#, .missingType), (#"{"type":"plan"}x"#, .invalidSyntax),
            (#"{"type":"message_chunk","text":7}"#, .typeMismatch),
            (#"{"type":"plan","plan_entries":{}}"#, .typeMismatch),
            (#"{"type":"complete","prompt_generation":1.5}"#, .numberOutOfRange),
            (#"{"id":7,"type":"response","action":"a"}"#, .typeMismatch),
            (#"{"type":"x","a":\#(String(repeating: "[", count: 600))"#, .nestingTooDeep),
        ]
    )
    func malformed(frame: String, code: WorkspaceProtocolError.Code) {
        #expect(AgentStreamMessage(frame: frame).error?.code == code)
    }

    @Test("Bytes that are not UTF-8 become U+FFFD, and the frame is kept")
    func repaired() throws {
        let frame =
            Array(#"{"type":"message_chunk","text":"a"#.utf8) + [0xFF] + Array(#"","data":{"b":"\ud800"}}"#.utf8)
        let event = try #require(AgentStreamDecoder().decode(frame).event)
        guard case .messageChunk(let chunk) = event.content else {
            Issue.record("not a chunk")
            return
        }
        #expect(chunk.text == "a\u{FFFD}")
        #expect(event.data?["b"]?.string == "\u{FFFD}")
        #expect(event.deviations.contains(.repairedText))
        #expect(event.rawBytes == frame)
    }
}

@Suite("A JSON value of which only the text is kept") struct RawJSONTests {
    @Test("Its text is checked, and whitespace around it is dropped")
    func texts() throws {
        #expect(try RawJSON(" { \"a\" : 1 }\n").text == "{ \"a\" : 1 }")
        for wrong in ["", "{", "1 2", "nul", "\"\u{1}\"", "[1,]"] {
            #expect(throws: WorkspaceProtocolError.self) { try RawJSON(wrong) }
        }
        #expect(RawJSON.string("a\"\u{1}").text == #""a\"\u0001""#)
    }

    @Test("One can look into it; a value of another type is nil")
    func looking() throws {
        let value = try RawJSON(#"{"s":"ä\n","n":-1.5e1,"b":true,"z":null,"a":[1,"2",{}],"s":"second"}"#)
        #expect(value["s"]?.string == "ä\n")
        #expect((value["n"]?.number, value["n"]?.integer) == (-15, -15))
        #expect(value["b"]?.bool == true)
        #expect(value["z"]?.isNull == true)
        #expect(value["a"]?.elements?.map(\.text) == ["1", "\"2\"", "{}"])
        #expect(value["x"] == nil)
        #expect((value.string, value.integer, value.bool, value.number) == (nil, nil, nil, nil))
        #expect(value.elements == nil)
        #expect(try RawJSON("[]").elements?.isEmpty == true)
        #expect(try RawJSON("[]")["x"] == nil)
        #expect(try RawJSON("{}")["x"] == nil)
    }
}
