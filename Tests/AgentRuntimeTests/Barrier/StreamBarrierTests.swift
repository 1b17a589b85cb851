import Testing

@testable import AgentRuntime

@Suite("The stream barrier")
struct StreamBarrierTests {
    /// A barrier behind a reference, so that an expectation can take a step.
    private final class Box {
        private(set) var value = StreamBarrier()

        var members: Set<StreamTask> { self.value.members }
        var current: StreamBarrier.StreamID? { self.value.current }
        var isClosed: Bool { self.value.isClosed }

        func open() -> StreamBarrier.OnOpen { self.value.open() }
        func cancelDial(_ id: StreamBarrier.StreamID) -> Bool { self.value.cancelDial(id) }
        func dialSucceeded(_ id: StreamBarrier.StreamID) -> StreamBarrier.OnDialSucceeded {
            self.value.dialSucceeded(id)
        }
        func dialEnded(_ id: StreamBarrier.StreamID) -> Bool { self.value.dialEnded(id) }
        func close(_ id: StreamBarrier.StreamID, _ reason: WorkspaceStreamEnd.Reason) -> StreamBarrier.OnClose {
            self.value.close(id, reason)
        }
        func closeClient() -> (action: StreamBarrier.OnClose, waitFor: StreamBarrier.StreamID?) {
            self.value.closeClient()
        }
        func left(_ id: StreamBarrier.StreamID, _ task: StreamTask) -> WorkspaceStreamEnd? {
            self.value.left(id, task)
        }
        func state(of id: StreamBarrier.StreamID) -> WorkspaceStreamState? { self.value.state(of: id) }
    }

    /// A barrier with one stream that is open.
    private static func opened() throws -> (Box, StreamBarrier.StreamID) {
        let barrier = Box()
        guard case .dial(let id) = barrier.open() else { throw Unexpected() }
        #expect(barrier.dialSucceeded(id) == .publish)
        return (barrier, id)
    }

    private struct Unexpected: Error {}

    @Test("Reader and writer are registered by the step that makes the stream visible")
    func registersBeforePublishing() throws {
        let barrier = Box()
        guard case .dial(let id) = barrier.open() else { throw Unexpected() }
        #expect(barrier.members == [.dial])
        #expect(barrier.state(of: id)?.description == "dialling")
        #expect(barrier.dialSucceeded(id) == .publish)
        #expect(barrier.members == [.reader, .writer])
        #expect(barrier.state(of: id)?.description == "open")
    }

    @Test("A second stream is refused while one is dialling or open, and waits for one that is on its way out")
    func refusesASecondStream() throws {
        let barrier = Box()
        guard case .dial(let id) = barrier.open() else { throw Unexpected() }
        #expect(barrier.open() == .refuseOpen)
        _ = barrier.dialSucceeded(id)
        #expect(barrier.open() == .refuseOpen)
        #expect(barrier.close(id, .closed) == .shutDown)
        #expect(barrier.open() == .wait(id))
        #expect(barrier.left(id, .reader) == nil)
        #expect(barrier.open() == .wait(id))
        #expect(barrier.left(id, .writer) != nil)
        guard case .dial(let next) = barrier.open() else { throw Unexpected() }
        #expect(next != id)
    }

    @Test("A dial whose opener has gone is told to end once, is discarded, and the next opener waits for it")
    func cancelsADial() throws {
        let barrier = Box()
        guard case .dial(let id) = barrier.open() else { throw Unexpected() }
        #expect(barrier.cancelDial(id))
        #expect(!barrier.cancelDial(id))
        #expect(barrier.open() == .wait(id))
        #expect(barrier.dialSucceeded(id) == .discard)
        #expect(barrier.open() == .wait(id))
        #expect(barrier.dialEnded(id))
        guard case .dial(let next) = barrier.open() else { throw Unexpected() }
        _ = barrier.dialSucceeded(next)
        #expect(!barrier.cancelDial(next))
        #expect(barrier.state(of: next)?.description == "open")
        _ = barrier.closeClient()
        #expect(barrier.open() == .refuseClosed)
    }

    @Test("A dial that succeeds after the client was closed is discarded, and the slot is free only when it has ended")
    func rechecksAfterTheDial() throws {
        let barrier = Box()
        guard case .dial(let id) = barrier.open() else { throw Unexpected() }
        let (action, waitFor) = barrier.closeClient()
        #expect(action == .cancelDial)
        #expect(waitFor == id)
        #expect(barrier.dialSucceeded(id) == .discard)
        #expect(barrier.members == [.dial])
        #expect(barrier.dialEnded(id))
        #expect(barrier.members == [])
        #expect(barrier.open() == .refuseClosed)
    }

    @Test("A dial that was told to end is discarded even while the client is open")
    func discardsACancelledDial() throws {
        let barrier = Box()
        guard case .dial(let id) = barrier.open() else { throw Unexpected() }
        #expect(barrier.close(id, .aborted) == .cancelDial)
        #expect(barrier.close(id, .aborted) == .nothing)
        #expect(barrier.dialSucceeded(id) == .discard)
    }

    @Test("Names of streams that are over change nothing")
    func ignoresStaleNames() throws {
        let (barrier, old) = try Self.opened()
        _ = barrier.close(old, .closed)
        _ = barrier.left(old, .reader)
        _ = barrier.left(old, .writer)
        guard case .dial(let id) = barrier.open() else { throw Unexpected() }
        #expect(barrier.dialSucceeded(old) == .discard)
        #expect(!barrier.dialEnded(old))
        #expect(barrier.close(old, .aborted) == .nothing)
        #expect(barrier.dialSucceeded(id) == .publish)
        #expect(barrier.left(old, .reader) == nil)
        #expect(barrier.state(of: old) == nil)
        #expect(barrier.members == [.reader, .writer])
    }

    @Test("Only the last task to leave drains the stream, in either order", arguments: [true, false])
    func drainsWithTheLastTask(readerFirst: Bool) throws {
        let (barrier, id) = try Self.opened()
        let order: [StreamTask] = readerFirst ? [.reader, .writer] : [.writer, .reader]
        #expect(barrier.close(id, .closed) == .shutDown)
        #expect(barrier.left(id, order[0]) == nil)
        // The same task can't be counted twice.
        #expect(barrier.left(id, order[0]) == nil)
        #expect(barrier.current == id)
        #expect(barrier.left(id, order[1]) != nil)
        #expect(barrier.current == nil)
    }

    @Test("The first cause is the reason, and later errors are attached to it")
    func firstCauseWins() throws {
        let (barrier, id) = try Self.opened()
        #expect(barrier.close(id, .closed) == .shutDown)
        #expect(barrier.close(id, .closedByClient) == .nothing)
        #expect(barrier.close(id, .failed(AgentRuntimeError(.connectionLost, "late"))) == .cut)
        #expect(barrier.close(id, .aborted) == .cut)
        _ = barrier.left(id, .reader)
        let last = barrier.left(id, .writer)
        let end = try #require(last)
        #expect(end.description == "closed")
        #expect(end.attached.map(\.code) == [.connectionLost])
    }

    @Test("Closing the client ends an open stream once, and waits for one that is ending already")
    func closesTheClient() throws {
        let (barrier, id) = try Self.opened()
        #expect(barrier.closeClient() == (.shutDown, id))
        #expect(barrier.closeClient() == (.nothing, id))
        _ = barrier.left(id, .writer)
        #expect(barrier.closeClient() == (.nothing, id))
        let last = barrier.left(id, .reader)
        let end = try #require(last)
        #expect(end.description == "closed with its client")
        #expect(barrier.closeClient() == (.nothing, nil))
        #expect(barrier.isClosed)
    }
}
