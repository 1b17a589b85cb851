import Testing
import WebSocketProtocol

/// Groups 12 and 13 of the Autobahn testsuite, against both roles; see docs/CONFORMANCE.md.
@Suite("Conformance of permessage-deflate", .timeLimit(.minutes(30)))
struct DeflateConformanceTests {
    private func expectPass(_ deflateCase: DeflateCase, _ role: Role) async throws {
        let subject = Subject(role: role, demand: deflateCase.demands[0])
        let (complaints, end) = try await subject.run { peer in
            let agreement = try await DeflateAgreement.negotiate(peer, deflateCase.demands)
            return try await DeflateConversation(deflateCase, agreement, as: peer).play()
        }
        #expect(complaints.isEmpty, "\(deflateCase.id), our \(role)")
        #expect(end?.isClean == true)
    }

    @Test("12 Each kind of payload, as our sides offer", arguments: DeflateCase.kinds, [Role.client, .server])
    func kinds(_ deflateCase: DeflateCase, role: Role) async throws {
        try await self.expectPass(deflateCase, role)
    }

    @Test("13 Each set of parameters", arguments: DeflateCase.demands, [Role.client, .server])
    func demands(_ deflateCase: DeflateCase, role: Role) async throws {
        try await self.expectPass(deflateCase, role)
    }
}
