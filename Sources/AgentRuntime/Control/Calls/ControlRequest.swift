import WorkspaceProtocol

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// One control call before it is sent.
struct ControlRequest: Sendable {
    enum Method: String, Sendable {
        case get = "GET"
        case post = "POST"
        case delete = "DELETE"
    }

    var method: Method
    /// The path, as the runtime names it; starts with `/`.
    var path: String
    /// The query, percent-encoded and without the question mark.
    var query: String?
    /// The body, which is JSON; nil for none.
    var body: [UInt8]?
    /// Whether it may be sent again when nobody knows whether the first one arrived.
    var isIdempotent: Bool
    /// The time limit if the caller sets none.
    var timeout = Duration.seconds(60)

    /// The time limit of calls that start, configure or look at a whole repository.
    static let longTimeout = Duration.seconds(300)

    /// The call in a message: never the query, which may have names of the user.
    var name: String { "\(self.method.rawValue) \(self.path)" }

    static func get(_ path: String, query: String? = nil, timeout: Duration = .seconds(60)) -> Self {
        Self(method: .get, path: path, query: query, isIdempotent: true, timeout: timeout)
    }

    static func delete(_ path: String) -> Self { Self(method: .delete, path: path, isIdempotent: true) }

    /// A request with a body.
    ///
    /// - Throws: ``AgentRuntimeError`` with `invalidConfiguration` if the body has no JSON.
    static func post(
        _ path: String,
        _ body: (any Encodable & Sendable)? = nil,
        isIdempotent: Bool,
        timeout: Duration = .seconds(60)
    ) throws(AgentRuntimeError) -> Self {
        var request = Self(method: .post, path: path, isIdempotent: isIdempotent, timeout: timeout)
        guard let body else { return request }
        do {
            request.body = Array(try JSONEncoder().encode(body))
        } catch {
            let message = "The arguments of \(request.name) can't be written as JSON."
            throw AgentRuntimeError(.invalidConfiguration, message, cause: error)
        }
        return request
    }

    /// Checks an id that becomes a part of a path.
    ///
    /// - Throws: ``AgentRuntimeError`` with `invalidConfiguration`.
    static func check(id: String, _ name: String) throws(AgentRuntimeError) {
        guard AgentctlAPI.isSegment(id) else {
            let message = "\(name) must not be empty, \".\" or \"..\": it is a part of the path."
            throw AgentRuntimeError(.invalidConfiguration, message)
        }
    }
}
