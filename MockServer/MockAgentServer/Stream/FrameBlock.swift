import WebSocketProtocol
import WorkspaceProtocol

/// Frames of a server that are sent together in one write.
struct FrameBlock: Sendable {
    /// Frames that are sent unchanged.
    private(set) var bytes: [UInt8] = []

    /// Appends one frame, unmasked.
    mutating func append(_ opcode: Opcode, _ payload: some Collection<UInt8>, isFinal: Bool = true) {
        let header = FrameHeader(opcode: opcode, payloadLength: payload.count, isFinal: isFinal)
        withUnsafeTemporaryAllocation(byteCount: FrameHeader.maximumBytes, alignment: 1) { target in
            let size = header.serialize(into: target)
            self.bytes.append(contentsOf: target[..<size])
        }
        self.bytes.append(contentsOf: payload)
    }

    /// Appends a message of the workspace protocol.
    mutating func append(_ event: WorkspaceEvent, style: FrameStyle) {
        self.append(text: WorkspaceEventEncoder().encode(event), style: style)
    }

    /// Appends a JSON text.
    mutating func append(text payload: [UInt8], style: FrameStyle) {
        switch style {
        case .plain: self.append(.text, payload)
        case .gorilla: self.appendGorilla(payload + [UInt8(ascii: "\n")])
        }
    }

    /// Frames a message like gorilla's `messageWriter`, whose write buffer of 4096 bytes keeps 14 for the header.
    private mutating func appendGorilla(_ payload: [UInt8]) {
        let (room, unbuffered) = (4096 - 14, 2 * 4096)
        guard payload.count <= unbuffered else {
            self.append(.text, payload, isFinal: false)
            return self.append(.continuation, [])
        }
        self.appendFragments(payload, size: room)
    }

    /// Appends a text message in fragments.
    ///
    /// - Parameters:
    ///   - payload: The whole message.
    ///   - size: Payload bytes of a fragment, 1 or more. The last fragment may be shorter.
    mutating func appendFragments(_ payload: [UInt8], size: Int) {
        var opcode = Opcode.text
        var rest = payload[...]
        repeat {
            let fragment = rest.prefix(size)
            rest = rest.dropFirst(size)
            self.append(opcode, fragment, isFinal: rest.isEmpty)
            opcode = .continuation
        } while !rest.isEmpty
    }
}
