@testable import WebSocketProtocol

/// A connection with its driver, its peer and its consumer: production values, with a model around them.
///
/// The driver does what `WebSocketChannelHandler` does. A step ends where another actor can act. Each message has the
/// cost 1: the queue reaches its high mark with one message, and can't hold more than two.
struct LifeWorld: Hashable {
    typealias Life = ConnectionLife<LifeFailure>

    /// A step of the driver that is left out: the red control of the search.
    enum Fault: CaseIterable {
        case startsNoTimer, awaitsNoConsumer, readsWhilePaused, doesNotReadOn, readsAfterTheEnd, forgetsTheOutput
        case endsTheOutputEarly, settlesNothing, doesNotCloseTheChannel, doesNotFinish, pausesNever
    }

    /// One thing that the peer has sent.
    enum Item { case message, close, violation }

    enum Consumer {
        /// It has not begun to take messages.
        case absent
        /// It waits for the next message.
        case waiting
        /// It answers a message.
        case answering
    }

    enum Channel { case open, closing, closed }

    /// Whether our user has closed; the frame is queued on any thread, and the event loop learns of it later.
    enum OwnClose { case none, queued, told }

    let role: Role
    let fault: Fault?

    // The values under test.
    var life: Life
    var backpressure = Backpressure()
    var handshake = ClosingHandshake()

    // The peer and the system.
    var wire: [Item] = []
    var messagesToSend = 3
    var peerIsDone = false
    var tcpHasEnded = false
    var channel = Channel.open
    var isOutstanding = false
    var outputHasEnded = false

    // The driver and its timers.
    var wantsRead = true
    var awaitsDrained = false
    var answerTimer = false
    var closeTimer: Life.Timer?
    var limitTimer = false
    var finished: Life.End?
    var hasDropped = false

    // The consumer and the user.
    var consumer = Consumer.absent
    var queued = 0
    var ownClose = OwnClose.none
    var mayLimit = true

    // The expected results.
    /// The first cause, which must be the end of the connection.
    var cause: Life.End?
    /// Whether our Close frame was sent for another reason than the consumer's answers.
    var isForced = false
    var violation: String?

    init(role: Role, fault: Fault? = nil) {
        (self.role, self.fault, self.life) = (role, fault, Life(role: role))
        self.perform(self.life.opened())
    }

    static let highMark = 1
    static let most = 2

    /// - Parameter isQuiet: Whether nothing more happens unless an actor begins something new.
    /// - Returns: The broken rule, or nil.
    func check(isQuiet: Bool) -> String? {
        if let violation = self.violation { return violation }
        if self.queued > Self.most { return "the queue holds \(self.queued)" }
        if let finished = self.finished, finished != self.cause ?? .socketClosed {
            return "ended by \(finished), and not by \(self.cause ?? .socketClosed)"
        }
        let mustEnd = self.ownClose != .none || self.handshake.received != nil || self.cause != nil || self.tcpHasEnded
        if isQuiet, mustEnd, self.finished == nil { return "it does not end" }
        if self.finished != nil, self.answerTimer || self.closeTimer != nil || self.limitTimer {
            return "a timer is left"
        }
        return nil
    }

    // MARK: The driver

    mutating func perform(_ actions: [Life.Action]) {
        if self.finished != nil, !actions.isEmpty { self.violation = "\(actions) after the end" }
        for action in actions { self.perform(action) }
    }

    private mutating func perform(_ action: Life.Action) {
        switch action {
        case .watch: break
        case .awaitConsumer: self.awaitConsumer()
        case .start(let timer): if self.fault != .startsNoTimer { self.closeTimer = timer }
        case .stopAnswerTimer: self.answerTimer = false
        case .endLater: self.limitTimer = true
        case .answer(let frame): self.take { $0.receivedClose(frame) }
        case .explain(let frame): self.take { $0.fail(frame) }
        case .readOn: if self.fault != .doesNotReadOn { self.resume(self.backpressure.readOn()) }
        case .awaitOutput:
            if !self.isOutstanding || self.fault == .endsTheOutputEarly { self.perform(self.life.allWritten()) }
        case .endOutput:
            self.outputHasEnded = true
            if self.isOutstanding { self.violation = "the output is ended before all is written" }
        case .closeChannel: if self.fault != .doesNotCloseTheChannel, self.channel == .open { self.channel = .closing }
        case .finish(let end):
            if self.channel != .closed { self.violation = "released before the channel is closed" }
            guard self.fault != .doesNotFinish else { return }
            (self.answerTimer, self.closeTimer, self.limitTimer) = (false, nil, false)
            self.finished = end
        }
    }

    private mutating func awaitConsumer() {
        if self.fault == .awaitsNoConsumer { return }
        if self.consumer == .waiting, self.queued == 0 {
            self.perform(self.life.consumerCaughtUp())
        } else {
            (self.awaitsDrained, self.answerTimer) = (true, true)
        }
    }

    /// Performs a step of the closing handshake.
    private mutating func take(_ step: (inout ClosingHandshake) -> ClosingHandshake.OnClose) {
        guard self.fault != .settlesNothing, case .send = step(&self.handshake) else { return }
        self.isOutstanding = self.channel == .open
        if !self.isForced, self.queued > 0 || self.consumer == .answering {
            self.violation = "our Close frame is before the answers to what came before the peer's end"
        }
    }

    mutating func resume(_ resumption: Backpressure.Resumption?) {
        if let resumption, resumption.readsNow { self.wantsRead = true }
    }

    /// Reads from the socket.
    mutating func read() {
        let item = self.wire.removeFirst()
        self.wantsRead = false
        defer { self.wantsRead = self.backpressure.mayRead() || self.fault == .readsWhilePaused }
        guard self.life.takesBytes || self.fault == .readsAfterTheEnd else { return }
        if self.channel != .open || self.finished != nil { self.violation = "something is read after the end" }
        switch item {
        case .message: self.push()
        case .close: self.perform(self.life.receivedClose(CloseFrame(.goingAway)))
        case .violation:
            self.cause = self.cause ?? .failed(.violation)
            self.perform(self.life.failed(.violation, telling: CloseFrame(.protocolError)))
        }
    }

    private mutating func push() {
        switch self.backpressure.received(
            isFull: self.queued >= Self.highMark,
            isTooMuch: self.queued + 1 > Self.most
        ) {
        case .queue:
            self.queued += 1
            if self.hasDropped { self.violation = "a message is queued behind one that was dropped" }
        case .drop:
            self.hasDropped = true
            if self.life.isOpen { self.violation = "a message is dropped while the connection is open" }
        case .tooMuch:
            if !self.tcpHasEnded { self.violation = "too much is read of a peer that is there" }
            self.cause = self.cause ?? .failed(.tooMuch)
            self.perform(self.life.end(.failed(.tooMuch)))
        }
        guard self.queued >= Self.highMark, self.life.isOpen, self.fault != .pausesNever else { return }
        _ = self.backpressure.passedHighMark()
    }
}
