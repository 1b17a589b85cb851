import NIOCore
import WebSocketProtocol
import WorkspaceProtocol

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

// Answers as values.
extension ControlCaller {
    /// Performs a call whose answer must be a success.
    ///
    /// - Returns: The answer, with a status of 2xx.
    /// - Throws: As ``perform(_:timeout:)``; ``AgentRuntimeError`` with `unauthorized`, `instanceGone` or `refused` for
    ///   another status.
    func success(_ request: ControlRequest, timeout: Duration?) async throws -> ControlAnswer {
        let answer = try await self.perform(request, timeout: timeout)
        guard answer.isSuccess else { throw AgentRuntimeError(refusing: request, ControlRefusal(answer)) }
        return answer
    }

    /// Performs a call and reads its answer as a value.
    ///
    /// - Throws: As ``success(_:timeout:)``; ``AgentRuntimeError`` with `unexpectedAnswer`.
    func value<Value: Decodable>(_ request: ControlRequest, timeout: Duration?) async throws -> Value {
        try Self.decode(try await self.success(request, timeout: timeout), to: request)
    }

    /// Performs a call about something that may not exist.
    ///
    /// - Returns: Nil if the runtime says with 404 and a JSON error that it does not exist; another 404 is a refusal,
    ///   because then there is no such call at this address.
    func valueIfAny<Value: Decodable>(_ request: ControlRequest, timeout: Duration?) async throws -> Value? {
        do {
            return try await self.value(request, timeout: timeout)
        } catch let error as AgentRuntimeError
            where error.code == .refused && error.httpStatus == 404 && error.controlRefusal?.serverError != nil
        {
            return nil
        }
    }

    /// Performs a call whose answer can be large, and has its own reader.
    func value<Value: Sendable>(
        _ request: ControlRequest,
        timeout: Duration?,
        reading read: @Sendable (RawSpan) throws(WorkspaceProtocolError) -> Value
    ) async throws -> Value {
        try await Self.read(try await self.success(request, timeout: timeout), of: request, by: read)
    }

    /// Reads a body on the pool: a large one takes tens of milliseconds, for which the caller may have no thread.
    @concurrent
    private static func read<Value: Sendable>(
        _ answer: ControlAnswer,
        of request: ControlRequest,
        by read: @Sendable (RawSpan) throws(WorkspaceProtocolError) -> Value
    ) async throws -> Value {
        do {
            return try answer.body.withUnsafeReadableBytes { try read(RawSpan(_unsafeBytes: $0)) }
        } catch let error as WorkspaceProtocolError {
            throw AgentRuntimeError(reading: request, error.message, cause: error)
        }
    }

    private static func decode<Value: Decodable>(
        _ answer: ControlAnswer,
        to request: ControlRequest
    ) throws(AgentRuntimeError) -> Value {
        do {
            return try JSONDecoder().decode(Value.self, from: Data(answer.body.readableBytesView))
        } catch {
            throw AgentRuntimeError(reading: request, Self.problem(error), cause: error)
        }
    }

    /// What is wrong with a body, without any of its values.
    private static func problem(_ error: any Error) -> String {
        func place(_ path: [any CodingKey]) -> String {
            path.isEmpty ? "" : " at \(path.map(\.stringValue).joined(separator: "."))"
        }
        return switch error {
        case DecodingError.typeMismatch(let type, let context):
            "it has no \(type)\(place(context.codingPath))."
        case DecodingError.valueNotFound(let type, let context):
            "it has no \(type)\(place(context.codingPath))."
        case DecodingError.dataCorrupted(let context): "it is not the JSON of this call\(place(context.codingPath))."
        default: "it is not the JSON of this call."
        }
    }
}

extension ControlCaller {
    /// Performs a call that can answer 200 and still say that it was not done.
    ///
    /// - Throws: As ``value(_:timeout:)-(ControlRequest,_)``; ``AgentRuntimeError`` with `refused` and the status 200.
    func action(_ request: ControlRequest, timeout: Duration?) async throws -> AgentActionAnswer {
        let answer = try await self.success(request, timeout: timeout)
        let action: AgentActionAnswer = try Self.decode(answer, to: request)
        guard action.isSuccess else { throw AgentRuntimeError(refusing: request, ControlRefusal(answer)) }
        return action
    }

    /// Asks for the health until it is good.
    ///
    /// - Parameters:
    ///   - limit: The time for all attempts together.
    ///   - interval: The pause between two attempts.
    /// - Returns: The health.
    /// - Throws: ``AgentRuntimeError`` with `timedOut`, which says what was seen last; any error that another attempt
    ///   can't change; `CancellationError`.
    func waitUntilReady(within limit: Duration, interval: Duration) async throws -> RuntimeHealth {
        let request = ControlRequest.get(AgentctlAPI.healthPath)
        let deadline = self.timers.now + limit
        var last: (words: String, error: AgentRuntimeError?) = ("nothing was asked yet", nil)
        while true {
            let rest = deadline - self.timers.now
            guard rest > .zero else {
                let message = "The runtime was not ready within \(limit). Seen last: \(last.words)"
                throw AgentRuntimeError(.timedOut, message, cause: last.error)
            }
            do {
                let health: RuntimeHealth = try await self.value(request, timeout: min(rest, Self.attemptTimeout))
                if health.isOK { return health }
                last = ("a health that is not \"ok\".", nil)
            } catch let error as AgentRuntimeError where Self.mayPass(error) {
                // An attempt that the end of all time cut short has seen nothing.
                let isCut = error.code == .timedOut && rest < Self.attemptTimeout
                if !isCut || last.error == nil { last = (error.message, error) }
            }
            let pause = min(interval, deadline - self.timers.now)
            if pause > .zero { try await self.pause(pause, before: request) }
        }
    }

    /// The time limit of one attempt.
    private static let attemptTimeout = Duration.seconds(5)

    /// Whether the next attempt can be better: also an answer that is not the runtime's, from a port that it has not
    /// taken yet.
    private static func mayPass(_ error: AgentRuntimeError) -> Bool {
        switch error.code {
        case .refused, .unexpectedAnswer, .protocolViolation: true
        default: error.retry.canHelp
        }
    }
}
