/// Writes the messages of `/api/v1/workspace/stream`, those of clients and those of servers.
///
/// The bytes are the same as those of agentctl's Go code: it uses the same order of members and the same escapes, and
/// omits the same members. Only the newline is missing that Go writes after each message. ``WorkspaceEventDecoder``
/// reads back an equal event.
public struct WorkspaceEventEncoder: Sendable {
    /// Creates an encoder.
    public init() {}

    /// Writes one message.
    ///
    /// - Parameter event: What to write. An unknown or malformed message is written exactly as it was received.
    /// - Returns: The text of one frame, without a newline.
    public func encode(_ event: WorkspaceEvent) -> [UInt8] {
        var frame: [UInt8] = []
        self.encode(event, into: &frame)
        return frame
    }

    /// Writes one message after the bytes that are already there.
    ///
    /// - Parameters:
    ///   - event: What to write. An unknown or malformed message is written exactly as it was received.
    ///   - frame: Where to append it.
    public func encode(_ event: WorkspaceEvent, into frame: inout [UInt8]) {
        switch event.content {
        case .unknown(let message): frame.append(contentsOf: message.rawText.utf8)
        case .malformed(let message): frame.append(contentsOf: message.rawBytes)
        default: Self.encodeMembers(of: event, into: &frame)
        }
    }

    /// Writes one command of a client.
    ///
    /// - Parameters:
    ///   - command: The command.
    ///   - timestamp: When it is sent, in milliseconds since 1970-01-01T00:00:00Z.
    /// - Returns: The text of one frame, without a newline.
    public func encode(_ command: WorkspaceCommand, timestamp: Int64) -> [UInt8] {
        self.encode(command.event(timestamp: timestamp))
    }

    private static func encodeMembers(of event: WorkspaceEvent, into frame: inout [UInt8]) {
        // The writer takes the bytes and gives them back, so they are never copied.
        var bytes: [UInt8] = []
        swap(&bytes, &frame)
        var writer = JSONWriter(bytes: consume bytes)
        writer.object { writer in
            writer.member(WorkspaceMember.type.name, event.type.rawValue)
            if let timestamp = event.timestamp {
                writer.name(WorkspaceMember.timestamp.name)
                writer.integer(timestamp)
            }
            event.content.write(to: &writer)
        }
        frame = writer.bytes
    }
}
