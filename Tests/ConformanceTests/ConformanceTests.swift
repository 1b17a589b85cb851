import Testing
import WebSocketProtocol

/// The case groups of the Autobahn testsuite, all strict, against both roles; see docs/CONFORMANCE.md.
@Suite("Conformance", .timeLimit(.minutes(5)))
struct ConformanceTests {
    @Test("Groups 1 to 10", arguments: ConformanceCase.all, [Role.client, .server])
    func passes(_ conformanceCase: ConformanceCase, role: Role) async throws {
        let transcript = try await CaseRunner.run(conformanceCase, role: role)
        let complaints = Judge.complaints(about: transcript, expecting: conformanceCase.expectation)
        #expect(complaints.isEmpty, "\(conformanceCase.id), our \(role)")
    }
}
