import ConcurrencyPrimitives
internal import Logging

/// Sends every event to all listeners and to the log.
final class EventHub: Sendable {
    private struct Listeners: Sendable {
        var streams: [UInt64: AsyncStream<LifecycleEvent>.Continuation] = [:]
        var lastNumber: UInt64 = 0
    }

    /// The number of events that a slow listener may have waiting; after that, it loses the oldest ones.
    private static let bufferLimit = 1024

    private let listeners = Locked(Listeners())
    private let logger: Logger

    init(logger: Logger) { self.logger = logger }

    /// All events from now on; the stream ends when the listener stops listening.
    func events() -> AsyncStream<LifecycleEvent> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: LifecycleEvent.self,
            bufferingPolicy: .bufferingNewest(Self.bufferLimit)
        )
        let number = self.listeners.withLock { listeners in
            listeners.lastNumber += 1
            listeners.streams[listeners.lastNumber] = continuation
            return listeners.lastNumber
        }
        continuation.onTermination = { _ in
            _ = self.listeners.withLock { $0.streams.removeValue(forKey: number) }
        }
        return stream
    }

    func publish(_ event: LifecycleEvent) {
        let streams = self.listeners.withLock { Array($0.streams.values) }
        for stream in streams { stream.yield(event) }
        let level: Logger.Level = event.kind == .failed || event.kind == .gaveUp ? .warning : .debug
        self.logger.log(
            level: level,
            "Workspace lifecycle event",
            metadata: [
                "workspace": "\(event.workspace)", "verb": "\(event.verb.rawValue)", "kind": "\(event.kind)",
                "generation": "\(event.generation)", "detail": "\(event.detail ?? "")",
            ]
        )
    }
}
