import Glibc
import Testing

@testable import RuntimeLifecycle

@Suite("The runtime's side")
struct RuntimeContextTests {
    @Test(
        "What a runtime reports is what its starter reads",
        arguments: [
            RuntimeReport.ready(RuntimeIdentity(generation: 7, nonce: "a b"), endpoint: "http://127.0.0.1:1"),
            .addressInUse(endpoint: "e=1"), .wrongIdentity(endpoint: "e"), .exited(code: -9),
            .failed(reason: "two\nlines, ü"),
        ]
    )
    func roundTrip(report: RuntimeReport) {
        #expect(RuntimeReport.first(in: Array(report.line.utf8)) == report)
    }

    @Test("A report is appended to the descriptor the starter named")
    func written() throws {
        var ends: [Int32] = [-1, -1]
        pipe(&ends)
        let reading = OwnedDescriptor(ends[0])
        let writing = ends[1]
        let context = try #require(
            RuntimeContext(environment: [
                "WORKSPACE_ID": "blue", "WORKSPACE_GENERATION": "3", "WORKSPACE_NONCE": "n",
                "WORKSPACE_REPORT_FD": String(writing),
            ])
        )
        #expect(context.report(.ready(context.identity, endpoint: "http://127.0.0.1:1")))
        close(writing)
        let bytes = reading.readAll(limit: 1000) ?? []
        let identity = RuntimeIdentity(generation: 3, nonce: "n")
        #expect(RuntimeReport.first(in: bytes) == .ready(identity, endpoint: "http://127.0.0.1:1"))
    }

    @Test(
        "A process that was not started as a runtime has no context",
        arguments: [
            [:],
            ["WORKSPACE_ID": "../x", "WORKSPACE_GENERATION": "3", "WORKSPACE_NONCE": "n", "WORKSPACE_REPORT_FD": "4"],
            ["WORKSPACE_ID": "blue", "WORKSPACE_GENERATION": "-3", "WORKSPACE_NONCE": "n", "WORKSPACE_REPORT_FD": "4"],
            ["WORKSPACE_ID": "blue", "WORKSPACE_GENERATION": "3", "WORKSPACE_NONCE": "", "WORKSPACE_REPORT_FD": "4"],
            ["WORKSPACE_ID": "blue", "WORKSPACE_GENERATION": "3", "WORKSPACE_NONCE": "n", "WORKSPACE_REPORT_FD": "1"],
        ] as [[String: String]]
    )
    func noContext(environment: [String: String]) {
        #expect(RuntimeContext(environment: environment) == nil)
    }
}
