import NIOCore
import WebSocketProtocol

/// A request as it goes on the wire.
struct ControlWireRequest: Sendable {
    /// The method, in upper case.
    var method: String
    /// The path and the query, percent-encoded.
    var target: String
    /// All fields of the head.
    var fields: HTTPFields
    /// The body; nil for none.
    var body: [UInt8]?
}

/// How much of an answer is read.
struct ControlLimits: Sendable, Hashable {
    /// The largest body of an answer with a status of 2xx; a larger one is an error.
    var successBytes: Int
    /// The part that is kept of the body of any other answer.
    var refusalBytes = 65_536
}

/// The answer to one request.
struct ControlAnswer: Sendable {
    /// The status, 100...999.
    var status: Int
    /// The fields of the head.
    var fields: HTTPFields
    /// The body, as far as the limits allow.
    var body: ByteBuffer
    /// Whether ``body`` is the whole body; only a refusal may be cut.
    var isBodyComplete: Bool

    /// Whether the request was successful.
    var isSuccess: Bool { (200...299).contains(self.status) }
}

/// Why a request has no answer.
struct ControlFailure: Error, Sendable {
    enum Reason: Sendable {
        /// The connection ended; with the reason in words.
        case ended(reason: String)
        /// What came is not an answer in HTTP/1.
        case violation(String)
        /// The body of a success is over the limit.
        case tooLarge
    }

    var reason: Reason
    /// Whether anything of the request may have left.
    var wasWritten: Bool
    /// Whether the head of the answer had arrived.
    var hasAnswerBegun: Bool
    /// The error of a layer below.
    var cause: (any Error)?

    /// Whether another connection may do better: this one had ended when, or before, it was used.
    var isStale: Bool {
        guard case .ended = self.reason else { return false }
        return !self.hasAnswerBegun
    }
}
