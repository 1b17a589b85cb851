@testable import WebSocketProtocol

// The possible next steps of all actors.
extension LifeWorld {
    enum Move: CaseIterable {
        case peerSends, peerCloses, peerViolates, peerEndsTCP, peerResets
        case read, endIsNoticed, systemWrites, channelCloses
        case consumerTakes, consumerAnswers
        case userCloses, loopHearsOfClose, userAborts, userLimits
        case answerTime, closeTime, limitTime

        /// Whether the step happens in any case, even if the user, the consumer and the peer do nothing.
        var isObliged: Bool {
            switch self {
            case .read, .endIsNoticed, .channelCloses, .loopHearsOfClose, .answerTime, .closeTime, .limitTime: true
            default: false
            }
        }
    }

    var moves: [Move] { Move.allCases.filter(self.isPossible) }

    private func isPossible(_ move: Move) -> Bool {
        let isThere = self.channel != .closed
        return switch move {
        case .peerSends: !self.peerIsDone && !self.tcpHasEnded && self.messagesToSend > 0 && self.channel == .open
        case .peerCloses, .peerViolates: !self.peerIsDone && !self.tcpHasEnded && self.channel == .open
        case .peerEndsTCP: !self.tcpHasEnded && self.channel == .open
        case .peerResets: self.channel == .open
        case .read: isThere && self.wantsRead && !self.wire.isEmpty
        // SwiftNIO reads the remaining bytes, even during a pause, and then reports the end of the peer.
        case .endIsNoticed: isThere && self.tcpHasEnded
        case .systemWrites: self.channel == .open && self.isOutstanding
        case .channelCloses: self.channel == .closing
        case .consumerTakes: self.consumer != .answering && (self.consumer == .absent || self.queued > 0)
        case .consumerAnswers: self.consumer == .answering
        case .userCloses: self.ownClose == .none && self.finished == nil
        case .loopHearsOfClose: self.ownClose == .queued
        case .userAborts: self.finished == nil
        case .userLimits: self.finished == nil && self.mayLimit
        case .answerTime: self.answerTimer
        case .closeTime: self.closeTimer != nil
        case .limitTime: self.limitTimer
        }
    }

    mutating func make(_ move: Move) {
        switch move {
        case .peerSends:
            self.wire.append(.message)
            self.messagesToSend -= 1
        case .peerCloses, .peerViolates:
            self.wire.append(move == .peerCloses ? .close : .violation)
            self.peerIsDone = true
        case .peerEndsTCP: self.tcpHasEnded = true
        case .peerResets: self.reset()
        case .read: self.read()
        case .endIsNoticed: self.noticeEnd()
        case .systemWrites: self.systemWrites()
        case .channelCloses: self.closeChannel()
        case .consumerTakes: self.consumerTakes()
        case .consumerAnswers: self.consumerAnswers()
        case .userCloses:
            self.ownClose = .queued
            self.isForced = true
            guard self.finished == nil, case .send = self.handshake.close(CloseFrame(.normalClosure)) else { return }
            self.isOutstanding = self.channel == .open
        case .loopHearsOfClose:
            self.ownClose = .told
            if self.finished == nil { self.perform(self.life.closeQueued()) }
        case .userAborts: self.end(.aborted)
        case .userLimits:
            self.mayLimit = false
            self.perform(self.life.limited(to: .seconds(1), now: .zero))
        case .answerTime:
            self.answerTimer = false
            self.isForced = true
            self.perform(self.life.answerTimeIsOver())
        case .closeTime: self.closeTimeIsOver()
        case .limitTime:
            self.limitTimer = false
            self.end(.aborted)
        }
    }

    private mutating func end(_ reason: Life.End) {
        self.isForced = true
        self.cause = self.cause ?? reason
        self.perform(self.life.end(reason))
    }

    private mutating func reset() {
        self.isForced = true
        let known = self.cause
        self.perform(self.life.socketFailed(.reset))
        self.cause = known ?? (self.handshake.isComplete ? .socketClosed : .failed(.reset))
        self.channel = .closing
    }

    private mutating func noticeEnd() {
        while !self.wire.isEmpty, self.channel == .open { self.read() }
        self.closeChannel()
    }

    private mutating func closeChannel() {
        self.isForced = true
        self.channel = .closed
        self.wire = []
        self.cause = self.cause ?? .socketClosed
        self.perform(self.life.channelClosed())
    }

    private mutating func systemWrites() {
        self.isOutstanding = false
        if self.outputHasEnded { self.violation = "something is written behind the end of the output" }
        if self.fault != .forgetsTheOutput, self.life.awaitsOutput { self.perform(self.life.allWritten()) }
    }

    private mutating func closeTimeIsOver() {
        self.closeTimer = nil
        if self.channel == .open, !self.wantsRead, !self.wire.isEmpty { self.violation = "the peer's end is not read" }
        self.cause = self.cause ?? (self.handshake.hasEnded && !self.isOutstanding ? .socketClosed : .closeTimedOut)
        self.perform(self.life.closeTimeIsOver())
    }

    private mutating func consumerTakes() {
        let hadMessage = self.queued > 0
        if hadMessage {
            self.queued -= 1
            self.consumer = .answering
            if self.queued < Self.highMark { self.resume(self.backpressure.roomMade()) }
        } else {
            self.comesBack()
        }
    }

    private mutating func consumerAnswers() {
        if !self.isForced, !self.handshake.allowsSending { self.violation = "an answer is refused" }
        self.comesBack()
    }

    private mutating func comesBack() {
        self.consumer = .waiting
        guard self.queued == 0, self.awaitsDrained, self.finished == nil else { return }
        self.awaitsDrained = false
        self.perform(self.life.consumerCaughtUp())
    }
}
