import Foundation
import TestSupport
import Testing
import WebSocketProtocol

@testable import AgentRuntime

/// A runtime that speaks HTTP only as a test tells it to, and the control calls to it.
struct RawRuntime: Sendable {
    let server: RawServer
    let barrier: ControlBarrier
    let control: RuntimeControl

    var caller: ControlCaller { self.control.caller }

    /// Ends the calls and the connections, like the close of a client.
    func close() async {
        await self.barrier.close(within: .seconds(30), EventLoopTimers())
        await self.control.closeConnections()
    }

    /// Waits for the next request on a connection.
    func request(on connection: Int = 0) async throws -> ReceivedRequest {
        let peer = try await self.server.peer(connection)
        try await eventually("a request on connection \(connection)") {
            peer.isClosed || ReceivedRequest(peer.received) != nil
        }
        let request = try #require(ReceivedRequest(peer.received))
        _ = peer.takeReceived()
        return request
    }

    /// Waits for a request, and answers it with these bytes.
    @discardableResult
    func answer(_ text: String, on connection: Int = 0) async throws -> ReceivedRequest {
        let request = try await self.request(on: connection)
        try await self.server.peers[connection].send(Array(text.utf8))
        return request
    }

    /// Waits until the other end of a connection is closed.
    func waitUntilClosed(connection: Int = 0) async throws {
        let peer = try await self.server.peer(connection)
        try await eventually("the end of connection \(connection)") { peer.isInputEnded }
    }
}

/// Runs a raw runtime while `body` runs; then closes everything.
func withRawRuntime(
    timers: (any RuntimeTimers)? = nil,
    endpoint: (_ port: Int) throws -> RuntimeEndpoint = { try RuntimeEndpoint("http://127.0.0.1:\($0)") },
    credentials: RuntimeCredentials? = nil,
    _ change: (inout AgentRuntimeConfiguration) -> Void = { _ in },
    _ body: (RawRuntime) async throws -> Void
) async throws {
    let server = try await RawServer.start()
    var configuration = AgentRuntimeConfiguration()
    change(&configuration)
    let barrier = ControlBarrier()
    let settings = ClientSettings(endpoint: try endpoint(server.port), configuration: configuration)
    let given = credentials ?? settings.endpoint.credentials
    let caller = ControlCaller(settings, membership: barrier.membership, timers: timers, credentials: { given })
    let runtime = RawRuntime(server: server, barrier: barrier, control: RuntimeControl(caller: caller))
    do {
        try await body(runtime)
    } catch {
        await runtime.close()
        await server.close()
        throw error
    }
    await runtime.close()
    #expect(barrier.memberCount == 0 && caller.pool.keptCount == 0 && caller.pool.permitCount == 0)
    await server.close()
}

/// A whole request that a raw runtime has received.
struct ReceivedRequest: Sendable {
    let line: String
    let fields: [String]
    let body: String

    /// Reads a request; nil if it is not complete.
    init?(_ bytes: [UInt8]) {
        let text = String(decoding: bytes, as: UTF8.self)
        guard let end = text.range(of: "\r\n\r\n") else { return nil }
        let lines = text[..<end.lowerBound].components(separatedBy: "\r\n")
        (self.line, self.fields) = (lines[0], Array(lines.dropFirst()))
        let body = String(text[end.upperBound...])
        let length = self.fields.compactMap { field in
            field.hasPrefix("Content-Length: ") ? Int(field.dropFirst("Content-Length: ".count)) : nil
        }
        guard body.utf8.count >= length.first ?? 0 else { return nil }
        self.body = body
    }

    func value(_ name: String) -> String? {
        self.fields.first { $0.hasPrefix("\(name): ") }.map { String($0.dropFirst(name.count + 2)) }
    }
}

/// An answer with a JSON body.
func json(_ body: String, status: String = "200 OK", fields: String = "") -> String {
    """
    HTTP/1.1 \(status)\r\nContent-Type: application/json; charset=utf-8\r\n\(fields)\
    Content-Length: \(body.utf8.count)\r\n\r\n\(body)
    """
}

let healthy = json(#"{"status":"ok","timestamp":"2026-11-29T07:29:54Z"}"#)

/// The error of a call that must fail.
func failure(
    _ call: () async throws -> some Sendable,
    _ location: SourceLocation = #_sourceLocation
) async -> AgentRuntimeError? {
    do {
        _ = try await call()
        Issue.record("The call did not fail.", sourceLocation: location)
        return nil
    } catch let error as AgentRuntimeError {
        return error
    } catch {
        Issue.record(error, sourceLocation: location)
        return nil
    }
}
