/// Reads the messages of `/api/v1/workspace/stream`: one JSON object in each text frame.
///
/// It accepts RFC 8259 in UTF-8, with or without a byte order mark. A number is an integer if its value is one, in any
/// spelling. `JSONDecoder` agrees with this except where it is more lenient than the RFC, or not exact. These are
/// errors here: a comma before a closing bracket, an error inside a value that is not used, UTF-16 and UTF-32, and a
/// fraction that rounding would hide. `9223372036854775807.0` is not an error here.
///
/// As for agentctl's other clients, a member that is absent or `null` is zero, and an unknown member is ignored. Only
/// `type` is required. If several members have the same name, the first one counts, as in `JSONDecoder`. Names are
/// case-sensitive. In a string, half of a surrogate pair and bytes that are not UTF-8 become U+FFFD, as in Go. A frame
/// may say more than its event; nothing of it is lost. See ``WorkspaceEvent/deviations`` and
/// ``WorkspaceEvent/rawBytes``.
///
/// No frame can make the decoder trap, and nesting is limited to 512. A decoder holds no state, so many streams may
/// share one at the same time.
public struct WorkspaceEventDecoder: Sendable {
    /// Whether every event keeps its frame, also one that says everything; for programs that show the frames.
    private let keepsFrames: Bool

    /// Creates a decoder.
    public init() { self.keepsFrames = false }

    /// Creates a decoder whose events may all have ``WorkspaceEvent/rawBytes``.
    ///
    /// - Parameter keepsFrames: Whether every event keeps a copy of its frame.
    package init(keepsFrames: Bool) { self.keepsFrames = keepsFrames }

    /// Reads one frame.
    ///
    /// - Parameter frame: The whole text of one message. There is no limit to its size.
    /// - Returns: The event. A frame that cannot be read is ``WorkspaceEvent/Content/malformed(_:)``.
    public func decode(_ frame: RawSpan) -> WorkspaceEvent {
        unsafe frame.withUnsafeBytes { unsafe self.decode($0) }
    }

    /// Reads one frame.
    ///
    /// - Parameter frame: The whole text of one message.
    /// - Returns: The event. A frame that cannot be read is ``WorkspaceEvent/Content/malformed(_:)``.
    public func decode(_ frame: [UInt8]) -> WorkspaceEvent {
        // `bytes` is unsafe for elements with padding; a byte has none.
        unsafe self.decode(frame.span.bytes)
    }

    /// Reads one frame that is known to be UTF-8, as WebSocket text messages are, and does not check its strings again.
    ///
    /// - Parameter frame: The whole text of one message. There is no limit to its size.
    /// - Returns: The event. A frame that cannot be read is ``WorkspaceEvent/Content/malformed(_:)``.
    public func decode(_ frame: UTF8Span) -> WorkspaceEvent {
        unsafe frame.span.withUnsafeBytes { unsafe self.decode($0, isKnownUTF8: true) }
    }

    /// Reads one frame.
    ///
    /// - Parameter frame: The whole text of one message; used during the call only.
    /// - Returns: The event. A frame that cannot be read is ``WorkspaceEvent/Content/malformed(_:)``.
    public func decode(_ frame: UnsafeRawBufferPointer) -> WorkspaceEvent {
        unsafe self.decode(frame, isKnownUTF8: false)
    }

    private func decode(_ frame: UnsafeRawBufferPointer, isKnownUTF8: Bool) -> WorkspaceEvent {
        do throws(JSONFailure) {
            return try unsafe self.event(frame, isKnownUTF8: isKnownUTF8)
        } catch {
            let message = unsafe MalformedMessage(rawBytes: [UInt8](frame), error: WorkspaceProtocolError(error))
            return WorkspaceEvent(.malformed(message), timestamp: nil)
        }
    }

    /// Reads the type and the timestamp of one frame, and nothing after them.
    ///
    /// agentctl writes them first, so this is much cheaper than ``decode(_:)-(RawSpan)``. The rest of the frame is not
    /// checked: a malformed frame may still have an envelope.
    ///
    /// - Parameter frame: The whole text of one message.
    /// - Returns: The envelope.
    /// - Throws: ``WorkspaceProtocolError``, of any code, if the frame ends or is wrong before both were found. An
    ///   unknown type and an absent timestamp are not errors.
    public func envelope(of frame: RawSpan) throws(WorkspaceProtocolError) -> WorkspaceEnvelope {
        do throws(JSONFailure) {
            return try unsafe frame.withUnsafeBytes { bytes throws(JSONFailure) in
                var scanner = unsafe JSONScanner(bytes)
                return try scanner.envelope()
            }
        } catch {
            throw WorkspaceProtocolError(error)
        }
    }

    /// Reads the type and the timestamp of one frame, and nothing after them; see ``envelope(of:)-(RawSpan)``.
    ///
    /// - Parameter frame: The whole text of one message.
    /// - Returns: The envelope.
    /// - Throws: ``WorkspaceProtocolError``, of any code, if the frame ends or is wrong before both were found. An
    ///   unknown type and an absent timestamp are not errors.
    public func envelope(of frame: [UInt8]) throws(WorkspaceProtocolError) -> WorkspaceEnvelope {
        // `bytes` is unsafe for elements with padding; a byte has none.
        try unsafe self.envelope(of: frame.span.bytes)
    }

    private func event(
        _ frame: UnsafeRawBufferPointer,
        isKnownUTF8: Bool
    ) throws(JSONFailure) -> WorkspaceEvent {
        var scanner = unsafe JSONScanner(frame, isKnownUTF8: isKnownUTF8)
        var draft = WorkspaceEventDraft()
        scanner.skipWhitespace()
        if !scanner.beginsWithType {
            // The type decides how to read the other members. If it is not first, we look for it before we read them.
            var ahead = scanner
            let token = try ahead.messageType()
            try draft.setType(token, in: &ahead)
        }
        try scanner.object(into: &draft)
        guard let type = draft.type else { throw JSONFailure(.missingType, at: scanner.offset &- 1) }
        try scanner.finish()
        let content: WorkspaceEvent.Content
        switch type {
        case .known(let kind): content = draft.takeContent(of: kind)
        case .unknown(let token):
            content = .unknown(
                UnknownMessage(
                    type: WorkspaceMessageType(rawValue: try scanner.value(of: token)),
                    rawText: unsafe String(decoding: frame, as: UTF8.self)
                )
            )
        }
        guard !scanner.deviations.isEmpty || self.keepsFrames else {
            return WorkspaceEvent(content, timestamp: draft.timestamp)
        }
        return unsafe self.event(content, draft.timestamp, scanner.deviations, frame)
    }

    /// The event of a frame that says more than the event can hold, or that is kept.
    @inline(never) private func event(
        _ content: WorkspaceEvent.Content,
        _ timestamp: Int64?,
        _ deviations: WorkspaceEvent.Deviations,
        _ frame: UnsafeRawBufferPointer
    ) -> WorkspaceEvent {
        var deviations = deviations
        // An unknown message keeps its whole text, so these deviations say nothing more.
        if case .unknown = content { deviations.remove([.unreadMembers, .spelledNumbers]) }
        guard !deviations.isEmpty || self.keepsFrames else { return WorkspaceEvent(content, timestamp: timestamp) }
        let source = unsafe WorkspaceEvent.Source(bytes: [UInt8](frame), deviations: deviations)
        return WorkspaceEvent(content, timestamp: timestamp, source: source)
    }
}
