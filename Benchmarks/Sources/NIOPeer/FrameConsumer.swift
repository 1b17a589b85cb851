import FoundationEssentials
import NIOCore
import NIOFoundationEssentialsCompat
public import NIOWebSocket

/// What becomes of the text of a message.
public enum FrameContent: Sendable {
    /// A `String`.
    case text
    /// A typed event of the workspace stream, by Foundation's `JSONDecoder`.
    case workspaceEvent
    /// A typed event of the agent stream, by Foundation's `JSONDecoder`.
    case agentEvent
}

/// Takes messages as a user of NIOWebSocket does.
///
/// Text becomes a `String` by `readString`, as in SwiftNIO's examples. This copies the text out of the read buffer and
/// repairs bytes that are not UTF-8, which is the nearest to validation. The load server sends every message in one
/// frame, so no aggregator is needed.
public struct FrameConsumer {
    private let content: FrameContent
    // Only where it is used: an idle connection must not pay for it.
    private let decoder: JSONDecoder?
    private var last = ""

    /// The number of messages taken.
    public private(set) var messages = 0
    /// The number of bytes of their payloads.
    public private(set) var bytes = 0

    /// Creates a consumer.
    ///
    /// - Parameter content: What becomes of each message.
    public init(_ content: FrameContent = .text) {
        self.content = content
        self.decoder = content == .text ? nil : JSONDecoder()
    }

    /// Takes a frame; control frames do not count.
    ///
    /// - Parameter frame: The frame.
    /// - Throws: Errors of the JSON decoder.
    public mutating func take(_ frame: WebSocketFrame) throws {
        guard frame.opcode == .text || frame.opcode == .binary else { return }
        var data = frame.unmaskedData
        self.messages &+= 1
        self.bytes &+= data.readableBytes
        switch self.content {
        case .text: self.last = data.readString(length: data.readableBytes) ?? ""
        case .workspaceEvent: _ = try self.decoder?.decode(WorkspaceMessage.self, from: data)
        case .agentEvent: _ = try self.decoder?.decode(AgentMessage.self, from: data)
        }
    }
}
