import Testing

@testable import AgentRuntime

@Suite("The lifetime of a client over its slots")
struct ClientLifetimeTests {
    private static let first = StreamSlot.Name(rawValue: "first")
    private static let second = StreamSlot.Name(rawValue: "second")

    /// A lifetime with an open stream in the first slot and a dial in the second.
    private static func busy() throws -> (ClientLifetime, stream: StreamID, dial: StreamID) {
        var lifetime = ClientLifetime()
        guard case .dial(let stream) = lifetime.open(self.first), case .dial(let dial) = lifetime.open(self.second)
        else { throw Unexpected() }
        #expect(lifetime.dialSucceeded(stream, members: [.reader, .writer]) == .publish)
        return (lifetime, stream, dial)
    }

    private struct Unexpected: Error {}

    @Test("A stream in one slot does not refuse an opener of another slot, and no name is used twice")
    func slotsAreIndependent() throws {
        var (lifetime, stream, dial) = try Self.busy()
        #expect(lifetime.open(Self.first) == .refuseOpen)
        #expect(lifetime.open(Self.second) == .refuseOpen)
        #expect(lifetime.close(stream, .closed) == .beginEnd)
        #expect(lifetime.open(Self.first) == .wait(stream))
        #expect(lifetime.state(of: dial)?.value == .dialling)
        #expect(lifetime.dialSucceeded(dial, members: [.reader, .writer]) == .publish)
        #expect(lifetime.left(stream, .reader) == nil)
        #expect(lifetime.left(dial, .writer) == nil)
        let end = lifetime.left(stream, .writer)
        #expect(end?.value == .closed)
        #expect(lifetime.current == [dial])
        guard case .dial(let next) = lifetime.open(Self.first) else { throw Unexpected() }
        #expect(Set([stream.number, dial.number, next.number]).count == 3)
    }

    @Test("Closing captures every slot in one step: it tells a dial to end, closes a stream, and waits for both")
    func capturesEverySlot() throws {
        var (lifetime, stream, dial) = try Self.busy()
        let captured = lifetime.closeClient().slots
        #expect(captured == [.init(id: stream, action: .beginEnd), .init(id: dial, action: .cancelDial)])
        #expect(lifetime.isClosed)
        #expect(lifetime.dialSucceeded(dial, members: [.reader, .writer]) == .discard)
        // A second close has nothing new to do, but still waits for both.
        #expect(lifetime.closeClient().slots.map(\.id) == [stream, dial])
        #expect(lifetime.closeClient().slots.allSatisfy { $0.action == .nothing })
        #expect(lifetime.dialEnded(dial) == true)
        #expect(lifetime.left(stream, .reader) == nil)
        #expect(lifetime.closeClient().slots == [.init(id: stream, action: .nothing)])
        let end = lifetime.left(stream, .writer)
        #expect(end?.value == .closedByClient)
        #expect(lifetime.closeClient().slots.isEmpty)
        #expect(lifetime.current.isEmpty)
    }

    @Test("A closed client opens no stream in any slot, also after all streams have left")
    func closedOpensNothing() throws {
        var (lifetime, stream, dial) = try Self.busy()
        _ = lifetime.closeClient()
        for name in [Self.first, Self.second, .workspace] { #expect(lifetime.open(name) == .refuseClosed) }
        #expect(lifetime.dialEnded(dial) == true)
        for task in [StreamTask.reader, .writer] { _ = lifetime.left(stream, task) }
        for name in [Self.first, Self.second, .workspace] { #expect(lifetime.open(name) == .refuseClosed) }
    }

    @Test("An abort of the client aborts each stream that is closing")
    func abortCuts() throws {
        var (lifetime, stream, dial) = try Self.busy()
        #expect(lifetime.dialSucceeded(dial, members: [.reader, .writer]) == .publish)
        _ = lifetime.closeClient()
        #expect(lifetime.closeClient(.aborted).slots.map(\.action) == [.abort, .abort])
        #expect(lifetime.state(of: stream)?.value == .closing(.closedByClient))
    }

    @Test("An idle slot is not kept after its stream or attempt has ended")
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

    @Test(
        "A close captures every member in the step that closes the client, and each close waits for those that are left"
    )
    func capturesEveryMember() throws {
        var (lifetime, _, _) = try Self.busy()
        let (first, second) = (lifetime.register(), lifetime.register())
        let (one, two) = (try #require(first), try #require(second))
        #expect(one != two)
        #expect(lifetime.closeClient().members == [one, two])
        lifetime.left(one)
        #expect(lifetime.closeClient().members == [two])
        lifetime.left(two)
        #expect(lifetime.closeClient().members.isEmpty)
    }

    @Test("A closed client registers no member, also after all have left")
    func closedRegistersNothing() throws {
        var lifetime = ClientLifetime()
        let registered = lifetime.register()
        let member = try #require(registered)
        _ = lifetime.closeClient()
        let refused = lifetime.register()
        #expect(refused == nil)
        lifetime.left(member)
        let refusedAgain = lifetime.register()
        #expect(refusedAgain == nil)
        #expect(lifetime.members.isEmpty)
    }

    @Test("Closing all streams captures every slot and no member; later streams can be opened and members register")
    func closesStreamsOnly() throws {
        var (lifetime, stream, dial) = try Self.busy()
        let registered = lifetime.register()
        let member = try #require(registered)
        let captured = lifetime.closeStreams()
        #expect(captured == [.init(id: stream, action: .beginEnd), .init(id: dial, action: .cancelDial)])
        #expect(!lifetime.isClosed)
        #expect(lifetime.members == [member])
        #expect(lifetime.dialSucceeded(dial, members: [.reader, .writer]) == .discard)
        #expect(lifetime.open(Self.first) == .wait(stream))
        #expect(lifetime.dialEnded(dial) == true)
        guard case .dial = lifetime.open(Self.second) else { throw Unexpected() }
        let another = lifetime.register()
        #expect(another != nil)
    }
}
