import ConcurrencyPrimitives
import WebSocketTransport

#if RED_CONTROLS
internal import RedControls
#endif

/// The events that wait for the consumer: a mailbox of batches, with a gate at which the reader waits for room.
final class EventQueue<Event: Sendable>: StreamSink {
    let mailbox: BatchMailbox<[Event]>
    private let gate: ReaderGate

    /// The limit while the stream ends: the event queue plus the receive queue of the connection.
    private let limitWhileEnding: BatchMailbox<[Event]>.Cost

    init(maximumEvents: Int, maximumBytes: Int, receiveQueue: ConnectionConfiguration.ReceiveQueue) {
        self.limitWhileEnding = .init(
            bytes: maximumBytes + receiveQueue.highWaterBytes,
            elements: maximumEvents + receiveQueue.highWaterMessages
        )
        let gate = ReaderGate()
        self.gate = gate
        self.mailbox = BatchMailbox(
            highMark: .init(bytes: maximumBytes, elements: maximumEvents),
            lowShare: 0.5,
            onRoom: { gate.letReaderPass() }
        )
    }

    func put(
        _ events: [Event],
        bytes: Int,
        wasFilled: Bool,
        resume: (UnsafeContinuation<MailboxWake, Never>) -> Void
    ) -> OnPut {
        if wasFilled, self.gate.isForcedOpen, self.isOverLimitWhileEnding { return .dropped }
        let (mayGoOn, waiter) = self.mailbox.pushing(events, cost: .init(bytes: bytes, elements: events.count))
        if let waiter { if waiter.isElsewhere { resume(waiter.continuation) } else { waiter.resume(.more) } }
        return mayGoOn ? .queued : .filled
    }

    private var isOverLimitWhileEnding: Bool {
        let queued = self.mailbox.queued
        return queued.bytes >= self.limitWhileEnding.bytes || queued.elements >= self.limitWhileEnding.elements
    }

    func waitForRoom() async {
        await withCheckedContinuation { reader in
            self.gate.wait(reader)
            // The consumer may have made room before the reader came to the gate.
            if !self.mailbox.isOverHighMark { self.gate.letReaderPass() }
        }
    }

    func stopWaiting() { self.gate.stayOpen() }

    /// Call it if nobody will take events: frees queued events, drops later ones, and ends all waiting.
    func discard() {
        #if RED_CONTROLS
        if !RedControl.isActive(.discardedEventsKept) { self.mailbox.discard() }
        if RedControl.isActive(.discardHoldsTheReader) { return }
        #else
        self.mailbox.discard()
        #endif
        self.gate.letReaderPass()
    }

    /// The reader has left; queued events can still be taken.
    func finish(_ error: (any Error)?) { self.mailbox.finish(error) }
}

/// The place where the reader waits for room.
struct ReaderGate: Sendable {
    private struct State {
        var reader: CheckedContinuation<Void, Never>?
        var staysOpen = false
    }

    private let state = Locked(State())

    func wait(_ reader: CheckedContinuation<Void, Never>) {
        let passes = self.state.withLock { state in
            if !state.staysOpen { state.reader = reader }
            return state.staysOpen
        }
        if passes { reader.resume() }
    }

    var isForcedOpen: Bool { self.state.withLock { $0.staysOpen } }

    func letReaderPass() { self.state.withLock { $0.reader.take() }?.resume() }

    func stayOpen() {
        let reader = self.state.withLock { state in
            state.staysOpen = true
            return state.reader.take()
        }
        reader?.resume()
    }
}
