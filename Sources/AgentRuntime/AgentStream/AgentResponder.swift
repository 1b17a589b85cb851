import ConcurrencyPrimitives
import WorkspaceProtocol

#if RED_CONTROLS
internal import RedControls
#endif

/// Answers the requests of the server with the handler of the user: a bounded number at the same time.
///
/// Its tasks are children of the reader, so the barrier waits for them.
final class AgentResponder: Sendable {
    /// The number of requests that may wait for a free handler.
    static let maximumWaiting = 64
    /// The size of requests that may wait for a free handler.
    static let maximumWaitingBytes = 16 << 20

    private let handler: AgentStreamConfiguration.ServerRequestHandler?
    private let concurrency: Int
    private let waiting: BatchMailbox<[AgentServerRequest]>
    private let commands = Locked<AgentExchange.Commands?>(nil)
    private let onRoom: Locked<@Sendable () -> Void>
    private let stopped = Promise<Void>()

    init(_ settings: AgentStreamConfiguration) {
        (self.handler, self.concurrency) = (settings.onServerRequest, settings.maximumConcurrentServerRequests)
        let onRoom = Locked<@Sendable () -> Void>({})
        self.onRoom = onRoom
        self.waiting = BatchMailbox(
            highMark: .init(bytes: Self.maximumWaitingBytes, elements: Self.maximumWaiting),
            lowShare: 0.5,
            onRoom: { onRoom.withLock { $0 }() }
        )
    }

    /// Connects the parts of a stream, before its first task runs.
    func attach(_ commands: AgentExchange.Commands) { self.commands.withLock { $0 = commands } }
    func notify(_ onRoom: @escaping @Sendable () -> Void) { self.onRoom.withLock { $0 = onRoom } }

    var isFull: Bool { self.waiting.isOverHighMark }
    var queuedBytes: Int { self.waiting.queued.bytes }

    /// Takes requests of the server; never waits.
    func push(_ requests: [AgentServerRequest]) {
        guard !requests.isEmpty else { return }
        let bytes = requests.reduce(0) { $0 + $1.payload.text.utf8.count }
        self.waiting.push(requests, cost: .init(bytes: bytes, elements: requests.count))
    }

    /// Cancels the handlers, and lets ``answerRequests()`` return when they have ended.
    func stop() {
        self.waiting.discard()
        self.stopped.resolve(())
    }

    /// Answers requests until it is stopped, and all handlers have ended.
    func answerRequests() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.answerInTurn() }
            await self.stopped.wait()
            #if RED_CONTROLS
            if RedControl.isActive(.agentHandlersNotCancelled) { return }
            #endif
            group.cancelAll()
        }
    }

    private func answerInTurn() async {
        await withTaskGroup(of: Void.self) { group in
            var running = 0
            while case .batch(let requests) = await self.waiting.next() {
                for request in requests {
                    if running >= self.concurrency {
                        #if RED_CONTROLS
                        if !RedControl.isActive(.agentHandlersUnbounded) { await group.next() }
                        #else
                        await group.next()
                        #endif
                        running -= 1
                    }
                    running += 1
                    group.addTask { await self.answer(request) }
                }
            }
        }
    }

    private func answer(_ request: AgentServerRequest) async {
        guard !Task.isCancelled else { return }
        let (encoder, frame): (AgentStreamEncoder, [UInt8])
        encoder = AgentStreamEncoder()
        switch await self.outcome(of: request) {
        case .success(let payload): frame = encoder.encode(answer: payload, to: request, timestamp: .now)
        case .failure(let error): frame = encoder.encode(error: error, to: request, timestamp: .now)
        }
        // Not sent if the stream ends; then nobody waits for the answer.
        try? await self.commands.withLock { $0 }?.send(frame)
    }

    private func outcome(of request: AgentServerRequest) async -> Result<RawJSON, AgentServerError> {
        guard let handler = self.handler else {
            return .failure(AgentServerError(.unknownAction, "this client answers no requests"))
        }
        do {
            return .success(try await handler(request))
        } catch let error as AgentServerError {
            return .failure(error)
        } catch {
            // The text of an error of the manager is not for the agent.
            return .failure(AgentServerError(.internalError, "the request failed"))
        }
    }
}
