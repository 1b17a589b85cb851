/// The actors around the barrier, and the step at which each of them is; `ClientDriver` and its users take these steps.
///
/// Between two steps another thread can run. A step is one critical section, or the work after it.
enum ModelActors {
    /// A task in `openWorkspaceStream()`.
    struct Opener {
        enum Step: UInt64 {
            case idle, dialling, connected, discarding, failed, releasing, published, readerStarted
            /// The caller has its stream.
            case opened
            /// The caller has an error, and nothing of the attempt is left.
            case ended
            /// The opener waits until another stream, `stream`, has left.
            case waiting
            /// It was told to look at the slot again.
            case asking
        }

        var step = Step.idle
        /// The slot in which it opens.
        var slot = 0
        /// The number of its stream or attempt; 0 before it has one.
        var stream = 0
        var isCancelled = false

        /// 7 bits.
        var key: UInt64 {
            let cancelled: UInt64 = self.isCancelled && self.isDialling ? 1 : 0
            guard self.step != .ended else { return self.step.rawValue }
            return self.step.rawValue | UInt64(self.stream) << 4 | cancelled << 6
        }

        /// Whether `.dial` must be a member.
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
        /// It is registered, but its task does not run yet.
        case unstarted
        case running
        /// It was the first cause, and begins the end of the stream.
        case beginningToEnd
        case leaving
        /// It was the last to leave, and resumes the waiters.
        case releasing
        case gone

        /// Whether it must be a member.
        var isMember: Bool {
            switch self {
            case .unstarted, .running, .beginningToEnd, .leaving: true
            case .none, .releasing, .gone: false
            }
        }
    }

    /// A connection.
    enum Connection: UInt64 {
        case none, alive, closedByServer, lost, aborted

        var hasEnded: Bool { self != .none && self != .alive }
    }

    /// An attempt, and the resulting stream.
    struct Stream {
        /// Its slot; also after it has left.
        var slot = 0
        var connection = Connection.none
        var reader = Worker.none
        var writer = Worker.none
        /// A close told the dial to end.
        var dialIsTold = false
        /// `beginEnd` was performed, so the connection ends in bounded time, and there are no more commands.
        var hasBegunToEnd = false
        /// The first cause of its end.
        var reason: ModelReason?
        /// The barrier said that the last task has left.
        var hasEnded = false
        /// The tasks that wait for the end of the stream were resumed.
        var isDrained = false
        /// The tasks that wait for the slot were resumed.
        var isGone = false
        /// The loops over its events were ended.
        var eventsHaveEnded = false

        /// 17 bits; the same for every drained stream.
        var key: UInt64 {
            guard self.reader != .gone || self.writer != .gone || !self.isDrained else { return 0x1FFFF }
            var key = self.connection.rawValue | self.reader.rawValue << 3 | self.writer.rawValue << 6
            key |= (self.reason?.rawValue ?? 0) << 9
            key |= (self.dialIsTold ? 1 : 0) << 12 | (self.hasBegunToEnd ? 1 : 0) << 13
            key |= (self.hasEnded ? 1 : 0) << 14 | (self.isGone ? 1 : 0) << 15
            return key | (self.eventsHaveEnded ? 1 : 0) << 16
        }
    }

    /// A task in `WorkspaceStream.close()` or `abort()`.
    struct Closer {
        enum Step: UInt64 { case idle, beginningToEnd, waiting, done }

        var step = Step.idle
        var stream = 0

        /// 4 bits.
        var key: UInt64 { self.step.rawValue | (self.step == .done ? 0 : UInt64(self.stream) << 2) }
    }

    /// A control call: a member of the barrier that is no stream.
    struct Call {
        enum Step: UInt64 {
            case idle, running
            /// It has left the barrier, and resumes the waiting closers.
            case releasing
            /// It has left, or was refused.
            case done
        }

        var step = Step.idle
        /// A close told it to end.
        var isTold = false

        /// 3 bits.
        var key: UInt64 { self.step.rawValue | (self.isTold && self.step == .running ? 4 : 0) }
    }

    /// A task in `AgentRuntimeClient.close()` or `closeStreams()`.
    struct ClientCloser {
        enum Step: UInt64 { case idle, acting, waiting, done }

        var step = Step.idle
        /// The streams on which it must still act, and those for which it must wait: one bit each. Bit 0 is the call.
        var cancels: UInt64 = 0
        var endsToBegin: UInt64 = 0
        var awaits: UInt64 = 0

        /// Whether it closes only the streams.
        var isForStreams = false
        /// The streams that it found, of the streams above.
        var found: UInt64 = 0

        /// 19 bits.
        var key: UInt64 {
            let waits = self.step.rawValue | self.cancels << 2 | self.endsToBegin << 6 | self.awaits << 10
            return waits | (self.isForStreams ? 1 : 0) << 14 | self.found << 15
        }
    }
}
