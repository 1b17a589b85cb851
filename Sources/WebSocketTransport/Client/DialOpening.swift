import NIOCore
import WebSocketProtocol

/// The time for an attempt is over; sent as an event of the pipeline.
struct DialDeadlineReached: Sendable {}

/// A prepared opening handshake: what a dial does on its channel to open a WebSocket.
struct DialOpening: Sendable {
    /// The bytes of the request.
    var request: [UInt8]
    /// Reads the response.
    var reader: ClientHandshakeReader
    /// The compression that is offered.
    var compression: PermessageDeflate?

    /// Makes the step of a dial that sends the request and reads the response.
    func handshake(
        url: WebSocketURL,
        configuration: WebSocketClientConfiguration
    ) -> Dial<WebSocketConnection>.Opening {
        { channel, result in
            let handler = ClientHandshakeHandler(
                self,
                url: url,
                configuration: configuration,
                logger: configuration.logger.naming("url", "\(url)"),
                result: result
            )
            try channel.pipeline.syncOperations.addHandler(handler)
        }
    }
}
