import WorkspaceProtocol

/// Writes an event as one line of JSON, as agentctl would have written it.
///
/// Two kinds are not re-encoded. A message of an unknown type is written as it came, its line breaks (which JSON allows
/// between tokens only) made spaces. A malformed frame is no JSON, so it is wrapped:
/// `{"type":"malformed","error":"…","offset":3,"raw":"…"}`. DEL and the C1 controls, which JSON lets stand in strings,
/// are escaped, so that a terminal can show every line.
struct JSONRenderer: Sendable {
    private let encoder = WorkspaceEventEncoder()

    /// Appends the line of one event.
    func render(_ event: WorkspaceEvent, into bytes: inout [UInt8]) {
        let start = bytes.count
        switch event.content {
        case .malformed(let message): Self.wrap(message, into: &bytes)
        case .unknown(let message): Self.flatten(message.rawText, into: &bytes)
        default: self.encoder.encode(event, into: &bytes)
        }
        Self.escapeControls(in: &bytes, from: start)
        bytes.append(UInt8(ascii: "\n"))
    }

    private static func wrap(_ message: MalformedMessage, into bytes: inout [UInt8]) {
        bytes.append(contentsOf: #"{"type":"malformed","error":"#.utf8)
        JSONText.append(string: message.error.description, to: &bytes)
        bytes.append(contentsOf: #","offset":\#(message.error.offset),"raw":"#.utf8)
        JSONText.append(string: message.rawText, to: &bytes)
        bytes.append(UInt8(ascii: "}"))
    }

    private static func flatten(_ text: String, into bytes: inout [UInt8]) {
        var scalars = text.unicodeScalars[...]
        // A byte order mark is not JSON's (RFC 8259 §8.1); it may be ignored.
        if scalars.first == "\u{FEFF}" { scalars.removeFirst() }
        for byte in String(scalars).utf8 {
            let isLineBreak = byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
            bytes.append(isLineBreak ? UInt8(ascii: " ") : byte)
        }
        while bytes.last == UInt8(ascii: " ") { bytes.removeLast() }
    }

    /// The characters are rare: the line is looked through, and written anew only if there is one.
    private static func escapeControls(in bytes: inout [UInt8], from start: Int) {
        let isFound = bytes[start...].withUnsafeBufferPointer { line in
            line.indices.contains { Self.controlLength(line, at: $0) > 0 }
        }
        guard isFound else { return }
        let line = Array(bytes[start...])
        bytes.removeSubrange(start...)
        line.withUnsafeBufferPointer { line in
            var index = 0
            while index < line.count {
                let length = Self.controlLength(line, at: index)
                if length > 0 {
                    JSONText.append(escape: UInt32(line[index + length - 1]), to: &bytes)
                } else {
                    bytes.append(line[index])
                }
                index += max(length, 1)
            }
        }
    }

    /// The bytes of the control at `index`: 1 for DEL, 2 for C1, else 0; the last one is the character's number.
    private static func controlLength(_ line: UnsafeBufferPointer<UInt8>, at index: Int) -> Int {
        if line[index] == 0x7F { return 1 }
        guard line[index] == 0xC2, index + 1 < line.count else { return 0 }
        return (0x80...0x9F).contains(line[index + 1]) ? 2 : 0
    }
}
