import ConcurrencyPrimitives
import NIOCore
import WebSocketProtocol

@testable import AgentRuntime

/// Connections in memory, on which nothing happens until a test says so.
final class ScriptedControlTransport: ControlTransport {
    private let state = Locked<(dials: [ScriptedControlDial], connections: [ScriptedControlConnection])>(([], []))

    var dials: [ScriptedControlDial] { self.state.withLock { $0.dials } }

    func dial() throws -> any ControlDial {
        let dial = ScriptedControlDial()
        self.state.withLock { $0.dials.append(dial) }
        return dial
    }
}

final class ScriptedControlDial: ControlDial {
    private let outcome = Promise<Result<ScriptedControlConnection, any Error>>()
    private let cancelled = Promise<Void>()

    var isCancelled: Bool { self.cancelled.value != nil }

    func connect() async throws -> any ControlConnection { try await self.outcome.wait().get() }
    func cancel() { self.cancelled.resolve(()) }

    /// Connects.
    @discardableResult
    func succeed() -> ScriptedControlConnection {
        let connection = ScriptedControlConnection()
        self.outcome.resolve(.success(connection))
        return connection
    }

    func fail(_ error: any Error) { self.outcome.resolve(.failure(error)) }
}

final class ScriptedControlConnection: ControlConnection {
    typealias Outcome = Result<(answer: ControlAnswer, keepsConnection: Bool), ControlFailure>

    private struct State {
        var requests: [(request: ControlWireRequest, outcome: Promise<Outcome>)] = []
        var isAborted = false
        var isClosing = false
    }

    private let state = Locked(State())
    private let closed = Promise<Void>()

    var requests: [ControlWireRequest] { self.state.withLock { $0.requests.map(\.request) } }
    var isAborted: Bool { self.state.withLock { $0.isAborted } }
    /// Whether somebody waits until it is closed.
    var isClosing: Bool { self.state.withLock { $0.isClosing } }
    var isOpen: Bool { self.closed.value == nil }

    func exchange(
        _ request: ControlWireRequest,
        limits: ControlLimits
    ) async throws(ControlFailure) -> (answer: ControlAnswer, keepsConnection: Bool) {
        let outcome = Promise<Outcome>()
        self.state.withLock { $0.requests.append((request, outcome)) }
        return try await outcome.wait().get()
    }

    func abort() {
        self.state.withLock { $0.isAborted = true }
        self.fail(wasWritten: true)
    }

    func close() async {
        self.state.withLock { $0.isClosing = true }
        await self.closed.wait()
    }

    func whenClosed(_ work: @escaping @Sendable () -> Void) { self.closed.whenKnown { work() } }

    /// Answers the last request.
    func answer(_ body: String, status: Int = 200, keepsConnection: Bool = true) {
        let answer = ControlAnswer(
            status: status,
            fields: [:],
            body: ByteBuffer(string: body),
            isBodyComplete: true
        )
        self.state.withLock { $0.requests.last?.outcome }?.resolve(.success((answer, keepsConnection)))
    }

    /// Fails the last request.
    func fail(wasWritten: Bool) {
        let failure = ControlFailure(reason: .ended(reason: "ended"), wasWritten: wasWritten, hasAnswerBegun: false)
        self.state.withLock { $0.requests.last?.outcome }?.resolve(.failure(failure))
    }

    /// The socket is closed.
    func finishClosing() { self.closed.resolve(()) }
}
