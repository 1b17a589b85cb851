import Testing
import WebSocketProtocol

/// The case groups of the Autobahn testsuite, all strict, against both roles; see docs/CONFORMANCE.md.
@Suite("Conformance", .timeLimit(.minutes(5)))
struct ConformanceTests {
    private static let roles: [Role] = [.client, .server]

    private func expectPass(_ conformanceCase: ConformanceCase, _ role: Role) async throws {
        let transcript = try await CaseRunner.run(conformanceCase, role: role)
        let complaints = Judge.complaints(about: transcript, expecting: conformanceCase.expectation)
        #expect(complaints.isEmpty, "\(conformanceCase.id), our \(role)")
    }

    @Test("1 Framing: text and binary of every length form", arguments: FramingCases.all, Self.roles)
    func framing(_ conformanceCase: ConformanceCase, role: Role) async throws {
        try await self.expectPass(conformanceCase, role)
    }

    @Test("2 Pings and Pongs", arguments: PingCases.all, Self.roles)
    func pings(_ conformanceCase: ConformanceCase, role: Role) async throws {
        try await self.expectPass(conformanceCase, role)
    }

    @Test("3 Reserved bits", arguments: ReservedBitCases.all, Self.roles)
    func reservedBits(_ conformanceCase: ConformanceCase, role: Role) async throws {
        try await self.expectPass(conformanceCase, role)
    }

    @Test("4 Reserved opcodes", arguments: OpcodeCases.all, Self.roles)
    func opcodes(_ conformanceCase: ConformanceCase, role: Role) async throws {
        try await self.expectPass(conformanceCase, role)
    }

    @Test("5 Fragmentation", arguments: FragmentationCases.all, Self.roles)
    func fragmentation(_ conformanceCase: ConformanceCase, role: Role) async throws {
        try await self.expectPass(conformanceCase, role)
    }

    @Test("6 UTF-8, with fail-fast inside messages and frames", arguments: UTF8Cases.all, Self.roles)
    func utf8(_ conformanceCase: ConformanceCase, role: Role) async throws {
        try await self.expectPass(conformanceCase, role)
    }

    @Test("7 Closing", arguments: ClosingCases.all, Self.roles)
    func closing(_ conformanceCase: ConformanceCase, role: Role) async throws {
        try await self.expectPass(conformanceCase, role)
    }

    @Test("9 Large messages, many fragments, many round trips", arguments: BulkCases.all, Self.roles)
    func bulk(_ conformanceCase: ConformanceCase, role: Role) async throws {
        try await self.expectPass(conformanceCase, role)
    }

    @Test("10 A message in fragments of odd size", arguments: BulkCases.autoFragmentation, Self.roles)
    func autoFragmentation(_ conformanceCase: ConformanceCase, role: Role) async throws {
        try await self.expectPass(conformanceCase, role)
    }
}
