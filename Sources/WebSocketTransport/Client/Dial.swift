import ConcurrencyPrimitives
import Logging
import NIOCore
import NIOPosix
import WebSocketProtocol

/// One attempt to open something on a new channel: it either gives it, or closes every channel that it made.
///
/// What is opened is a WebSocket connection, or the channel itself: see ``DialOpening`` and ``PendingChannel``.
final class Dial<Output: Sendable>: Sendable {
    /// What was opened, or the error of the attempt.
    typealias Opened = Promise<Result<Output, any Error>>

    /// Adds what the channel needs, on its event loop and before its first bytes are read, and resolves the promise in
    /// the end.
    typealias Opening = @Sendable (any Channel, Opened) throws -> Void

    private struct State {
        /// Every channel of the attempt; happy eyeballs (RFC 8305) may make several.
        var channels: [any Channel] = []
        /// The current step of the attempt.
        var step = Connector.Step.resolving
        /// Set by the first of success, cancellation and deadline; after that, no new channel is allowed.
        var end: Result<Void, any Error>?
    }

    private let url: WebSocketURL
    private let configuration: WebSocketClientConfiguration
    private let timeout: Duration
    private let eventLoop: any EventLoop
    private let result = Opened()
    private let state = Locked(State())

    /// - Parameters:
    ///   - url: The URL to connect to.
    ///   - configuration: How to connect.
    ///   - timeout: The rest of the connect timeout; nil means all of it.
    init(url: WebSocketURL, configuration: WebSocketClientConfiguration, timeout: Duration? = nil) {
        self.url = url
        self.configuration = configuration
        self.timeout = timeout ?? configuration.connectTimeout
        let group = configuration.eventLoopGroup ?? MultiThreadedEventLoopGroup.singleton
        self.eventLoop = group.next()
    }

    func connect(_ opening: @escaping Opening) async throws -> Output {
        let eventLoop = self.eventLoop
        let deadline = eventLoop.scheduleTask(in: TimeAmount(self.timeout)) { self.deadlineReached() }
        defer { deadline.cancel() }
        do {
            let output = try await withTaskCancellationHandler {
                self.start(opening, on: eventLoop)
                return try await self.result.wait().get()
            } onCancel: {
                self.end(CancellationError())
            }
            try self.claim()
            // From here on, the channel belongs to the caller.
            self.state.withLock { $0.channels = [] }
            return output
        } catch {
            await self.close()
            let reason = (error as? WebSocketError)?.code.description ?? "cancelled"
            self.logger.debug("WebSocket not opened", metadata: ["reason": "\(reason)"])
            throw error
        }
    }

    private var logger: Logger { self.configuration.logger.naming("url", "\(self.url)") }

    /// Cancels the attempt, from any thread and any number of times; it has no effect after the attempt gave a
    /// connection.
    func cancel() { self.end(CancellationError()) }

    private func start(_ opening: @escaping Opening, on eventLoop: any EventLoop) {
        guard self.state.withLock({ $0.end == nil }) else { return }
        let connector = Connector(
            url: self.url,
            configuration: self.configuration,
            eventLoop: eventLoop,
            adopt: { try self.adopt($0) },
            onStep: { step in self.state.withLock { $0.step = step } }
        )
        // On the event loop: an overloaded server may answer and close before it has read anything. The handler that
        // reads its answer must be in the pipeline by then.
        eventLoop.execute {
            connector.connect().whenComplete { outcome in
                switch outcome {
                case .failure(let error): self.end(error)
                case .success(let channel): self.open(opening, on: channel)
                }
            }
        }
    }

    private func adopt(_ channel: any Channel) throws {
        let isOver = self.state.withLock { state in
            if state.end == nil { state.channels.append(channel) }
            return state.end != nil
        }
        if isOver { throw CancellationError() }
    }

    private func open(_ opening: Opening, on channel: any Channel) {
        self.state.withLock { $0.step = .opening }
        do {
            try opening(channel, self.result)
        } catch {
            let message = "Can't connect to \(self.url): the connection ended at once."
            self.end(WebSocketError(.connectFailed, message, reason: .ended, cause: error))
        }
    }

    /// Ends the attempt with a timeout; if a refusal was only partly received, it is reported with the received part.
    private func deadlineReached() {
        let (channels, step) = self.state.withLock { ($0.channels, $0.step) }
        for channel in channels {
            channel.pipeline.fireUserInboundEventTriggered(DialDeadlineReached())
        }
        let timeout = self.configuration.connectTimeout
        let message = "No connection to \(self.url) within \(timeout): it timed out \(step.rawValue)."
        let proxy = step.isAboutProxy ? self.configuration.proxy : nil
        self.end(WebSocketError(.connectTimedOut, message, reason: .timedOut, proxy: proxy))
    }

    /// Ends the attempt with an error, if it has not ended yet.
    private func end(_ error: any Error) {
        let channels = self.state.withLock { state -> [any Channel] in
            guard state.end == nil else { return [] }
            state.end = .failure(error)
            return state.channels
        }
        self.result.resolve(.failure(error))
        for channel in channels { channel.close(promise: nil) }
    }

    /// Takes the connection, unless the attempt has ended; then its channel is already closed.
    private func claim() throws {
        let end = self.state.withLock { state -> Result<Void, any Error>? in
            defer { state.end = state.end ?? .success(()) }
            return state.end
        }
        try end?.get()
    }

    /// Closes the channels of the failed attempt and waits for that.
    private func close() async {
        let channels = self.state.withLock { state in
            state.end = state.end ?? .failure(CancellationError())
            return state.channels
        }
        for channel in channels {
            channel.close(promise: nil)
            try? await channel.closeFuture.get()
        }
    }
}
