import CommandIO

/// The source of the bearer token.
///
/// The token itself is never printed: messages name only its source.
struct TokenSource: Sendable {
    /// Why there is no usable token.
    enum SourceError: Error, Equatable, CustomStringConvertible {
        case bothGiven
        case unreadableFile(String, reason: String)
        case emptyFile(String)
        case longFile(String)
        case unusable(source: String)

        /// The error and how to correct it.
        var description: String {
            switch self {
            case .bothGiven: "--token and --token-file were both given; give only one of them"
            case .unreadableFile(let path, let reason): "the token file '\(path)' can't be read: \(reason)"
            case .emptyFile(let path): "the token file '\(path)' is empty; put the token into its first line"
            case .longFile(let path):
                "the first line of the token file '\(path)' is longer than \(TokenSource.maximumBytes) bytes"
            case .unusable(let source): "the token of \(source) contains a space, a line break or a non-ASCII character"
            }
        }
    }

    /// The variable that is read last.
    static let variable = "WSSTREAM_TOKEN"

    /// The longest token in a file; no server accepts a larger field.
    static let maximumBytes = 16_384

    var token: String?
    var file: String?
    var environment: [String: String]

    /// The token: from the option, else from the file's first line, else from the variable, else none.
    func resolve() async throws(SourceError) -> String? {
        if self.token != nil, self.file != nil { throw .bothGiven }
        if let token = self.token { return try Self.checked(token, "--token") }
        if let file = self.file { return try Self.checked(try await Self.firstLine(of: file), "--token-file") }
        return try self.environment[Self.variable].map { value throws(SourceError) in
            try Self.checked(value, Self.variable)
        }
    }

    private static func firstLine(of path: String) async throws(SourceError) -> String {
        do throws(InputFile.ReadError) {
            let line = try await InputFile(path).firstLine(limit: Self.maximumBytes)
            if !line.isEmpty { return String(decoding: line, as: UTF8.self) }
        } catch {
            switch error {
            case .failed(let reason): throw .unreadableFile(path, reason: reason)
            case .tooLong: throw .longFile(path)
            }
        }
        throw .emptyFile(path)
    }

    /// Only visible ASCII is allowed in an `Authorization` field (RFC 6750 §2.1).
    private static func checked(_ token: String, _ source: String) throws(SourceError) -> String {
        guard token.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else { throw .unusable(source: source) }
        return token
    }
}
