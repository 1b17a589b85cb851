import Foundation
import Testing

@testable import WorkspaceProtocol

/// A body that is read, and written again, as the same JSON.
private func roundTrip<Body: Codable>(_ body: CapturedBody, as type: Body.Type) throws -> Body {
    let data = Data(body.text.utf8)
    let value = try JSONDecoder().decode(type, from: data)
    let written = try JSONDecoder().decode(JSONValue.self, from: JSONEncoder().encode(value))
    #expect(written == (try JSONDecoder().decode(JSONValue.self, from: data)), "\(body.call)")
    return value
}

private func decoded<Body: Decodable>(_ text: String, as type: Body.Type = Body.self) throws -> Body {
    try JSONDecoder().decode(type, from: Data(text.utf8))
}

@Suite("Bodies of the control API, as agentctl sent and took them")
struct ControlBodyTests {
    @Test("What we send is the JSON that agentctl took")
    func requests() throws {
        for body in CapturedBody.configure { _ = try roundTrip(body, as: ConfigureAgentRequest.self) }
        for body in CapturedBody.terminalStart { _ = try roundTrip(body, as: StartTerminalRequest.self) }
        for body in CapturedBody.processStart { _ = try roundTrip(body, as: StartProcessRequest.self) }
        for body in CapturedBody.processStop { _ = try roundTrip(body, as: StopProcessRequest.self) }
        for body in CapturedBody.pollMode { _ = try roundTrip(body, as: PollModeBody.self) }
        for body in CapturedBody.handshake { _ = try roundTrip(body, as: ControlHandshakeRequest.self) }
        for body in CapturedBody.createInstance { _ = try roundTrip(body, as: CreateInstanceRequest.self) }
    }

    @Test("Every answer is read with all its members")
    func answers() throws {
        for body in CapturedBody.health { #expect(try roundTrip(body, as: RuntimeHealth.self).isOK) }
        for body in CapturedBody.status {
            let status = try roundTrip(body, as: RuntimeStatus.self)
            #expect(status.unknownMembers.isEmpty && status.process.unknownMembers.isEmpty)
        }
        for body in CapturedBody.info {
            #expect(try roundTrip(body, as: RuntimeDetails.self).unknownMembers.isEmpty)
        }
        for body in CapturedBody.actions { _ = try roundTrip(body, as: AgentActionAnswer.self) }
        for body in CapturedBody.shellStatus { _ = try roundTrip(body, as: ShellStatus.self) }
        for body in CapturedBody.shellBuffer { _ = try roundTrip(body, as: ShellBuffer.self) }
        for body in CapturedBody.shellStart { _ = try roundTrip(body, as: ShellStartAnswer.self) }
        for body in CapturedBody.terminals { _ = try roundTrip(body, as: TerminalAnswer.self) }
        for body in CapturedBody.processStarted { _ = try roundTrip(body, as: StartProcessAnswer.self) }
        for body in CapturedBody.processes {
            for process in try roundTrip(body, as: [WorkspaceProcess].self) { #expect(process.unknownMembers.isEmpty) }
        }
        for body in CapturedBody.oneProcess { _ = try roundTrip(body, as: WorkspaceProcess.self) }
        for body in CapturedBody.processStopped { _ = try roundTrip(body, as: StopProcessAnswer.self) }
        for body in CapturedBody.gitLog {
            for entry in try roundTrip(body, as: GitLogAnswer.self).commits { #expect(entry.unknownMembers.isEmpty) }
        }
        for body in CapturedBody.handshakeAnswer { _ = try roundTrip(body, as: ControlHandshakeAnswer.self) }
        for body in CapturedBody.instanceCreated { _ = try roundTrip(body, as: CreateInstanceAnswer.self) }
        for body in CapturedBody.oneInstance {
            #expect(try roundTrip(body, as: AgentInstance.self).unknownMembers.isEmpty)
        }
        for body in CapturedBody.instances { _ = try roundTrip(body, as: [AgentInstance].self) }
        for body in CapturedBody.instanceDeleted { _ = try roundTrip(body, as: DeleteInstanceAnswer.self) }
    }

    @Test("An exit code of 0 is not an absent one, and -1 is what agentctl sends before the end")
    func exitCodes() throws {
        let codes = try CapturedBody.status.map { try decoded($0.text, as: RuntimeStatus.self).process.exitCode }
        #expect(codes == [-1, -1, 9, 0])
        #expect(try decoded(#"{"process_info":{}}"#, as: RuntimeStatus.self).process.exitCode == nil)
        #expect(try decoded(#"{"exit_code":0}"#, as: WorkspaceProcess.self).exitCode == 0)
        #expect(try decoded("{}", as: WorkspaceProcess.self).exitCode == nil)
    }

    @Test("A member that is absent or null is zero; a member of another type is an error")
    func zeroValues() throws {
        let nothing = try decoded(#"{"agent_status":null,"process_info":null,"uptime":null}"#, as: RuntimeStatus.self)
        #expect(nothing == RuntimeStatus())
        #expect(try decoded("{}", as: AgentInstance.self) == AgentInstance())
        #expect(try decoded(#"{"commits":null}"#, as: GitLogAnswer.self) == GitLogAnswer())
        #expect(throws: DecodingError.self) { try decoded(#"{"agent_status":7}"#, as: RuntimeStatus.self) }
        #expect(throws: DecodingError.self) { try decoded("[]", as: RuntimeStatus.self) }
    }

    @Test("An unknown state is kept as its text, and unknown members as their values")
    func unknown() throws {
        let text = #"""
            {"agent_status":"dreaming","process_info":{"status":"x","restarts":2},"uptime":"3m",
            "queue":[1,2.5,null,true,{"a":"b"}],"huge":1e999}
            """#
        let status = try decoded(text, as: RuntimeStatus.self)
        #expect(status.agentStatus == AgentStatus(rawValue: "dreaming") && status.agentStatus != .running)
        #expect(status.uptime == .string("3m"))
        #expect(status.process.unknownMembers == ["restarts": .integer(2)])
        let queue = JSONValue.array([.integer(1), .number(2.5), .null, .bool(true), .object(["a": .string("b")])])
        #expect(status.unknownMembers == ["queue": queue])
        let written = try JSONDecoder().decode(RuntimeStatus.self, from: JSONEncoder().encode(status))
        #expect(written == status)
    }

    @Test("The secrets of a handshake are in no description")
    func secrets() {
        var answer = ControlHandshakeAnswer()
        answer.token = "secret"
        let texts = ["\(answer)", "\(ControlHandshakeRequest(nonce: "secret"))"]
        #expect(texts.allSatisfy { !$0.contains("secret") })
    }

    @Test("Ids are percent-encoded in paths, and no id is another path")
    func paths() {
        #expect(AgentctlAPI.processPath("a/b ?#%ü\r\n") == "/api/v1/processes/a%2Fb%20%3F%23%25%C3%BC%0D%0A")
        #expect(AgentctlAPI.terminalBufferPath("t1") == "/api/v1/shell/terminal/t1/buffer")
        #expect(AgentctlAPI.query(["since": "a&b", "limit": "3", "repo": nil]) == "since=a%26b&limit=3")
        #expect(AgentctlAPI.query(["repo": nil]) == nil)
        #expect(["", ".", ".."].allSatisfy { !AgentctlAPI.isSegment($0) } && AgentctlAPI.isSegment("..a"))
    }
}

@Suite("Git answers of the control API")
struct GitAnswerTests {
    private func read(_ text: String) throws -> GitStatusAnswer {
        let bytes = Array(text.utf8)
        return try GitStatusAnswer(reading: bytes.span.bytes)
    }

    @Test("A status over several repositories at once is empty, with success")
    func empty() throws {
        let answer = try self.read(CapturedBody.gitStatus)
        #expect(answer.isSuccess && answer.error == nil)
        #expect(answer.status.modified == [] && answer.status.untracked == [] && !answer.status.isPlaceholder)
        #expect(answer.status.headCommit == nil && answer.status.remoteBranch == nil && answer.status.baseCommit == nil)
        #expect(answer.status.timestamp.rawValue == "2026-11-29T07:41:40.612Z")
    }

    @Test("One status per repository, with the details of its files")
    func list() throws {
        let bytes = Array(CapturedBody.gitStatusList.utf8)
        let answer = try GitStatusListAnswer(reading: bytes.span.bytes)
        #expect(answer.isSuccess && answer.repositories.map(\.name) == ["api"])
        let status = try #require(answer.repositories.first?.answer.status)
        #expect(status.repositoryName == "api" && status.branch == "main" && status.branchAdditions == 4)
        #expect(status.headCommit == "28628c2a73f03365ba6eaa28d40074d169cdadbc" && status.remoteBranch == nil)
        #expect(status.files["f1.txt"]?.additions == 4)
        #expect(answer.repositories.first?.answer.isSuccess == true)
    }

    @Test("A null list means that agentctl has not looked; null repositories are none")
    func nulls() throws {
        #expect(try self.read(#"{"success":true,"modified":null,"branch":"main"}"#).status.modified == nil)
        let bytes = Array(#"{"success":true,"repos":null}"#.utf8)
        #expect(try GitStatusListAnswer(reading: bytes.span.bytes).repositories.isEmpty)
    }

    @Test("The order of the members does not matter")
    func order() throws {
        let answer = try self.read(#"{"error":"e","branch":"b","head_commit":"h","x":[{}],"success":false,"ahead":2}"#)
        #expect(answer.error == "e" && answer.status.branch == "b" && !answer.isSuccess && answer.status.ahead == 2)
        #expect(answer.status.headCommit == "h")
    }

    @Test(
        "A body that is not one JSON object is an error with its place",
        arguments: ["", "[]", "null", "{", #"{"success":1}"#, "{} x", #"{"modified":[1]}"#, "<html>"]
    )
    func invalid(text: String) {
        #expect(throws: WorkspaceProtocolError.self) { try self.read(text) }
    }

    @Test("A commit has its files with their differences")
    func commit() throws {
        let text = #"""
            {"success":true,"commit_sha":"9f2c","message":"Add login","author":"A <a@example.org>","date":"2026-01-01",
            "files":{"a.swift":{"path":"a.swift","status":"modified","additions":2,"deletions":1,"diff":"@@"}},
            "files_changed":1,"insertions":2,"deletions":1}
            """#
        let bytes = Array(text.utf8)
        let commit = try GitCommitDetail(reading: bytes.span.bytes)
        #expect(commit.isSuccess && commit.commitSHA == "9f2c" && commit.message == "Add login" && commit.error == nil)
        #expect(commit.author == "A <a@example.org>" && commit.date == "2026-01-01" && commit.filesChanged == 1)
        #expect(commit.files["a.swift"]?.diff == "@@" && commit.insertions == 2 && commit.deletions == 1)
    }
}
