@testable import AgentRuntime

extension ModelWorld {
    // MARK: The connection and the two tasks

    func stream(_ index: Int, _ visit: Visit) {
        self.connection(index, visit)
        self.worker(index, \.reader, .reader, visit)
        self.worker(index, \.writer, .writer, visit)
    }

    private func connection(_ index: Int, _ visit: Visit) {
        let stream = self.streams[index]
        // Before it is published, it belongs to the opener, which learns of its end by itself.
        guard stream.connection == .alive, stream.reader != .none else { return }
        if self.isTroubled {
            self.take(ModelMove("the server closes", index, isObliged: false), visit) { next in
                next.streams[index].connection = .closedByServer
            }
            self.take(ModelMove("the connection is lost", index, isObliged: false), visit) { next in
                next.streams[index].connection = .lost
            }
        }
        if stream.hasBegunToEnd {
            // It ends by the closing handshake, or at the deadline from `beginEnd`.
            self.take(ModelMove("the connection ends", index), visit) { $0.streams[index].connection = .aborted }
        }
    }

    private func worker(
        _ index: Int,
        _ worker: WritableKeyPath<ModelActors.Stream, ModelActors.Worker>,
        _ task: StreamTask,
        _ visit: Visit
    ) {
        let isReader = task == .reader
        switch self.streams[index][keyPath: worker] {
        case .none, .unstarted, .gone: break
        case .running: isReader ? self.runningReader(index, visit) : self.runningWriter(index, visit)
        case .beginningToEnd:
            self.take(ModelMove(isReader ? "the reader shuts down" : "the writer shuts down", index), visit) { next in
                next.beginEnd(index)
                next.streams[index][keyPath: worker] = .leaving
            }
        case .leaving:
            self.take(ModelMove(isReader ? "the reader leaves" : "the writer leaves", index), visit) { next in
                next.streams[index][keyPath: worker] = next.leave(index, task) ? .releasing : .gone
                if isReader, next.fault == .endsTheEventsEarly { next.streams[index].eventsHaveEnded = true }
            }
        case .releasing:
            self.take(ModelMove(isReader ? "the reader releases" : "the writer releases", index), visit) { next in
                next.release(index)
                next.streams[index][keyPath: worker] = .gone
            }
        }
    }

    private func runningReader(_ index: Int, _ visit: Visit) {
        let connection = self.streams[index].connection
        guard connection.hasEnded else { return }
        let reason: ModelReason = connection == .lost ? .failed : .closedByServer
        self.take(ModelMove("the reader reports the end", index), visit) { next in
            next.streams[index].reader = next.close(index, reason) == .beginEnd ? .beginningToEnd : .leaving
        }
    }

    private func runningWriter(_ index: Int, _ visit: Visit) {
        let stream = self.streams[index]
        if stream.hasBegunToEnd, stream.connection.hasEnded {
            self.take(ModelMove("the writer has closed", index), visit) { $0.streams[index].writer = .leaving }
        }
        guard self.isTroubled else { return }
        self.take(ModelMove("the writer can't send", index, isObliged: false), visit) { next in
            next.streams[index].writer = .leaving
            guard next.fault != .ignoresTheWriter, next.close(index, .failed) == .beginEnd else { return }
            next.streams[index].writer = .beginningToEnd
        }
    }

    private mutating func leave(_ index: Int, _ task: StreamTask) -> Bool {
        guard let end = self.barrier.left(self.id(index), task) else { return false }
        if self.streams[index].hasEnded { self.violation = "a stream ends twice" }
        if ModelReason(end.reason) != self.streams[index].reason { self.violation = "a later cause is the reason" }
        self.streams[index].hasEnded = true
        self.slots[self.streams[index].slot] = 0
        return true
    }

    // MARK: The tasks that close

    func closer(_ index: Int, _ visit: Visit) {
        let closer = self.closers[index]
        switch closer.step {
        case .idle:
            for opener in self.openers.indices where self.openers[opener].step == .opened {
                self.beginClose(index, self.openers[opener].stream, visit)
            }
        case .beginningToEnd:
            self.take(ModelMove("the closer shuts down", index), visit) { next in
                next.beginEnd(closer.stream)
                next.closers[index].step = next.streams[closer.stream].isDrained ? .done : .waiting
            }
        case .waiting, .done: break
        }
    }

    private func beginClose(_ index: Int, _ stream: Int, _ visit: Visit) {
        let names: [StaticString] = ["closes", "closes from within a callback", "aborts"]
        self.take(ModelMove(names[index], stream, isObliged: false), visit) { next in
            next.closers[index].stream = stream
            switch next.close(stream, Self.closerReasons[index]) {
            case .beginEnd: next.closers[index].step = .beginningToEnd
            // An aborted connection may end at any time, like every connection.
            case .abort, .nothing: next.closers[index].step = next.streams[stream].isDrained ? .done : .waiting
            case .cancelDial: next.violation = "a published stream is taken for a dial"
            }
        }
    }

    func clientCloser(_ index: Int, _ visit: Visit) {
        let closer = self.clientClosers[index]
        switch closer.step {
        case .idle:
            if closer.isForStreams {
                self.take(ModelMove("closes all streams", index, isObliged: false), visit) {
                    $0.beginCloseStreams(index)
                }
                return
            }
            guard index == 0 || self.closesStreams || self.clientClosers[0].step != .idle else { return }
            self.take(ModelMove("closes the client", index, isObliged: false), visit) { $0.beginCloseClient(index) }
        case .acting: self.act(index, visit)
        case .waiting, .done: break
        }
    }

    /// Acts on one slot; each slot is a separate step.
    private func act(_ index: Int, _ visit: Visit) {
        let closer = self.clientClosers[index]
        let stream = (closer.cancels | closer.endsToBegin).trailingZeroBitCount
        let cancels = closer.cancels & 1 << UInt64(stream) != 0
        let move: StaticString =
            cancels ? "the closer of the client cancels the dial" : "the closer of the client shuts down"
        self.take(ModelMove(move, stream), visit) { next in
            if cancels {
                if next.fault != .doesNotCancelTheDial { next.streams[stream].dialIsTold = true }
            } else if stream == 0 {
                if next.fault != .doesNotTellTheCall { next.call.isTold = true }
            } else {
                next.beginEnd(stream)
            }
            next.clientClosers[index].cancels &= ~(1 << UInt64(stream))
            next.clientClosers[index].endsToBegin &= ~(1 << UInt64(stream))
            next.waitForSlots(index)
        }
    }

    private mutating func beginCloseClient(_ index: Int) {
        let captured = self.barrier.closeClient()
        self.isClientClosed = true
        for opener in self.openers.indices { self.wake(opener) }
        self.capture(index, captured.slots, .closedByClient)
        guard !captured.members.isEmpty == (self.call.step == .running) else {
            self.violation = "the close does not find the call"
            return
        }
        if !captured.members.isEmpty {
            self.clientClosers[index].awaits |= 1
            // Only the first close tells it to end.
            if !self.call.isTold, self.clientClosers.indices.allSatisfy({ $0 == index || !self.tellsTheCall($0) }) {
                self.clientClosers[index].endsToBegin |= 1
            }
        }
        if self.fault == .closeDoesNotAwaitTheCall { self.clientClosers[index].awaits &= ~1 }
        if self.fault == .closeDoesNotAwaitTheDial {
            self.clientClosers[index].awaits &= ~self.clientClosers[index].cancels
        }
        if self.fault == .closeDoesNotWait { self.clientClosers[index].awaits = 0 }
        if self.fault == .awaitsOneSlot {
            let awaits = self.clientClosers[index].awaits
            self.clientClosers[index].awaits = awaits & ~(awaits &- 1)
        }
        self.waitForSlots(index)
    }

    private func tellsTheCall(_ closer: Int) -> Bool { self.clientClosers[closer].endsToBegin & 1 != 0 }

    private mutating func beginCloseStreams(_ index: Int) {
        let captured = self.barrier.closeStreams()
        for opener in self.openers.indices where self.openers[opener].step == .waiting {
            self.openersToEnd |= 1 << UInt64(opener)
            if self.fault != .leavesOpenersWaiting { self.openers[opener].step = .ended }
        }
        self.capture(index, captured, .closed)
        for step in captured where step.action == .cancelDial { self.cancelledDials |= 1 << step.id.number }
        if self.fault == .closeOfStreamsDoesNotWait { self.clientClosers[index].awaits = 0 }
        self.waitForSlots(index)
    }

    /// Notes what a close has found in the slots.
    private mutating func capture(_ index: Int, _ captured: [ClientLifetime.OnCloseSlot], _ reason: ModelReason) {
        for slot in 0..<self.slotCount where self.slots[slot] != 0 {
            guard captured.contains(where: { Int($0.id.number) == self.slots[slot] }) else {
                self.violation = "close does not wait for what is in a slot"
                return
            }
        }
        for (id, action) in captured.map({ ($0.id, $0.action) }) {
            let bit: UInt64 = 1 << id.number
            self.clientClosers[index].awaits |= bit
            self.clientClosers[index].found |= bit
            switch action {
            case .beginEnd:
                self.noteFirst(Int(id.number), reason)
                self.clientClosers[index].endsToBegin |= bit
            case .cancelDial: self.clientClosers[index].cancels |= bit
            case .abort, .nothing: break
            }
        }
    }

    // MARK: The control call

    func call(_ visit: Visit) {
        switch self.call.step {
        case .idle:
            self.take(ModelMove("a call begins", 0, isObliged: false), visit) { next in
                guard next.barrier.register() != nil else { return next.call.step = .done }
                if next.isClientClosed { next.violation = "a call begins in a closed client" }
                next.call.step = .running
            }
        case .running:
            self.take(ModelMove("the call ends", 0, isObliged: self.call.isTold), visit) { next in
                next.barrier.left(.init(number: 1))
                next.call.step = .releasing
            }
        case .releasing:
            self.take(ModelMove("the call releases who waits for it", 0), visit) { next in
                next.call.step = .done
                next.release(bit: 1)
            }
        case .done: break
        }
    }

    /// Waits for the streams that have not left their slots, after all other actions are done.
    private mutating func waitForSlots(_ index: Int) {
        let closer = self.clientClosers[index]
        guard closer.cancels | closer.endsToBegin == 0 else { return self.clientClosers[index].step = .acting }
        for stream in 1..<self.streams.count where self.streams[stream].isGone {
            self.clientClosers[index].awaits &= ~(1 << UInt64(stream))
        }
        if self.call.step == .done { self.clientClosers[index].awaits &= ~1 }
        self.clientClosers[index].step = self.clientClosers[index].awaits == 0 ? .done : .waiting
    }

    // MARK: Shared by all

    private mutating func close(_ index: Int, _ reason: ModelReason) -> StreamSlot.OnClose {
        let action = self.barrier.close(self.id(index), reason.reported)
        if action == .beginEnd { self.noteFirst(index, reason) }
        return action
    }

    private mutating func noteFirst(_ index: Int, _ reason: ModelReason) {
        if self.streams[index].reason != nil { self.violation = "two causes are the first" }
        self.streams[index].reason = reason
    }

    private mutating func beginEnd(_ index: Int) {
        guard self.fault != .forgetsToBeginTheEnd else { return }
        self.streams[index].hasBegunToEnd = true
    }

    private mutating func release(_ index: Int) {
        self.streams[index].isDrained = true
        self.streams[index].eventsHaveEnded = true
        for closer in self.closers.indices {
            guard self.closers[closer].step == .waiting, self.closers[closer].stream == index else { continue }
            self.closers[closer].step = .done
            if self.fault == .releasesOneWaiter { break }
        }
        self.releaseGone(index)
    }

    mutating func releaseGone(_ index: Int) {
        self.streams[index].isGone = true
        for opener in self.openers.indices where self.openers[opener].stream == index { self.wake(opener) }
        self.release(bit: 1 << UInt64(index))
    }

    private mutating func release(bit: UInt64) {
        for closer in self.clientClosers.indices where self.clientClosers[closer].step == .waiting {
            guard self.clientClosers[closer].awaits & bit != 0 else { continue }
            self.clientClosers[closer].awaits &= ~bit
            if self.clientClosers[closer].awaits == 0 { self.clientClosers[closer].step = .done }
            if self.fault == .releasesOneWaiter { break }
        }
    }

    private mutating func wake(_ opener: Int) {
        guard self.openers[opener].step == .waiting, self.fault != .wakesNoOpener else { return }
        self.openers[opener].stream = 0
        self.openers[opener].step = .asking
    }
}
