// The parameters and results of the events of a connection's life.
extension ConnectionLife {
    /// How a connection ended: the first cause.
    @usableFromInline
    package enum End: Sendable {
        /// The socket was closed: in order if both Close frames were exchanged, else the connection was lost.
        case socketClosed
        /// The peer did not do its part of the closing handshake in time.
        case closeTimedOut
        /// We aborted it, without a Close frame.
        case aborted
        /// It failed, because of the peer or because a limit was reached.
        indirect case failed(Failure)
    }

    /// Our part in an end that the peer has brought about.
    @usableFromInline
    package enum Debt: Sendable {
        /// Answer its Close frame.
        case answer(CloseFrame)
        /// Say why we fail the connection (RFC 6455 §7.1.7), without waiting for an answer.
        case explanation(CloseFrame, Failure)

        var failure: Failure? {
            if case .explanation(_, let failure) = self { failure } else { nil }
        }

        /// The action that sends the Close frame.
        var action: Action {
            switch self {
            case .answer(let frame): .answer(frame)
            case .explanation(let frame, _): .explain(frame)
            }
        }
    }

    /// A timer that starts now; it replaces a running timer of the same kind.
    package enum Timer: Sendable, Hashable {
        /// Limits the closing handshake.
        case close
        /// Limits how long the peer may take to end the TCP connection.
        case linger
    }

    /// What the driver does; it performs several actions in their order.
    package enum Action: Sendable {
        /// Begin to watch for a silent peer.
        case watch
        /// Report ``ConnectionLife/consumerCaughtUp()`` when the consumer has answered all messages, which may be at
        /// once; or report ``ConnectionLife/answerTimeIsOver()`` after a time.
        case awaitConsumer
        /// Start a timer.
        case start(Timer)
        /// Cancel the timer that limits the consumer's answers.
        case stopAnswerTimer
        /// Abort the connection at this time, if it has not ended.
        case endLater(at: Duration)
        /// Answer the peer's Close frame, as the closing handshake requires.
        case answer(CloseFrame)
        /// Send a Close frame that says why we fail the connection.
        case explain(CloseFrame)
        /// Continue to read, even if the consumer is behind: the peer's Close frame, or the end of its data, comes
        /// after the messages.
        case readOn
        /// Report ``ConnectionLife/allWritten()`` when nothing is left to write, which may be at once.
        case awaitOutput
        /// Shut the output of the socket. Closing a socket with unread bytes would reset the connection, and the peer
        /// might not get our Close frame.
        case endOutput
        /// Close the channel.
        case closeChannel
        /// Stop all timers and resume all waiters; the channel is closed.
        case finish(End)
    }
}

extension ConnectionLife.Debt: Equatable where Failure: Equatable {}
extension ConnectionLife.End: Equatable where Failure: Equatable {}
extension ConnectionLife.Action: Equatable where Failure: Equatable {}
extension ConnectionLife.Debt: Hashable where Failure: Hashable {}
extension ConnectionLife.End: Hashable where Failure: Hashable {}
extension ConnectionLife.Action: Hashable where Failure: Hashable {}
