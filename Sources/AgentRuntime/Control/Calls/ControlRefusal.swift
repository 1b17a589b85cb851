import NIOCore
public import WebSocketProtocol
import WorkspaceProtocol

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The answer with which a runtime refused a control call; the cause of an ``AgentRuntimeError``.
public struct ControlRefusal: Error, Sendable, Hashable {
    /// The status, 100...999; 200 if the runtime says in the body that it did not do it.
    public let status: Int
    /// The fields of the answer.
    public let fields: HTTPFields
    /// The body, at most 64 KiB.
    public let body: [UInt8]
    /// Whether ``body`` is the whole body.
    public let isBodyComplete: Bool
    /// What is wrong, in the runtime's words: the member `error` of the body; nil if there is none.
    ///
    /// Do not compare it, and escape it before you show it.
    public let serverError: String?

    /// The time in `Retry-After`, at most a year; nil if there is none.
    public let retryAfter: Duration?

    /// The value of `Location`, unchanged; do not trust it.
    public var redirectLocation: String? { self.fields.first("Location") }

    /// Creates a refusal that did not come from a runtime, for tests of error handling.
    ///
    /// - Parameters:
    ///   - status: See ``status``.
    ///   - fields: See ``fields``.
    ///   - body: See ``body``.
    ///   - isBodyComplete: See ``isBodyComplete``.
    public init(status: Int, fields: HTTPFields = [:], body: [UInt8] = [], isBodyComplete: Bool = true) {
        (self.status, self.fields, self.body, self.isBodyComplete) = (status, fields, body, isBodyComplete)
        self.serverError = Self.errorBody(body)?.error
        let now = Int(UnixClock.milliseconds() / 1000)
        self.retryAfter = RetryAfter.duration(in: fields, now: now)
    }

    init(_ answer: ControlAnswer) {
        self.init(
            status: answer.status,
            fields: answer.fields,
            body: Array(answer.body.readableBytesView),
            isBodyComplete: answer.isBodyComplete
        )
    }

    static func errorBody(_ body: [UInt8]) -> AgentctlErrorBody? {
        try? JSONDecoder().decode(AgentctlErrorBody.self, from: Data(body))
    }

    /// What a person needs to know of the answer, escaped; empty if there is nothing.
    var text: String {
        if let error = self.serverError { return " It says: \(PeerText(body: Array(error.utf8)))" }
        let text = PeerText(body: self.body).description
        let cut = self.isBodyComplete ? "" : " (the body was cut after \(self.body.count) bytes)"
        return text.isEmpty ? cut : " Its answer: \(text)\(cut)"
    }
}
