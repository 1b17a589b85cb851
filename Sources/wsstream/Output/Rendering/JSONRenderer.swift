import WebSocketProtocol
import WorkspaceFollowing
import WorkspaceProtocol

/// Writes an event as one line of JSON: the message as it was received, see ``JSONLine``.
///
/// The text is not made from the event. So it keeps the server's spelling, and members that this version does not know.
/// Only a malformed message, which is not JSON, is wrapped: `{"type":"malformed","error":"…","offset":3,"raw":"…"}`.
struct JSONRenderer: Sendable {
    private let encoder = WorkspaceEventEncoder()

    /// Appends the line of one event.
    ///
    /// - Parameters:
    ///   - event: The event.
    ///   - message: The received message; nil if there was none, then the event is written in agentctl's form.
    ///   - bytes: The bytes to append to.
    func render(_ event: WorkspaceEvent, message: WebSocketMessage?, into bytes: inout [UInt8]) {
        if case .malformed(let message) = event.content {
            Self.wrap(message, into: &bytes)
        } else if let message {
            Self.append(message, to: &bytes)
        } else {
            self.encoder.encode(event).withUnsafeBytes { JSONLine.append($0, to: &bytes) }
        }
        bytes.append(UInt8(ascii: "\n"))
    }

    /// Appends the line of one event of a followed workspace.
    ///
    /// - Parameters:
    ///   - event: The event; its line is the frame that it keeps. Without one, it is written in agentctl's form.
    ///   - source: From which answer it was recovered; the last member `recovered` says so. Nil if it came on the wire.
    ///   - bytes: The bytes to append to.
    func render(_ event: WorkspaceEvent, recoveredBy source: RecoverySource?, into bytes: inout [UInt8]) {
        if let source {
            var object = self.encoder.encode(event)
            if object.last == UInt8(ascii: "}") {
                object.removeLast()
                object.append(contentsOf: #","recovered":"#.utf8)
                JSONText.append(string: source.rawValue, to: &object)
                object.append(UInt8(ascii: "}"))
            }
            object.withUnsafeBytes { JSONLine.append($0, to: &bytes) }
            bytes.append(UInt8(ascii: "\n"))
        } else if case .malformed = event.content {
            self.render(event, message: nil, into: &bytes)
        } else if let frame = event.rawBytes {
            // The decoder has read all of a frame that does not deviate, so it is UTF-8.
            let isText = event.deviations.isEmpty
            frame.withUnsafeBytes { isText ? JSONLine.append($0, to: &bytes) : Self.appendRepaired($0, to: &bytes) }
            bytes.append(UInt8(ascii: "\n"))
        } else {
            self.render(event, message: nil, into: &bytes)
        }
    }

    private static func append(_ message: WebSocketMessage, to bytes: inout [UInt8]) {
        guard message.kind == .binary else {
            return message.bytes.withUnsafeBytes { JSONLine.append($0, to: &bytes) }
        }
        message.bytes.withUnsafeBytes { Self.appendRepaired($0, to: &bytes) }
    }

    /// Appends a message that may not be UTF-8, as a binary one; the line must be.
    private static func appendRepaired(_ message: UnsafeRawBufferPointer, to bytes: inout [UInt8]) {
        var text = String(decoding: message, as: UTF8.self)
        text.withUTF8 { JSONLine.append(UnsafeRawBufferPointer($0), to: &bytes) }
    }

    private static func wrap(_ message: MalformedMessage, into bytes: inout [UInt8]) {
        bytes.append(contentsOf: #"{"type":"malformed","error":"#.utf8)
        JSONText.append(string: message.error.description, to: &bytes)
        bytes.append(contentsOf: #","offset":\#(message.error.offset),"raw":"#.utf8)
        JSONText.append(string: message.rawText, to: &bytes)
        bytes.append(UInt8(ascii: "}"))
    }
}
