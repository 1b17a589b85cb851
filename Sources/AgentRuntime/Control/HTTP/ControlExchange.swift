import NIOCore
import WebSocketProtocol

#if RED_CONTROLS
internal import RedControls
#endif

/// The answers on one connection, one after the other: a pure value that is told the parts of each.
///
/// ```
///   idle ──begin──► waiting ──head──► reading ──end──► idle
///                      │                 └─ over a limit ─► over
///                      └── lost ──────────────────────────► over
/// ```
/// `over` means that the connection can't be used again: its peer would have to send the rest of an answer first.
struct ControlExchange {
    /// What to do after a part of an answer.
    enum OnPart {
        /// Nothing: more must come.
        case wait
        /// The answer is complete, or as much of it as is wanted.
        case answered(ControlAnswer, keepsConnection: Bool)
        /// There will be no answer; the connection ends.
        case failed(ControlFailure.Reason)
        /// Nobody has asked for it; the connection ends.
        case unsolicited
    }

    private struct Reading {
        var answer: ControlAnswer
        /// Whether the server keeps the connection after the answer.
        var keepsConnection: Bool
        var limit: Int
    }

    private enum State {
        case idle
        case waiting(ControlLimits)
        case reading(Reading)
        case over
    }

    private var state = State.idle

    /// Whether a request can be sent.
    var isIdle: Bool {
        guard case .idle = self.state else { return false }
        return true
    }

    /// Whether the head of an answer has arrived, and not its end.
    var hasBegun: Bool {
        guard case .reading = self.state else { return false }
        return true
    }

    /// A request is being sent.
    mutating func begin(_ limits: ControlLimits) { self.state = .waiting(limits) }

    /// The head of an answer came.
    ///
    /// - Parameters:
    ///   - status: The status; 1xx do not come here, except for 101.
    ///   - fields: The fields.
    ///   - keepsConnection: Whether the server keeps the connection.
    /// - Returns: What to do.
    mutating func receivedHead(status: Int, fields: HTTPFields, keepsConnection: Bool) -> OnPart {
        guard case .waiting(let limits) = self.state else { return self.unsolicited() }
        guard status >= 200 else {
            self.state = .over
            return .failed(.violation("the server switched to another protocol (status \(status))"))
        }
        let answer = ControlAnswer(status: status, fields: fields, body: ByteBuffer(), isBodyComplete: true)
        let limit = answer.isSuccess ? limits.successBytes : limits.refusalBytes
        let reading = Reading(answer: answer, keepsConnection: keepsConnection, limit: limit)
        if answer.isSuccess, let length = fields.first("Content-Length").flatMap({ Int($0) }), length > limit {
            self.state = .over
            return .failed(.tooLarge)
        }
        self.state = .reading(reading)
        return .wait
    }

    /// A part of the body came.
    mutating func receivedBody(_ bytes: ByteBuffer) -> OnPart {
        guard case .reading(var reading) = self.state else { return self.unsolicited() }
        // The buffer must have one owner when it grows.
        self.state = .over
        var bytes = bytes
        let room = reading.limit - reading.answer.body.readableBytes
        #if RED_CONTROLS
        let isBounded = !RedControl.isActive(.answersUnbounded)
        #else
        let isBounded = true
        #endif
        guard bytes.readableBytes > room, isBounded else {
            reading.answer.body.writeBuffer(&bytes)
            self.state = .reading(reading)
            return .wait
        }
        guard !reading.answer.isSuccess else { return .failed(.tooLarge) }
        if var part = bytes.readSlice(length: max(0, room)) { reading.answer.body.writeBuffer(&part) }
        reading.answer.isBodyComplete = false
        return .answered(reading.answer, keepsConnection: false)
    }

    /// The answer is complete.
    mutating func receivedEnd() -> OnPart {
        guard case .reading(let reading) = self.state else { return self.unsolicited() }
        self.state = reading.keepsConnection ? .idle : .over
        return .answered(reading.answer, keepsConnection: reading.keepsConnection)
    }

    /// The connection is over.
    mutating func lost() { self.state = .over }

    private mutating func unsolicited() -> OnPart {
        // The rest of an answer of which we wanted only the first part.
        if case .over = self.state { return .wait }
        #if RED_CONTROLS
        if RedControl.isActive(.unsolicitedAnswerIgnored) { return .wait }
        #endif
        self.state = .over
        return .unsolicited
    }
}
