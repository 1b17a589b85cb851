import FoundationEssentials
import NIOCore
import NIOFoundationEssentialsCompat
public import NIOWebSocket

/// Takes messages as a user of NIOWebSocket does.
///
/// Text becomes a `String` by `readString`, as in SwiftNIO's examples. This copies the text out of the read buffer and
/// repairs bytes that are not UTF-8, which is the nearest to validation. The load server sends every message in one
/// frame, so no aggregator is needed.
public struct FrameConsumer {
    private let decoder: JSONDecoder?
    private var last = ""

    /// The number of messages taken.
    public private(set) var messages = 0
    /// The number of bytes of their payloads.
    public private(set) var bytes = 0

    /// Creates a consumer.
    ///
    /// - Parameter decodes: Whether each message is parsed into a typed event, by Foundation's `JSONDecoder`.
    public init(decodes: Bool = false) { self.decoder = decodes ? JSONDecoder() : nil }

    /// Takes a frame; control frames do not count.
    ///
    /// - Parameter frame: The frame.
    /// - Throws: Errors of the JSON decoder.
    public mutating func take(_ frame: WebSocketFrame) throws {
        guard frame.opcode == .text || frame.opcode == .binary else { return }
        var data = frame.unmaskedData
        self.messages &+= 1
        self.bytes &+= data.readableBytes
        if let decoder = self.decoder {
            _ = try decoder.decode(WorkspaceMessage.self, from: data)
        } else {
            self.last = data.readString(length: data.readableBytes) ?? ""
        }
    }
}
