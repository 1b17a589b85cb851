/// Reads the messages of `/api/v1/agent/stream`: one JSON object in each frame.
///
/// The rules are those of ``WorkspaceEventDecoder``: RFC 8259 in UTF-8, an absent or `null` member is zero, an unknown
/// member is no error, and nothing of a frame is lost: see ``AgentEvent/rawBytes``. Three families of messages share
/// the stream: events without an envelope, answers to our requests, and requests of the server. A message of the type
/// `error` is an answer if it has an `action`, else an event.
///
/// No frame can make the decoder trap, and nesting is limited to 512. A decoder holds no state, so many streams may
/// share one at the same time.
public struct AgentStreamDecoder: Sendable {
    /// Creates a decoder.
    public init() {}

    /// Reads one frame.
    ///
    /// - Parameter frame: The whole text of one message. There is no limit to its size.
    /// - Returns: The message. A frame that cannot be read is an event, ``AgentEvent/Content/malformed(_:)``.
    public func decode(_ frame: RawSpan) -> AgentStreamMessage {
        unsafe frame.withUnsafeBytes { unsafe self.decode($0, isKnownUTF8: false) }
    }

    /// Reads one frame.
    ///
    /// - Parameter frame: The whole text of one message.
    /// - Returns: The message. A frame that cannot be read is an event, ``AgentEvent/Content/malformed(_:)``.
    public func decode(_ frame: [UInt8]) -> AgentStreamMessage {
        // `bytes` is unsafe for elements with padding; a byte has none.
        unsafe self.decode(frame.span.bytes)
    }

    /// Reads one frame that is known to be UTF-8, as WebSocket text messages are, and does not check its strings again.
    ///
    /// - Parameter frame: The whole text of one message. There is no limit to its size.
    /// - Returns: The message. A frame that cannot be read is an event, ``AgentEvent/Content/malformed(_:)``.
    public func decode(_ frame: UTF8Span) -> AgentStreamMessage {
        unsafe frame.span.withUnsafeBytes { unsafe self.decode($0, isKnownUTF8: true) }
    }

    /// Reads one frame.
    ///
    /// - Parameter frame: The whole text of one message; used during the call only.
    /// - Returns: The message. A frame that cannot be read is an event, ``AgentEvent/Content/malformed(_:)``.
    public func decode(_ frame: UnsafeRawBufferPointer) -> AgentStreamMessage {
        unsafe self.decode(frame, isKnownUTF8: false)
    }

    private func decode(_ frame: UnsafeRawBufferPointer, isKnownUTF8: Bool) -> AgentStreamMessage {
        do throws(JSONFailure) {
            var reader = unsafe AgentMessageReader(JSONScanner(frame, isKnownUTF8: isKnownUTF8))
            return try reader.message()
        } catch {
            let message = unsafe MalformedMessage(rawBytes: [UInt8](frame), error: WorkspaceProtocolError(error))
            return .event(AgentEvent(.malformed(message)))
        }
    }
}
