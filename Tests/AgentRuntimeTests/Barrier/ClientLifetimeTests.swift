import Testing

@testable import AgentRuntime

@Suite("The lifetime of a client over its slots")
struct ClientLifetimeTests {
    private static let first = StreamSlot.Name(rawValue: "first")
    private static let second = StreamSlot.Name(rawValue: "second")

    /// A lifetime with a stream that is open in the first slot and a dial in the second.
    private static func busy() throws -> (ClientLifetime, stream: StreamID, dial: StreamID) {
        var lifetime = ClientLifetime()
        guard case .dial(let stream) = lifetime.open(self.first), case .dial(let dial) = lifetime.open(self.second)
        else { throw Unexpected() }
        #expect(lifetime.dialSucceeded(stream, members: [.reader, .writer]) == .publish)
        return (lifetime, stream, dial)
    }

    private struct Unexpected: Error {}

    @Test("What is in one slot refuses nobody in another, and no name comes twice")
    func slotsAreIndependent() throws {
        var (lifetime, stream, dial) = try Self.busy()
        #expect(lifetime.open(Self.first) == .refuseOpen)
        #expect(lifetime.open(Self.second) == .refuseOpen)
        #expect(lifetime.close(stream, .closed) == .shutDown)
        #expect(lifetime.open(Self.first) == .wait(stream))
        #expect(lifetime.state(of: dial)?.description == "dialling")
        #expect(lifetime.dialSucceeded(dial, members: [.reader, .writer]) == .publish)
        #expect(lifetime.left(stream, .reader) == nil)
        #expect(lifetime.left(dial, .writer) == nil)
        let end = lifetime.left(stream, .writer)
        #expect(end?.description == "closed")
        #expect(lifetime.current == [dial])
        guard case .dial(let next) = lifetime.open(Self.first) else { throw Unexpected() }
        #expect(Set([stream.number, dial.number, next.number]).count == 3)
    }

    @Test("Closing captures every slot in one step: a dial is told to end, a stream closes, both are waited for")
    func capturesEverySlot() throws {
        var (lifetime, stream, dial) = try Self.busy()
        let captured = lifetime.closeClient()
        #expect(captured == [.init(id: stream, action: .shutDown), .init(id: dial, action: .cancelDial)])
        #expect(lifetime.isClosed)
        #expect(lifetime.dialSucceeded(dial, members: [.reader, .writer]) == .discard)
        // Again: nothing new is to be done, and both are still to be waited for.
        #expect(lifetime.closeClient().map(\.id) == [stream, dial])
        #expect(lifetime.closeClient().allSatisfy { $0.action == .nothing })
        #expect(lifetime.dialEnded(dial) == true)
        #expect(lifetime.left(stream, .reader) == nil)
        #expect(lifetime.closeClient() == [.init(id: stream, action: .nothing)])
        let end = lifetime.left(stream, .writer)
        #expect(end?.description == "closed with its client")
        #expect(lifetime.closeClient().isEmpty)
        #expect(lifetime.current.isEmpty)
    }

    @Test("A closed client opens nothing, in no slot, whatever has left it")
    func closedOpensNothing() throws {
        var (lifetime, stream, dial) = try Self.busy()
        _ = lifetime.closeClient()
        for name in [Self.first, Self.second, .workspace] { #expect(lifetime.open(name) == .refuseClosed) }
        #expect(lifetime.dialEnded(dial) == true)
        for task in [StreamTask.reader, .writer] { _ = lifetime.left(stream, task) }
        for name in [Self.first, Self.second, .workspace] { #expect(lifetime.open(name) == .refuseClosed) }
    }

    @Test("An abort of the client cuts each stream that closes")
    func abortCuts() throws {
        var (lifetime, stream, dial) = try Self.busy()
        #expect(lifetime.dialSucceeded(dial, members: [.reader, .writer]) == .publish)
        _ = lifetime.closeClient()
        #expect(lifetime.closeClient(.aborted).map(\.action) == [.cut, .cut])
        #expect(lifetime.state(of: stream)?.description == "closing (closed with its client)")
    }

    @Test("A slot that is idle is not kept, whatever is opened and ended in it")
    func keepsNoIdleSlot() throws {
        var lifetime = ClientLifetime()
        for index in 0..<100 {
            guard case .dial(let id) = lifetime.open(.init(rawValue: "\(index)")) else { throw Unexpected() }
            #expect(lifetime.current == [id])
            #expect(lifetime.members(of: id) == [.dial])
            #expect(lifetime.dialEnded(id) == true)
            #expect(lifetime.dialEnded(id) == false)
            #expect(lifetime.current.isEmpty)
            #expect(lifetime.members(of: id).isEmpty)
        }
    }
}
