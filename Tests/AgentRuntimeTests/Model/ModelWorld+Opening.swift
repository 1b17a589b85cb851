@testable import AgentRuntime

extension ModelWorld {
    typealias Visit = (ModelMove, ModelWorld) -> Void

    /// Visits every step that is possible now.
    func forEachMove(_ visit: Visit) {
        for index in 0..<self.openerCount { self.opener(index, visit) }
        for index in 1..<self.streams.count where self.streams[index].connection != .none { self.stream(index, visit) }
        for index in 0..<self.closerCount { self.closer(index, visit) }
        for index in 0..<self.clientCloserCount { self.clientCloser(index, visit) }
        if self.hasCall { self.call(visit) }
    }

    /// Takes a step on a copy of the world.
    func take(_ move: ModelMove, _ visit: Visit, _ step: (inout ModelWorld) -> Void) {
        var next = self
        step(&next)
        visit(move, next)
    }

    private func opener(_ index: Int, _ visit: Visit) {
        let opener = self.openers[index]
        self.cancelOpener(index, visit)
        switch opener.step {
        case .idle:
            // The openers of one slot are equal, so each begins only after the one before it.
            guard index < self.slotCount || self.openers[index - self.slotCount].step != .idle else { return }
            self.take(ModelMove("opens", index, isObliged: false), visit) { $0.beginDial(index) }
        case .dialling: self.dialling(index, visit)
        case .connected: self.take(ModelMove("publishes", index), visit) { $0.publish(index) }
        case .discarding:
            self.take(ModelMove("has discarded its connection", index), visit) { next in
                next.streams[opener.stream].connection = .aborted
                next.openers[index].step = .failed
            }
        case .failed: self.take(ModelMove("ends its dial", index), visit) { $0.endDial(index) }
        case .releasing:
            self.take(ModelMove("releases who waits for its dial", index), visit) { next in
                next.releaseGone(opener.stream)
                next.openers[index].step = .ended
            }
        case .published:
            self.take(ModelMove("starts the reader", index), visit) { next in
                next.streams[opener.stream].reader = .running
                next.openers[index].step = .readerStarted
            }
        case .readerStarted:
            self.take(ModelMove("starts the writer", index), visit) { next in
                next.streams[opener.stream].writer = .running
                next.openers[index].step = .opened
            }
        case .asking: self.take(ModelMove("looks at the slot again", index), visit) { $0.beginDial(index) }
        case .opened, .ended, .waiting: break
        }
    }

    private func cancelOpener(_ index: Int, _ visit: Visit) {
        let opener = self.openers[index]
        if opener.step == .waiting {
            // It was cancelled, or its time is over.
            self.take(ModelMove("the opener waits no longer", index, isObliged: false), visit) {
                $0.openers[index].step = .ended
            }
        }
        guard opener.isDialling, !opener.isCancelled else { return }
        self.take(ModelMove("the opener is cancelled", index, isObliged: false), visit) { next in
            next.openers[index].isCancelled = true
            _ = next.barrier.cancelDial(next.id(opener.stream))
        }
    }

    private func dialling(_ index: Int, _ visit: Visit) {
        let opener = self.openers[index]
        let isTold = opener.isCancelled || self.streams[opener.stream].dialIsTold
        // A dial may succeed even after it was told to end.
        self.take(ModelMove("connects", index, isObliged: false), visit) { next in
            next.openers[index].step = .connected
            next.streams[opener.stream].connection = .alive
        }
        self.take(ModelMove("can't connect", index, isObliged: isTold), visit) { $0.openers[index].step = .failed }
    }

    private mutating func beginDial(_ index: Int) {
        let slot = self.openers[index].slot
        let wasBusy = self.isAnythingLeft(in: slot)
        switch self.barrier.open(slot) {
        case .dial(let id):
            if self.isClientClosed { self.violation = "a closed client dials" }
            if self.openersToEnd & 1 << UInt64(index) != 0 {
                self.violation = "an attempt that began before the close of all streams dials after it"
            }
            if wasBusy { self.violation = "a second stream is begun while one lives" }
            self.attempts += 1
            guard id.number == self.attempts else {
                self.violation = "the name \(id.number) comes again"
                return
            }
            self.openers[index].stream = self.attempts
            self.openers[index].step = .dialling
            self.streams[self.attempts].slot = slot
            self.slots[slot] = self.attempts
        case .refuseClosed:
            if !self.isClientClosed { self.violation = "an open client says that it is closed" }
            self.openers[index].step = .ended
        case .refuseOpen:
            if !self.isAnythingWanted(in: slot) {
                self.violation = "a stream is refused although none is open or being opened"
            }
            self.openers[index].step = .ended
        case .wait(let id):
            if self.isAnythingWanted(in: slot) { self.violation = "an opener waits for a stream that lives on" }
            self.openers[index].stream = Int(id.number)
            self.openers[index].step = .waiting
        }
    }

    /// Whether a stream is open and not told to end, or is being opened by a task that was not cancelled.
    private func isAnythingWanted(in slot: Int) -> Bool {
        for index in self.openers.indices where self.openers[index].slot == slot {
            if self.isDialWanted(index) { return true }
        }
        for index in 1..<self.streams.count where self.streams[index].slot == slot {
            if self.streams[index].reader.isMember, self.streams[index].reason == nil { return true }
        }
        return false
    }

    /// Whether an opener dials, and neither it nor a close of all streams has told the dial to end.
    private func isDialWanted(_ index: Int) -> Bool {
        let opener = self.openers[index]
        return opener.isDialling && !opener.isCancelled && self.cancelledDials & 1 << UInt64(opener.stream) == 0
    }

    private mutating func publish(_ index: Int) {
        let stream = self.openers[index].stream
        switch self.barrier.dialSucceeded(self.id(stream)) {
        case .publish:
            if self.isClientClosed { self.violation = "a stream is published after its client was closed" }
            if !self.isDialWanted(index) { self.violation = "a stream is published for whom has gone" }
            self.streams[stream].reader = .unstarted
            self.streams[stream].writer = .unstarted
            self.openers[index].step = .published
        case .discard:
            if !self.isClientClosed, self.isDialWanted(index) {
                self.violation = "a connection is discarded without a cause"
            }
            self.openers[index].step = .discarding
        }
    }

    private mutating func endDial(_ index: Int) {
        let stream = self.openers[index].stream
        guard self.barrier.dialEnded(self.id(stream)) else {
            self.openers[index].step = .ended
            return
        }
        self.slots[self.streams[stream].slot] = 0
        self.openers[index].step = .releasing
    }

    /// Whether a dial, a reader, a writer or a connection of any attempt in a slot is left.
    func isAnythingLeft(in slot: Int) -> Bool {
        for index in self.openers.indices where self.openers[index].slot == slot && self.openers[index].isDialling {
            return true
        }
        for index in 1..<self.streams.count where self.streams[index].slot == slot {
            if self.isAnythingLeft(of: index) { return true }
        }
        return false
    }

    /// Whether a reader, a writer or a connection of this stream is left.
    func isAnythingLeft(of index: Int) -> Bool {
        let stream = self.streams[index]
        return stream.reader.isMember || stream.writer.isMember || stream.connection == .alive
    }
}
