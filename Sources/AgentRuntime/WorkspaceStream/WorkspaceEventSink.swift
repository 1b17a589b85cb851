package import ConcurrencyPrimitives
package import WorkspaceProtocol

/// Takes the events of a workspace stream in place of its own queue; for a follower, whose queue outlives its streams.
///
/// The reader of the stream calls it, on the thread that reads the socket. So it must be quick, and must not wait except
/// in ``waitForRoom()``.
package protocol WorkspaceEventReceiver: Sendable {
    /// Takes a batch; never waits.
    ///
    /// - Parameters:
    ///   - events: At least one event, in the order of the wire.
    ///   - bytes: The size of their messages on the wire.
    ///   - resume: Gets a waiting consumer that runs on another thread, and resumes it soon.
    /// - Returns: Whether there is room; if not, the reader calls ``waitForRoom()`` before the next batch.
    func receive(
        _ events: [WorkspaceEvent],
        bytes: Int,
        resume: (UnsafeContinuation<MailboxWake, Never>) -> Void
    ) -> Bool

    /// Waits until there is room; returns at once after ``stopWaiting()``.
    func waitForRoom() async

    /// Makes the reader never wait from now on, because the stream is ending; only a bounded number of events comes.
    func stopWaiting()
}

/// The place where the events of a workspace stream go: its queue, or a receiver.
struct WorkspaceEventSink: StreamSink {
    /// The queue; it is over from the start if there is a receiver.
    let queue: EventQueue<WorkspaceEvent>
    private let receiver: (any WorkspaceEventReceiver)?

    init(_ queue: EventQueue<WorkspaceEvent>, receiver: (any WorkspaceEventReceiver)?) {
        (self.queue, self.receiver) = (queue, receiver)
        if receiver != nil { queue.finish(nil) }
    }

    var mailbox: BatchMailbox<[WorkspaceEvent]> { self.queue.mailbox }

    func put(
        _ events: [WorkspaceEvent],
        bytes: Int,
        wasFilled: Bool,
        resume: (UnsafeContinuation<MailboxWake, Never>) -> Void
    ) -> OnPut {
        guard let receiver = self.receiver else {
            return self.queue.put(events, bytes: bytes, wasFilled: wasFilled, resume: resume)
        }
        return receiver.receive(events, bytes: bytes, resume: resume) ? .queued : .filled
    }

    func waitForRoom() async {
        guard let receiver = self.receiver else { return await self.queue.waitForRoom() }
        await receiver.waitForRoom()
    }

    func stopWaiting() {
        self.queue.stopWaiting()
        self.receiver?.stopWaiting()
    }

    /// See ``EventQueue/discard()``.
    func discard() { self.queue.discard() }

    func finish(_ error: (any Error)?) { self.queue.finish(error) }
}
