import ConcurrencyPrimitives
import NIOPosix
import WebSocketTransport

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A thread that waits for the descriptor of an output: for room in it, and until its reader leaves.
///
/// The first wait starts it. `poll` blocks, so it runs neither on the cooperative pool nor on a shared thread.
final class OutputWatcher: Sendable {
    /// How a wait for room ended.
    enum WaitEnd: Sendable { case room, readerLeft, timedOut }

    private typealias Deadline = @Sendable () -> ContinuousClock.Instant?

    private struct Waiter {
        var continuation: CheckedContinuation<WaitEnd, Never>
        var deadline: Deadline
    }

    private struct State {
        var waiter: Waiter?
        var isStarted = false
        /// Wakes the thread; without it (no descriptor was free), the thread looks ten times a second.
        var wakeUp: CInt?
        var isStopped = false
        var hasReaderLeft = false
    }

    private let descriptor: CInt
    private let state = Locked(State())
    private let readerLeft = Promise<Void>()

    init(_ descriptor: CInt) { self.descriptor = descriptor }

    /// Whether the reader has left, as far as we know or can see now.
    var hasReaderLeft: Bool {
        self.readerLeft.value != nil || Self.look(self.descriptor, for: 0) & Self.noReaderEvents != 0
    }

    /// Waits until bytes can be written; one task at a time.
    ///
    /// - Parameter deadline: When to give up; nil means never. It is asked again after ``lookAgain()``.
    /// - Returns: How the wait ended.
    func waitForRoom(until deadline: @escaping @Sendable () -> ContinuousClock.Instant?) async -> WaitEnd {
        self.start()
        return await withCheckedContinuation { continuation in
            let hasLeft = self.state.withLock { state in
                if !state.hasReaderLeft { state.waiter = Waiter(continuation: continuation, deadline: deadline) }
                return state.hasReaderLeft
            }
            if hasLeft { continuation.resume(returning: .readerLeft) } else { self.lookAgain() }
        }
    }

    /// Waits until the reader has left, or the task is cancelled.
    func waitUntilReaderLeft() async -> Bool {
        self.start()
        return (try? await self.readerLeft.waitUnlessCancelled()) != nil
    }

    /// Makes the thread ask for the deadline again.
    func lookAgain() {
        self.state.withLock { state in
            guard let wakeUp = state.wakeUp else { return }
            // If the pipe is full, the thread will look soon anyway.
            _ = write(wakeUp, [1] as [UInt8], 1)
        }
    }

    /// Ends the thread; call it when no task waits any more.
    func stop() {
        self.state.withLock { $0.isStopped = true }
        self.lookAgain()
    }

    /// Whether bytes can be written now.
    static func isReady(_ descriptor: CInt) -> Bool { self.look(descriptor, for: POLLOUT) != 0 }

    /// Blocks this thread until bytes can be written, or until a write fails at once.
    ///
    /// - Returns: False if the deadline has passed.
    static func waitForRoom(in descriptor: CInt, until deadline: ContinuousClock.Instant) -> Bool {
        while deadline > .now {
            var polled = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            if poll(&polled, 1, self.milliseconds(until: deadline)) > 0 { return true }
        }
        return false
    }

    // MARK: The thread

    private static let noReaderEvents = Int16(POLLERR) | Int16(POLLHUP) | Int16(POLLNVAL)

    private static func look(_ descriptor: CInt, for events: Int32) -> Int16 {
        var polled = pollfd(fd: descriptor, events: Int16(events), revents: 0)
        return poll(&polled, 1, 0) > 0 ? polled.revents : 0
    }

    private func start() {
        let reading = self.state.withLock { state -> CInt? in
            guard !state.isStarted, !state.isStopped else { return nil }
            state.isStarted = true
            let pipe = Self.makePipe()
            state.wakeUp = pipe?.writing
            return pipe?.reading ?? -1
        }
        guard let reading else { return }
        // A pool of one thread, because this type knows how to make threads on each platform. It ends with the watch.
        let thread = NIOThreadPool(numberOfThreads: 1)
        thread.start()
        let (descriptor, state, readerLeft) = (self.descriptor, self.state, self.readerLeft)
        thread.submit { _ in
            let hasLeft = Self.run(descriptor, reading, state)
            if hasLeft { readerLeft.resolve(()) }
            thread.shutdownGracefully { _ in }
        }
    }

    private static func makePipe() -> (reading: CInt, writing: CInt)? {
        var ends: [CInt] = [-1, -1]
        guard pipe(&ends) == 0 else { return nil }
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        return (ends[0], ends[1])
    }

    /// - Returns: Whether the reader has left; false if the watch was stopped.
    private static func run(_ descriptor: CInt, _ wakeUp: CInt, _ state: Locked<State>) -> Bool {
        while !state.withLock({ $0.isStopped }) {
            let deadline = state.withLock { $0.waiter?.deadline }
            var polled = [
                // poll(2) always reports errors, and skips a negative descriptor.
                pollfd(fd: descriptor, events: deadline == nil ? 0 : Int16(POLLOUT), revents: 0),
                pollfd(fd: wakeUp, events: Int16(POLLIN), revents: 0),
            ]
            _ = poll(&polled, 2, wakeUp >= 0 ? Self.milliseconds(until: deadline?()) : 100)
            var scrap = [UInt8](repeating: 0, count: 64)
            if polled[1].revents != 0 { _ = read(wakeUp, &scrap, scrap.count) }
            if polled[0].revents & Self.noReaderEvents != 0 { break }
            if deadline != nil { Self.settle(state, hasRoom: polled[0].revents != 0) }
        }
        return Self.leave(state, wakeUp)
    }

    private static func leave(_ state: Locked<State>, _ wakeUp: CInt) -> Bool {
        let (waiter, writing, isStopped) = state.withLock { state in
            state.hasReaderLeft = !state.isStopped
            return (state.waiter.take(), state.wakeUp.take(), state.isStopped)
        }
        if wakeUp >= 0 { _ = close(wakeUp) }
        if let writing { _ = close(writing) }
        waiter?.continuation.resume(returning: isStopped ? .timedOut : .readerLeft)
        return !isStopped
    }

    private static func settle(_ state: Locked<State>, hasRoom: Bool) {
        guard let deadline = state.withLock({ $0.waiter?.deadline }) else { return }
        let isLate = deadline().map { $0 <= .now } ?? false
        guard hasRoom || isLate else { return }
        let waiter = state.withLock { $0.waiter.take() }
        waiter?.continuation.resume(returning: hasRoom ? .room : .timedOut)
    }

    /// The timeout for `poll`, rounded up so that a wait never ends too early and repeats at once.
    private static func milliseconds(until deadline: ContinuousClock.Instant?) -> CInt {
        guard let deadline else { return -1 }
        return CInt(min(max(0, (deadline - .now) / .milliseconds(1)), 60_000)) + 1
    }
}
