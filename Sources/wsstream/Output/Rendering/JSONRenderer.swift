import WebSocketProtocol
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

    private static func append(_ message: WebSocketMessage, to bytes: inout [UInt8]) {
        guard message.kind == .binary else {
            return message.bytes.withUnsafeBytes { JSONLine.append($0, to: &bytes) }
        }
        // A binary message may not be UTF-8, but the line must be.
        var text = message.bytes.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
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
