/// The actors around the barrier: where each of them is in the steps that `ClientCore` and its users take.
///
/// A step is what happens between two points at which another thread can come in: one critical section, or what is
/// done after it.
enum ModelActors {
    /// A task in `openWorkspaceStream()`.
    struct Opener {
        enum Step: UInt64 {
            case idle, dialling, connected, discarding, failed, releasing, published, readerStarted
            /// The caller has its stream.
            case opened
            /// The caller has an error, and nothing of the attempt is left.
            case ended
            /// Another stream, `stream`, has to leave first.
            case waiting
            /// It was told to look at the slot again.
            case asking
        }

        var step = Step.idle
        /// The slot in which it opens.
        var slot = 0
        /// The number of its stream or attempt, 0 before it has one.
        var stream = 0
        var isCancelled = false

        /// 7 bits.
        var key: UInt64 {
            let cancelled: UInt64 = self.isCancelled && self.isDialling ? 1 : 0
            guard self.step != .ended else { return self.step.rawValue }
            return self.step.rawValue | UInt64(self.stream) << 4 | cancelled << 6
        }

        /// Whether `.dial` has to be among the members.
        var isDialling: Bool {
            switch self.step {
            case .dialling, .connected, .discarding, .failed: true
            default: false
            }
        }
    }

    /// A reader or a writer.
    enum Worker: UInt64 {
        /// No stream was published.
        case none
        /// Registered; its task does not run yet.
        case unstarted
        case running
        /// It was the first cause: it shuts the stream down.
        case shuttingDown
        case leaving
        /// It was the last to leave: it releases who waits.
        case releasing
        case gone

        /// Whether it has to be among the members.
        var isMember: Bool {
            switch self {
            case .unstarted, .running, .shuttingDown, .leaving: true
            case .none, .releasing, .gone: false
            }
        }
    }

    /// A connection.
    enum Connection: UInt64 {
        case none, alive, closedByServer, lost, cut

        var hasEnded: Bool { self != .none && self != .alive }
    }

    /// An attempt, and the stream that comes of it.
    struct Stream {
        /// The slot that it is in, or was.
        var slot = 0
        var connection = Connection.none
        var reader = Worker.none
        var writer = Worker.none
        /// A close told the dial to end.
        var dialIsTold = false
        /// `shutDown` was performed: the connection ends in bounded time, and there are no more commands.
        var isShutDown = false
        /// The first cause of its end.
        var reason: ModelReason?
        /// The barrier said that the last task has left.
        var hasEnded = false
        /// Those who wait for the stream were released.
        var isDrained = false
        /// Those who wait for the slot were released.
        var isGone = false
        /// The loops over its events were told the end.
        var eventsHaveEnded = false

        /// 17 bits; one and the same for every stream that is over.
        var key: UInt64 {
            guard self.reader != .gone || self.writer != .gone || !self.isDrained else { return 0x1FFFF }
            var key = self.connection.rawValue | self.reader.rawValue << 3 | self.writer.rawValue << 6
            key |= (self.reason?.rawValue ?? 0) << 9
            key |= (self.dialIsTold ? 1 : 0) << 12 | (self.isShutDown ? 1 : 0) << 13
            key |= (self.hasEnded ? 1 : 0) << 14 | (self.isGone ? 1 : 0) << 15
            return key | (self.eventsHaveEnded ? 1 : 0) << 16
        }
    }

    /// A task in `WorkspaceStream.close()` or `abort()`.
    struct Closer {
        enum Step: UInt64 { case idle, shuttingDown, waiting, done }

        var step = Step.idle
        var stream = 0

        /// 4 bits.
        var key: UInt64 { self.step.rawValue | (self.step == .done ? 0 : UInt64(self.stream) << 2) }
    }

    /// A task in `AgentRuntimeClient.close()`.
    struct ClientCloser {
        enum Step: UInt64 { case idle, acting, waiting, done }

        var step = Step.idle
        /// The streams that it still has to do something with, and those that it has to wait for: a bit each.
        var cancels: UInt64 = 0
        var shutsDown: UInt64 = 0
        var awaits: UInt64 = 0

        /// 11 bits.
        var key: UInt64 {
            self.step.rawValue | (self.cancels >> 1) << 2 | (self.shutsDown >> 1) << 5 | (self.awaits >> 1) << 8
        }
    }
}
