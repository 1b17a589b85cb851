@testable import AgentRuntime

extension ModelWorld {
    /// Returns the broken rule of this state, or nil.
    ///
    /// - Parameter isQuiet: Whether nothing more happens unless a user, the server or the network begins something new.
    func check(isQuiet: Bool) -> String? {
        self.violation ?? self.checkMembers() ?? self.checkStreams() ?? self.checkClosers()
            ?? (isQuiet ? self.checkQuiet() : nil)
    }

    /// Checks that the members are exactly the tasks at work: registered before visible, and until they have left.
    private func checkMembers() -> String? {
        for slot in 0..<self.slotCount {
            if let problem = self.checkMembers(in: slot) { return problem }
        }
        guard self.barrier.hasCall == (self.call.step == .running) else {
            return "the call that works is not the one that is registered"
        }
        return self.barrier.isClosed == self.isClientClosed ? nil : "the client does not know that it was closed"
    }

    private func checkMembers(in slot: Int) -> String? {
        var working: UInt64 = 0
        var owner = 0
        for index in self.openers.indices where self.openers[index].slot == slot && self.openers[index].isDialling {
            guard owner == 0 else { return "two attempts live at the same time in one slot" }
            owner = self.openers[index].stream
            working = 1
        }
        for index in 1..<self.streams.count where self.streams[index].slot == slot {
            let (reader, writer) = (self.streams[index].reader.isMember, self.streams[index].writer.isMember)
            guard reader || writer else { continue }
            guard owner == 0 else { return "two streams live at the same time in one slot" }
            owner = index
            working = (reader ? 2 : 0) + (writer ? 4 : 0)
        }
        let registered = self.barrier.memberBits(slot)
        guard registered == working else {
            return "\(Self.names(working)) work, \(Self.names(registered)) are registered"
        }
        return Int(self.barrier.current(slot)?.number ?? 0) == owner ? nil : "the slot is not that of who works"
    }

    private static func names(_ members: UInt64) -> [String] {
        let tasks = [StreamTask.dial, .reader, .writer]
        return tasks.indices.filter { members & (1 << UInt64($0)) != 0 }.map { tasks[$0].rawValue }
    }

    /// Checks that a stream is drained only after its last task has left, and that its reason is the first cause.
    private func checkStreams() -> String? {
        for index in 1..<self.streams.count {
            let stream = self.streams[index]
            if stream.isDrained || stream.isGone, self.isAnythingLeft(of: index) {
                return "drained before the last exit"
            }
            if stream.eventsHaveEnded, !stream.hasEnded { return "the events ended before the stream" }
            if stream.hasEnded, self.barrier.state(of: self.id(index)) != nil {
                return "a stream that has ended is in the slot"
            }
            if case .closing(let end) = self.barrier.state(of: self.id(index)),
                ModelReason(end.reason) != stream.reason
            {
                return "the reason is not the first cause"
            }
        }
        return nil
    }

    /// Checks that after a close has returned, nothing that it closed is left at any later time.
    private func checkClosers() -> String? {
        for index in self.closers.indices where self.closers[index].step == .done {
            guard self.isAnythingLeft(of: self.closers[index].stream) else { continue }
            return "close returned, and its stream is not drained"
        }
        for index in self.clientClosers.indices where self.clientClosers[index].step == .done {
            let closer = self.clientClosers[index]
            guard !closer.isForStreams else {
                for stream in 1..<self.streams.count where closer.found & 1 << UInt64(stream) != 0 {
                    if self.isAnythingLeft(of: stream) { return "the close of all streams returned, and one is left" }
                    if self.openers.indices.contains(where: {
                        self.openers[$0].isDialling && self.openers[$0].stream == stream
                    }) {
                        return "the close of all streams returned, and a dial is left"
                    }
                }
                continue
            }
            if self.call.step == .running { return "the client's close returned, and a call is left" }
            for slot in 0..<self.slotCount where self.isAnythingLeft(in: slot) {
                return "the client's close returned, and something is left"
            }
        }
        return nil
    }

    /// Checks that every waiter is resumed without a new step of a user, and that no stream stays half open.
    private func checkQuiet() -> String? {
        for index in self.closers.indices where self.closers[index].step == .waiting { return "a close waits for ever" }
        for index in self.clientClosers.indices where self.clientClosers[index].step == .waiting {
            return "a close of the client waits for ever"
        }
        for index in self.openers.indices where self.openers[index].step == .waiting {
            return "an opener waits for ever"
        }
        for index in 1..<self.streams.count {
            let stream = self.streams[index]
            guard stream.reader != .none else { continue }
            let lives = stream.reader == .running && stream.writer == .running && stream.connection == .alive
            guard lives || (stream.isDrained && stream.isGone) else { return "a stream is half-dead" }
            if lives, stream.reason != nil { return "a stream with a reason to end lives on" }
        }
        for slot in 0..<self.slotCount where self.isClientClosed && self.barrier.current(slot) != nil {
            return "a closed client keeps a slot"
        }
        return nil
    }
}
