import TestSupport
import Testing
import WebSocketProtocol
import WorkspaceProtocol

@testable import AgentRuntime

@Suite("Control calls that a runtime refuses", .timeLimit(.minutes(1)))
struct ControlRefusalTests {
    /// The error of a `GET /api/v1/status` with this answer.
    private func error(_ answer: String) async throws -> AgentRuntimeError {
        var seen: AgentRuntimeError?
        try await withRawRuntime { runtime in
            async let error = failure { try await runtime.control.status() }
            try await runtime.answer(answer)
            seen = await error
        }
        return try #require(seen)
    }

    @Test("401 and a reused port are the errors that they are for a stream")
    func terminal() async throws {
        let unauthorized = try await self.error(
            json(#"{"error":"missing or invalid Authorization header"}"#, status: "401 Unauthorized")
        )
        #expect(unauthorized.code == .unauthorized && unauthorized.isTerminal && unauthorized.httpStatus == 401)
        let gone = try await self.error(
            json(
                """
                {"error":"instance no longer exists at this port","expected_id":"exec-1","got_id":"other",\
                "port_reuse_hint":"h","recycled_port":true}
                """,
                status: "404 Not Found"
            )
        )
        #expect(gone.code == .instanceGone && gone.isTerminal)
        #expect(gone.message == "Instance other is gone; its port now belongs to exec-1.")
        #expect(gone.instance == AgentRuntimeError.Instance(expectedID: "exec-1", gotID: "other", hint: "h"))
    }

    @Test("Another status is a refusal with the words of the runtime, escaped")
    func refused() async throws {
        let json = try await self.error(json("{\"error\":\"no\\u001b[31m\"}", status: "500 Internal Server Error"))
        #expect(json.code == .refused && json.httpStatus == 500 && json.retry == .backOff)
        #expect(json.controlRefusal?.serverError == "no\u{1B}[31m")
        #expect(json.message == #"GET /api/v1/status was refused with status 500. It says: no\e[31m"#)
        let text = try await self.error("HTTP/1.1 404 Not Found\r\nContent-Length: 18\r\n\r\n404 page not found")
        #expect(text.code == .refused && text.httpStatus == 404 && text.retry == .never)
        #expect(text.controlRefusal?.serverError == nil && text.message.contains("Its answer: 404 page not found"))
        let busy = try await self.error("HTTP/1.1 503 Busy\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n")
        #expect(busy.retryAfter == .seconds(7) && busy.retry == .after(.seconds(7)))
    }

    @Test("A redirect is not followed; the error has its target")
    func redirect() async throws {
        let error = try await self.error(
            "HTTP/1.1 301 Moved Permanently\r\nLocation: http://other/x?secret\r\nContent-Length: 0\r\n\r\n"
        )
        #expect(error.code == .refused && error.httpStatus == 301 && error.retry == .never)
        #expect(error.redirectLocation == "http://other/x?secret")
        #expect(error.message.contains("Redirects are not followed.") && !error.message.contains("secret"))
    }

    @Test("A body that is not the JSON of the call is an unexpected answer, whose message does not have its values")
    func unexpected() async throws {
        let html = try await self.error("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<html>")
        #expect(html.code == .unexpectedAnswer && html.retry == .never)
        let type = try await self.error(json(#"{"process_info":{"exit_code":"secret"}}"#))
        #expect(type.code == .unexpectedAnswer && type.message.contains("process_info.exit_code"))
        #expect(!type.message.contains("secret"))
    }

    @Test("A runtime that says with status 200 that it did not do it has refused it")
    func refusedWithSuccess() async throws {
        try await withRawRuntime { runtime in
            async let error = failure { try await runtime.control.stop() }
            let request = try await runtime.answer(json(#"{"success":false,"error":"no agent"}"#))
            let seen = await error
            #expect(
                seen?.code == .refused && seen?.httpStatus == 200 && seen?.controlRefusal?.serverError == "no agent"
            )
            #expect(request.body == "{}" && request.line == "POST /api/v1/stop HTTP/1.1")
        }
    }

    @Test("What does not exist is nil if the runtime says so; a 404 of something else is a refusal")
    func absent() async throws {
        try await withRawRuntime { runtime in
            async let process = runtime.control.process(id: "a/b", withOutput: true)
            let request = try await runtime.answer(json(#"{"error":"process not found"}"#, status: "404 Not Found"))
            #expect(try await process == nil)
            #expect(request.line == "GET /api/v1/processes/a%2Fb?include_output=true HTTP/1.1")
            async let buffer = runtime.control.terminalBuffer(id: "t")
            try await runtime.answer(json(#"{"error":"terminal t not found"}"#, status: "404 Not Found"))
            #expect(try await buffer == nil)
            async let error = failure { try await runtime.control.process(id: "p") }
            try await runtime.answer("HTTP/1.1 404 Not Found\r\nContent-Length: 18\r\n\r\n404 page not found")
            #expect(await error?.code == .refused)
        }
    }

    @Test("Git answers have their own reader")
    func git() async throws {
        try await withRawRuntime { runtime in
            async let status = runtime.control.gitStatus()
            try await runtime.answer(json(#"{"success":true,"branch":"main","modified":["a"]}"#))
            #expect(try await status.status.modified == ["a"])
            async let error = failure { try await runtime.control.gitStatusMulti() }
            try await runtime.answer(json(#"{"success":true,"repos":[{"status":{"branch":7}}]}"#))
            let seen = await error
            #expect(seen?.code == .unexpectedAnswer && seen?.message.contains("repos[0].status.branch") == true)
            async let log = runtime.control.gitLog(since: "9f2c", repository: "api", limit: 3)
            let request = try await runtime.answer(json(#"{"success":true,"commits":[]}"#))
            #expect(try await log.isSuccess)
            #expect(request.line == "GET /api/v1/git/log?since=9f2c&limit=3&repo=api HTTP/1.1")
            async let commit = runtime.control.gitCommit(sha: "9f2c", repository: "api")
            let second = try await runtime.answer(json(#"{"success":true,"commit_sha":"9f2c","files":{}}"#))
            #expect(try await commit.commitSHA == "9f2c")
            #expect(second.line == "GET /api/v1/git/commit/9f2c?repo=api HTTP/1.1")
        }
    }

    @Test("What would break a head is refused before anything is dialled")
    func injection() async throws {
        try await withRawRuntime(credentials: .token("a\r\nX: b")) { runtime in
            let error = await failure { try await runtime.control.status() }
            #expect(error?.code == .invalidConfiguration && error?.message.contains("Bearer") == false)
            for id in ["", ".", ".."] {
                let error = await failure { try await runtime.control.process(id: id) }
                #expect(error?.code == .invalidConfiguration)
            }
            let timeout = await failure { try await runtime.control.status(timeout: .zero) }
            #expect(timeout?.code == .invalidConfiguration)
            #expect(runtime.server.peers.isEmpty)
        }
    }
}
