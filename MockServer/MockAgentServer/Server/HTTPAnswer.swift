import WebSocketProtocol
import WebSocketTransport
import WorkspaceProtocol

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A plain HTTP answer.
struct HTTPAnswer: Sendable {
    var status: Int
    var fields: HTTPFields = [:]
    var body: [UInt8]

    /// An answer with a JSON object, its members sorted as Go sorts them.
    static func json(_ status: Int, _ body: some Encodable) -> HTTPAnswer {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Nothing that is encoded here can fail: strings, booleans and integers.
        return HTTPAnswer(status: status, body: (try? encoder.encode(body)).map { Array($0) } ?? [])
    }

    /// An answer with agentctl's error object.
    static func error(_ status: Int, _ message: String) -> HTTPAnswer { .json(status, AgentctlErrorBody(message)) }

    /// Sends the answer; one that can't be sent becomes a 500, when the request's handler returns.
    func send(to request: ServerRequest) {
        try? request.respond(status: self.status, fields: self.fields, body: self.body)
    }
}
