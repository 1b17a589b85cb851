import Testing
import WebSocketProtocol

/// Groups 12 and 13 of the Autobahn testsuite, against both roles; see docs/CONFORMANCE.md.
@Suite("Conformance of permessage-deflate", .timeLimit(.minutes(30)))
struct DeflateConformanceTests {
    @Test(
        "Groups 12 and 13: each kind of payload, as our sides offer, and each set of parameters",
        arguments: DeflateCase.kinds + DeflateCase.demands,
        [Role.client, .server]
    )
    func passes(_ deflateCase: DeflateCase, role: Role) async throws {
        let subject = Subject(role: role, demand: deflateCase.demands[0])
        let (complaints, end) = try await subject.run { peer in
            let agreement = try await DeflateAgreement.negotiate(peer, deflateCase.demands)
            return try await DeflateConversation(deflateCase, agreement, as: peer).play()
        }
        #expect(complaints.isEmpty, "\(deflateCase.id), our \(role)")
        #expect(end?.isClean == true)
    }
}
