// What the machine knows of the world: its operations, what can happen, and what it wants.
extension FollowerMachine {
    /// An operation that takes time.
    struct Operation: Sendable, Hashable {
        enum Kind: Sendable, Hashable {
            /// Asks the source of the endpoint.
            case ask
            /// Waits before the next attempt.
            case wait
            /// Waits for its turn to dial.
            case permit
            /// The dial, and then the stream that it has opened.
            case stream
            /// Limits the time from the dial to `connected`.
            case attachLimit
            /// Recovers what was missed.
            case recovery
            /// Waits until the next audit.
            case auditTimer
            /// Compares what was delivered with what the runtime still has.
            case audit
        }

        let kind: Kind
        let number: Int
    }

    /// The parts of the configuration that the machine needs.
    struct Settings: Sendable {
        var reconnect = ReconnectPolicy()
        var auditInterval: Duration? = .seconds(300)
        var shortestAuditInterval = Duration.seconds(1)
        /// See ``FollowerMachine/Operation/Kind/attachLimit``.
        var attachLimit = Duration.seconds(30)
    }

    // MARK: Inputs and actions

    /// What has happened.
    enum Input: Sendable {
        case start
        /// The source has answered; `isSame` says whether it named the same runtime as before.
        case answered(Operation, isSame: Bool)
        /// The source has failed.
        case askFailed(Operation, FollowerFailure)
        /// A wait is over, or was cancelled.
        case waited(Operation)
        /// It is our turn to dial.
        case permitted(Operation)
        /// The dial has opened a stream.
        case dialled(Operation)
        /// The dial has failed, or the stream has ended; nothing of it is left.
        case lost(Operation, FollowerFailure)
        /// The first event came on the stream: it is attached.
        case attached(Operation)
        /// The recovery has ended; if it was not cancelled, the elements were delivered in the same step.
        case recovered(Operation)
        /// The audit has ended.
        case audited(Operation)
        /// The runtime may have dropped events, because they were not read in time.
        case suspected
        /// A shell was started after the stream had attached, so its output never comes on this stream.
        case attachAgain
        /// Somebody wants the next attempt now, or the machine has slept.
        case reconnectNow
        /// Something has left that was cancelled, for example an operation that never began.
        case left(Operation)
        case close
    }

    /// What the driver does next, in this order.
    enum Action: Sendable, Hashable {
        case ask(Operation)
        case wait(Operation, Duration)
        case permit(Operation)
        case dial(Operation)
        case recover(Operation, stream: Operation)
        case audit(Operation)
        /// Tell an operation to end; its report still comes.
        case cancel(Operation)
        /// Tell the consumer.
        case state(FollowerState)
        /// Nothing is left.
        case finish(FollowerEnd)
    }
}
