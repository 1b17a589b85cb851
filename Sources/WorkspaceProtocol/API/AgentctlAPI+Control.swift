#if RED_CONTROLS
internal import RedControls
#endif

// The paths of the control calls. Ids are percent-encoded here, so that no id can name another path.
extension AgentctlAPI {
    package static let statusPath = "/api/v1/status"
    package static let infoPath = "/api/v1/info"
    package static let configurePath = "/api/v1/agent/configure"
    package static let startPath = "/api/v1/start"
    package static let stopPath = "/api/v1/stop"
    package static let shellStatusPath = "/api/v1/shell/status"
    package static let shellBufferPath = "/api/v1/shell/buffer"
    package static let shellStartPath = "/api/v1/shell/start"
    package static let terminalStartPath = "/api/v1/shell/terminal/start"
    package static let processesPath = "/api/v1/processes"
    package static let processStartPath = "/api/v1/processes/start"
    package static let processStopPath = "/api/v1/processes/stop"
    package static let pollModePath = "/api/v1/workspace/poll-mode"
    package static let gitStatusPath = "/api/v1/git/status"
    package static let gitStatusListPath = "/api/v1/git/status/multi"
    package static let gitLogPath = "/api/v1/git/log"

    // The control port.
    package static let handshakePath = "/auth/handshake"
    package static let instancesPath = "/api/v1/instances"

    /// The path of one terminal; there is no `GET` for it.
    package static func terminalPath(_ id: String) -> String { "/api/v1/shell/terminal/\(self.encoded(id))" }

    /// The path of the last output of one terminal.
    package static func terminalBufferPath(_ id: String) -> String { "\(self.terminalPath(id))/buffer" }

    /// The path of the stream of one terminal, which is a WebSocket.
    package static func terminalStreamPath(_ id: String) -> String { "\(self.terminalPath(id))/stream" }

    /// The path of one process.
    package static func processPath(_ id: String) -> String { "\(self.processesPath)/\(self.encoded(id))" }

    /// The path of one commit.
    package static func gitCommitPath(_ sha: String) -> String { "/api/v1/git/commit/\(self.encoded(sha))" }

    /// The path of one instance, on the control port.
    package static func instancePath(_ id: String) -> String { "\(self.instancesPath)/\(self.encoded(id))" }

    /// Whether a text can be one segment of a path: the empty text and dot segments would name another path.
    package static func isSegment(_ id: String) -> Bool { !id.isEmpty && id != "." && id != ".." }

    /// Makes a query; items without a value are left out.
    ///
    /// - Parameter items: Names, which are plain, and values, which are percent-encoded here.
    /// - Returns: The query without the question mark; nil if nothing is left.
    package static func query(_ items: KeyValuePairs<String, String?>) -> String? {
        let parts = items.compactMap { name, value in value.map { "\(name)=\(self.encoded($0))" } }
        return parts.isEmpty ? nil : parts.joined(separator: "&")
    }

    /// Percent-encodes every byte that is not unreserved (RFC 3986 §2.3).
    package static func encoded(_ text: String) -> String {
        #if RED_CONTROLS
        if RedControl.isActive(.idsNotEncoded) { return text }
        #endif
        var bytes: [UInt8] = []
        let digits = Array("0123456789ABCDEF".utf8)
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                bytes.append(byte)
            default: bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
