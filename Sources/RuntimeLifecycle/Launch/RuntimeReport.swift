/// One line that a runtime writes to its report descriptor.
///
/// ```
/// ready generation=3 nonce=9f… endpoint=http://127.0.0.1:41234
/// address-in-use endpoint=http://127.0.0.1:8080
/// wrong-identity endpoint=http://127.0.0.1:8080
/// exited code=3
/// failed reason=no%20model%20file
/// ```
/// Values are percent-encoded. The descriptor is a file. So a report stays even if the starter ends before it reads it,
/// and writing can't raise SIGPIPE.
@nonexhaustive public enum RuntimeReport: Hashable, Sendable {
    /// It answers at the endpoint and has this identity.
    case ready(RuntimeIdentity, endpoint: String)
    /// It can't listen, because the address is in use.
    case addressInUse(endpoint: String)
    /// Another process answers at its endpoint.
    case wrongIdentity(endpoint: String)
    /// It ends with this code.
    case exited(code: Int32)
    /// It can't run, for this reason.
    case failed(reason: String)

    /// The report as a line, with the line break.
    public var line: String {
        switch self {
        case .ready(let identity, let endpoint):
            "ready generation=\(identity.generation) nonce=\(NameValueLines.encode(identity.nonce)) "
                + "endpoint=\(NameValueLines.encode(endpoint))\n"
        case .addressInUse(let endpoint): "address-in-use endpoint=\(NameValueLines.encode(endpoint))\n"
        case .wrongIdentity(let endpoint): "wrong-identity endpoint=\(NameValueLines.encode(endpoint))\n"
        case .exited(let code): "exited code=\(code)\n"
        case .failed(let reason): "failed reason=\(NameValueLines.encode(reason))\n"
        }
    }

    /// The first report in the text so far; a line without a line break is not complete yet.
    static func first(in bytes: [UInt8]) -> Self? {
        guard let end = bytes.lastIndex(of: UInt8(ascii: "\n")) else { return nil }
        return bytes[..<end].split(separator: UInt8(ascii: "\n")).lazy.compactMap { Self(line: $0) }.first
    }

    /// Reads one line; `nil` for unknown lines, so that newer runtimes may write more.
    init?(line: ArraySlice<UInt8>) {
        let words = line.split(separator: UInt8(ascii: " "))
        guard let kind = words.first.map({ String(decoding: $0, as: UTF8.self) }) else { return nil }
        let fields = NameValueLines.parse(Array(words.dropFirst().joined(separator: [UInt8(ascii: "\n")])))
        switch kind {
        case "ready":
            guard let endpoint = fields["endpoint"], let nonce = fields["nonce"],
                let generation = fields["generation"].flatMap({ UInt64($0) })
            else { return nil }
            self = .ready(RuntimeIdentity(generation: generation, nonce: nonce), endpoint: endpoint)
        case "address-in-use": self = .addressInUse(endpoint: fields["endpoint"] ?? "an unnamed address")
        case "wrong-identity": self = .wrongIdentity(endpoint: fields["endpoint"] ?? "an unnamed address")
        case "exited": self = .exited(code: fields["code"].flatMap { Int32($0) } ?? 0)
        case "failed": self = .failed(reason: fields["reason"] ?? "no reason given")
        default: return nil
        }
    }
}
