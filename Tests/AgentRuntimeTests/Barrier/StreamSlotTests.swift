import Testing

@testable import AgentRuntime

@Suite("The slot of a stream")
struct StreamSlotTests {
    /// A slot behind a reference, so that an expectation can change it.
    private final class Box {
        private(set) var value = StreamSlot()
        private var attempts: UInt64 = 0

        var members: StreamTasks { self.value.members }
        var current: StreamID? { self.value.current }

        /// Opens with a new name; the name is nil if no attempt begins.
        func open() -> (id: StreamID?, StreamSlot.OnOpen) {
            self.attempts += 1
            let id = StreamID(slot: .workspace, number: self.attempts)
            let decision = self.value.open(as: id)
            return (decision == .dial ? id : nil, decision)
        }
        func refusal() -> StreamSlot.OnOpen { self.open().1 }
        func cancelDial(_ id: StreamID) -> Bool { self.value.cancelDial(id) }
        func dialSucceeded(_ id: StreamID) -> StreamSlot.OnDialSucceeded {
            self.value.dialSucceeded(id, members: [.reader, .writer])
        }
        func dialEnded(_ id: StreamID) -> Bool { self.value.dialEnded(id) }
        func close(_ id: StreamID, _ reason: StreamEnd.Reason) -> StreamSlot.OnClose {
            self.value.close(id, reason)
        }
        func left(_ id: StreamID, _ task: StreamTask) -> StreamEnd? { self.value.left(id, task) }
        func state(of id: StreamID) -> StreamState? { self.value.state(of: id) }
    }

    /// A slot with an open stream.
    private static func opened() throws -> (Box, StreamID) {
        let slot = Box()
        let id = try #require(slot.open().id)
        #expect(slot.dialSucceeded(id) == .publish)
        return (slot, id)
    }

    @Test("Reader and writer are registered by the step that makes the stream visible")
    func registersBeforePublishing() throws {
        let slot = Box()
        let id = try #require(slot.open().id)
        #expect(slot.members == [.dial])
        #expect(slot.state(of: id)?.value == .dialling)
        #expect(slot.dialSucceeded(id) == .publish)
        #expect(slot.members == [.reader, .writer])
        #expect(slot.state(of: id)?.value == .open)
    }

    @Test("A second opener is refused while a stream is dialling or open, and waits for a stream that is ending")
    func refusesASecondStream() throws {
        let slot = Box()
        let id = try #require(slot.open().id)
        #expect(slot.refusal() == .refuseOpen)
        _ = slot.dialSucceeded(id)
        #expect(slot.refusal() == .refuseOpen)
        #expect(slot.close(id, .closed) == .beginEnd)
        #expect(slot.refusal() == .wait(id))
        #expect(slot.left(id, .reader) == nil)
        #expect(slot.refusal() == .wait(id))
        #expect(slot.left(id, .writer) != nil)
        let next = try #require(slot.open().id)
        #expect(next != id)
    }

    @Test("A dial whose opener was cancelled is told to end once and is discarded, and the next opener waits for it")
    func cancelsADial() throws {
        let slot = Box()
        let id = try #require(slot.open().id)
        #expect(slot.cancelDial(id))
        #expect(!slot.cancelDial(id))
        #expect(slot.refusal() == .wait(id))
        #expect(slot.dialSucceeded(id) == .discard)
        #expect(slot.refusal() == .wait(id))
        #expect(slot.dialEnded(id))
        let next = try #require(slot.open().id)
        _ = slot.dialSucceeded(next)
        #expect(!slot.cancelDial(next))
        #expect(slot.state(of: next)?.value == .open)
    }

    @Test("A dial that succeeds after it was told to end is discarded, and the slot is free only when it has ended")
    func rechecksAfterTheDial() throws {
        let slot = Box()
        let id = try #require(slot.open().id)
        #expect(slot.close(id, .closedByClient) == .cancelDial)
        #expect(slot.close(id, .aborted) == .nothing)
        #expect(slot.dialSucceeded(id) == .discard)
        #expect(slot.members == [.dial])
        #expect(slot.dialEnded(id))
        #expect(slot.members == [])
        #expect(slot.current == nil)
    }

    @Test("The driver names the members, and the slot waits only for them")
    func membersAreHandedIn() throws {
        var slot = StreamSlot()
        let id = StreamID(slot: .workspace, number: 1)
        #expect(slot.open(as: id) == .dial)
        #expect(slot.dialSucceeded(id, members: [.reader]) == .publish)
        #expect(slot.members == [.reader])
        #expect(slot.close(id, .closed) == .beginEnd)
        #expect(slot.left(id, .writer) == nil)
        let end = slot.left(id, .reader)
        #expect(end?.value == .closed)
    }

    @Test("The name of an ended stream changes nothing")
    func ignoresStaleNames() throws {
        let (slot, old) = try Self.opened()
        _ = slot.close(old, .closed)
        _ = slot.left(old, .reader)
        _ = slot.left(old, .writer)
        let id = try #require(slot.open().id)
        #expect(slot.dialSucceeded(old) == .discard)
        #expect(!slot.dialEnded(old))
        #expect(slot.close(old, .aborted) == .nothing)
        #expect(slot.dialSucceeded(id) == .publish)
        #expect(slot.left(old, .reader) == nil)
        #expect(slot.state(of: old) == nil)
        #expect(slot.members == [.reader, .writer])
    }

    @Test("Only the last task to leave drains the stream, in either order", arguments: [true, false])
    func drainsWithTheLastTask(readerFirst: Bool) throws {
        let (slot, id) = try Self.opened()
        let order: [StreamTask] = readerFirst ? [.reader, .writer] : [.writer, .reader]
        #expect(slot.close(id, .closed) == .beginEnd)
        #expect(slot.left(id, order[0]) == nil)
        // The same task can't be counted twice.
        #expect(slot.left(id, order[0]) == nil)
        #expect(slot.current == id)
        #expect(slot.left(id, order[1]) != nil)
        #expect(slot.current == nil)
    }

    @Test("The first cause is the reason, and later errors are attached to it")
    func firstCauseWins() throws {
        let (slot, id) = try Self.opened()
        #expect(slot.close(id, .closed) == .beginEnd)
        #expect(slot.close(id, .closedByClient) == .nothing)
        #expect(slot.close(id, .failed(AgentRuntimeError(.connectionLost, "late"))) == .abort)
        #expect(slot.close(id, .aborted) == .abort)
        _ = slot.left(id, .reader)
        let last = slot.left(id, .writer)
        let end = try #require(last)
        #expect(end.value == .closed)
        #expect(end.attached.map(\.code) == [.connectionLost])
    }
}
