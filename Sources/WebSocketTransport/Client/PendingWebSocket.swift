import ConcurrencyPrimitives
import WebSocketProtocol

/// An attempt to connect, started or not; it follows redirects.
package final class PendingWebSocket: Sendable {
    private struct State {
        /// The current or next dial.
        var dial: Dial<WebSocketConnection>
        var isCancelled = false
    }

    private let url: WebSocketURL
    private let configuration: WebSocketClientConfiguration
    private let opening: DialOpening
    private let state: Locked<State>

    init(url: WebSocketURL, configuration: WebSocketClientConfiguration, opening: DialOpening) {
        (self.url, self.configuration, self.opening) = (url, configuration, opening)
        self.state = Locked(State(dial: Dial(url: url, configuration: configuration)))
    }

    /// Connects; called once.
    ///
    /// - Returns: The open connection.
    /// - Throws: As ``WebSocketClient/connect(to:configuration:)``; then everything that the attempt opened is closed.
    package func connect() async throws -> WebSocketConnection {
        let deadline = ContinuousClock.now + self.configuration.connectTimeout
        var (url, configuration, opening) = (self.url, self.configuration, self.opening)
        for redirects in 0... {
            do {
                let dial = self.state.withLock { $0.dial }
                return try await dial.connect(opening.handshake(url: url, configuration: configuration))
            } catch let error as WebSocketError where self.configuration.maximumRedirects > 0 {
                guard let target = try Redirect.target(of: error, from: url) else { throw error }
                try self.checkCount(redirects, error)
                configuration = Redirect.configuration(configuration, from: url, to: target)
                // The response that is not followed because of the limit is reported with its body.
                let followsRedirects = redirects + 1 < self.configuration.maximumRedirects
                opening = try WebSocketClient.opening(target, configuration, followsRedirects: followsRedirects)
                url = target
                try self.redial(url, configuration, until: deadline)
            }
        }
        throw CancellationError()
    }

    /// Makes ``connect()`` throw `CancellationError` soon, also if it is called later.
    package func cancel() {
        let dial = self.state.withLock { state in
            state.isCancelled = true
            return state.dial
        }
        dial.cancel()
    }

    private func checkCount(_ redirects: Int, _ error: WebSocketError) throws(WebSocketError) {
        guard redirects >= self.configuration.maximumRedirects else { return }
        let message = "\(self.url) redirected more than \(self.configuration.maximumRedirects) times."
        throw WebSocketError(.tooManyRedirects, message, cause: error.cause)
    }

    /// Makes the next dial; from now on ``cancel()`` cancels it.
    private func redial(
        _ url: WebSocketURL,
        _ configuration: WebSocketClientConfiguration,
        until deadline: ContinuousClock.Instant
    ) throws {
        let rest = deadline - .now
        guard rest > .zero else {
            let timeout = self.configuration.connectTimeout
            let message = "No connection to \(self.url) within \(timeout), with redirects."
            throw WebSocketError(.connectTimedOut, message, reason: .timedOut)
        }
        let dial = Dial<WebSocketConnection>(url: url, configuration: configuration, timeout: rest)
        let isCancelled = self.state.withLock { state in
            state.dial = dial
            return state.isCancelled
        }
        if isCancelled { throw CancellationError() }
    }
}
