import Testing
import WebSocketProtocol

@Suite("Role")
struct RoleTests {
    @Test("A client masks and a server does not")
    func knowsWhoMasks() {
        #expect(Role.client.masksItsFrames)
        #expect(!Role.server.masksItsFrames)
    }

    @Test("The peer of a role is the other one", arguments: Role.allCases)
    func knowsThePeer(role: Role) {
        #expect(role.peer != role)
        #expect(role.peer.peer == role)
    }
}
