import ConcurrencyPrimitives
import WebSocketProtocol
import WebSocketTransport

/// A kind of stream: where it is, how its messages are read and written, and where its events go.
///
/// All else is one for all kinds: slot, dial, reader, writer, queues, pings, statistics, and how they end. A kind is
/// compiled into them: ``StreamCore`` is generic, and what each message needs is called directly.
protocol StreamKind: Sendable {
    /// What a message of the runtime becomes.
    associatedtype Event: Sendable
    /// What is sent to the runtime.
    associatedtype Command: Sendable
    /// Where the events go.
    associatedtype Sink: StreamSink<Event>

    /// The slot in the client: of two streams with one slot, one has left before the other is dialled.
    var slot: StreamSlot.Name { get }
    /// The path on the runtime; starts with `/`.
    var path: String { get }
    /// Percent-encoded, without its question mark; nil for none.
    var query: String? { get }

    /// Makes the place where the events of one stream go.
    func makeSink(_ configuration: AgentRuntimeConfiguration) -> Sink
    /// Reads a message; what can't be understood is an event, too.
    func decode(_ message: WebSocketMessage) -> Event
    /// Writes a command.
    func encode(_ command: Command) -> WebSocketMessage
    /// Whether an event answers a ping.
    func isPong(_ event: Event) -> Bool
    /// Counts what is special about an event; that it is one is counted already.
    func count(_ event: Event, in statistics: inout WorkspaceStreamStatistics)
}

extension StreamKind {
    var query: String? { nil }
    func isPong(_ event: Event) -> Bool { false }
    func count(_ event: Event, in statistics: inout WorkspaceStreamStatistics) {}
}

extension StreamKind where Sink == EventQueue<Event> {
    /// A queue with the bounds of the configuration.
    func makeSink(_ configuration: AgentRuntimeConfiguration) -> EventQueue<Event> {
        EventQueue(
            maximumEvents: configuration.maximumQueuedEvents,
            maximumBytes: configuration.maximumQueuedBytes,
            receiveQueue: configuration.connection.receiveQueue
        )
    }
}

/// Where the events of a stream go: filled by its reader, which waits while there is no room.
protocol StreamSink<Event>: Sendable {
    associatedtype Event: Sendable

    /// Takes a batch; never waits.
    ///
    /// - Parameters:
    ///   - events: The batch.
    ///   - bytes: What it weighed on the wire.
    ///   - wasFilled: Whether the batch before filled the sink: only then this one can be too much.
    ///   - resume: Gets who waited for it and runs on another thread, to be resumed soon.
    /// - Returns: What became of it.
    func put(
        _ events: [Event],
        bytes: Int,
        wasFilled: Bool,
        resume: (UnsafeContinuation<MailboxWake, Never>) -> Void
    ) -> OnPut

    /// Waits until there is room, or the stream is ending.
    func waitForRoom() async

    /// From here on the reader does not wait: what the connection still holds is bounded, and a consumer may never come.
    func stopWaiting()

    /// Nothing comes any more.
    func finish(_ error: (any Error)?)
}

/// What became of a batch.
enum OnPut {
    /// There is room for another one.
    case queued
    /// It is queued, and before the next one the reader waits for room.
    case filled
    /// The stream is ending, nobody takes events, and there is more than it held when it ended.
    case dropped
}
