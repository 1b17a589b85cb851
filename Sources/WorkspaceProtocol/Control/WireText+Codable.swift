// The texts of the workspace stream that bodies have too: each is its text on the wire.

extension RFC3339Timestamp: Codable {}

extension ProcessKind: Codable {}

extension ProcessOutput.Stream: Codable {}

extension ProcessStatus.State: Codable {}
