import ConcurrencyPrimitives
import WebSocketProtocol
import WebSocketTransport

/// A kind of stream: where it is on the runtime, how its messages are read and written, and where its events go.
///
/// All kinds share the rest: slot, dial, reader, writer, queues, pings, statistics, and the end of a stream.
/// ``StreamCore`` is generic over the kind, so the compiler can call the methods of a kind directly for each message.
protocol StreamKind: Sendable {
    /// A decoded message of the runtime.
    associatedtype Event: Sendable
    /// A message to the runtime, before it is encoded.
    associatedtype Command: Sendable
    /// The type of the queue, or other place, where the events go.
    associatedtype Sink: StreamSink<Event>

    /// The slot in the client; two streams with the same slot never overlap.
    var slot: StreamSlot.Name { get }
    /// The path on the runtime; starts with `/`.
    var path: String { get }
    /// The query, percent-encoded and without the question mark; nil for none.
    var query: String? { get }

    /// Extends a dial that was prepared, for kinds that ask the runtime something first.
    ///
    /// It runs in the slot of the stream, so it is a member of the barrier like the dial, and ends with it.
    ///
    /// - Parameters:
    ///   - dial: The dial of the stream.
    ///   - control: The control calls of the client.
    /// - Returns: The dial to run instead.
    func extend(_ dial: any RuntimeDial, _ control: @autoclosure () -> RuntimeControl) -> any RuntimeDial
    /// Makes the sink for one stream.
    func makeSink(_ configuration: AgentRuntimeConfiguration) -> Sink
    /// Decodes a message; a message that can't be understood is an event, too.
    func decode(_ message: WebSocketMessage) -> Event
    /// Encodes a command.
    func encode(_ command: Command) -> WebSocketMessage
    /// Whether an event answers a ping.
    func isPong(_ event: Event) -> Bool
    /// Gets the queue of commands of a stream, before its first task runs; for kinds that send by themselves.
    func attach(_ commands: CommandQueue<Command>)
    /// Counts special events, such as malformed ones; all events, bytes and binary messages are counted elsewhere.
    func count(_ event: Event, in statistics: inout StreamStatistics)
}

extension StreamKind {
    var query: String? { nil }
    func extend(_ dial: any RuntimeDial, _ control: @autoclosure () -> RuntimeControl) -> any RuntimeDial { dial }
    func isPong(_ event: Event) -> Bool { false }
    func attach(_ commands: CommandQueue<Command>) {}
    func count(_ event: Event, in statistics: inout StreamStatistics) {}
}

extension StreamKind where Sink == EventQueue<Event> {
    /// Makes a queue with the limits of the configuration.
    func makeSink(_ configuration: AgentRuntimeConfiguration) -> EventQueue<Event> {
        EventQueue(
            maximumEvents: configuration.maximumQueuedEvents,
            maximumBytes: configuration.maximumQueuedBytes,
            receiveQueue: configuration.connection.receiveQueue
        )
    }
}

extension StreamSink {
    static var accompaniesReading: Bool { false }
    func whileReading(_ receive: () async -> Void) async { await receive() }
}
