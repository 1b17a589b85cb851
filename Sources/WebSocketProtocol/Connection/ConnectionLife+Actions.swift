// What goes in and what comes out of the life of a connection.
extension ConnectionLife {
    /// How a connection ended: the first cause.
    @usableFromInline
    package enum End: Sendable {
        /// The socket was closed: in order if both Close frames were exchanged, else the connection was lost.
        case socketClosed
        /// The peer did not do its part of the closing handshake in time.
        case closeTimedOut
        /// We ended it at once, without a Close frame.
        case aborted
        /// The peer, or the limits set for it, ended it.
        indirect case failed(Failure)
    }

    /// Our part in an end that the peer has brought about.
    @usableFromInline
    package enum Debt: Sendable {
        /// Answer its Close frame.
        case answer(CloseFrame)
        /// Say why we give up (RFC 6455 §7.1.7): no answer is awaited.
        case explanation(CloseFrame, Failure)

        var failure: Failure? {
            if case .explanation(_, let failure) = self { failure } else { nil }
        }

        /// What settles it.
        var action: Action {
            switch self {
            case .answer(let frame): .answer(frame)
            case .explanation(let frame, _): .explain(frame)
            }
        }
    }

    /// A time that begins now; one of a kind that runs already is replaced.
    package enum Timer: Sendable, Hashable {
        /// For the closing handshake.
        case close
        /// For the peer, to end the TCP connection.
        case linger
    }

    /// What the driver does, in the order given.
    package enum Action: Sendable {
        /// Begin to look for silence.
        case watch
        /// Report ``ConnectionLife/consumerCaughtUp()`` when the consumer has answered all that came, perhaps at once, or
        /// ``ConnectionLife/answerTimeIsOver()`` after a time.
        case awaitConsumer
        /// A time begins.
        case start(Timer)
        /// The consumer's time to answer is of no interest any more.
        case stopAnswerTimer
        /// The connection ends at once at this time, if it is still there.
        case endLater(at: Duration)
        /// Take the step of the closing handshake that answers the peer's Close frame.
        case answer(CloseFrame)
        /// Take the step of the closing handshake that gives up.
        case explain(CloseFrame)
        /// Read on, also while the consumer is behind: the peer's Close frame, or its end, is behind the messages.
        case readOn
        /// Report ``ConnectionLife/allWritten()`` when nothing is left to write, perhaps at once.
        case awaitOutput
        /// Shut the output of the socket: to close it with unread bytes would reset the connection, which could take our
        /// Close frame with it.
        case endOutput
        /// Close the channel.
        case closeChannel
        /// The channel is closed: stop all timers, and release everybody who waits.
        case finish(End)
    }
}

extension ConnectionLife.Debt: Equatable where Failure: Equatable {}
extension ConnectionLife.End: Equatable where Failure: Equatable {}
extension ConnectionLife.Action: Equatable where Failure: Equatable {}
extension ConnectionLife.Debt: Hashable where Failure: Hashable {}
extension ConnectionLife.End: Hashable where Failure: Hashable {}
extension ConnectionLife.Action: Hashable where Failure: Hashable {}
