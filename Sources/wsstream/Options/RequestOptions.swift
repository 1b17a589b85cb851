import ArgumentParser
import WebSocketProtocol

/// The other fields of the request for a stream.
struct RequestOptions: ParsableArguments {
    /// The default `User-Agent` of requests.
    static let defaultUserAgent = "wsstream/\(PackageVersion.current)"

    @Option(
        name: [.customLong("header"), .customShort("H")],
        help: ArgumentHelp(
            "A field to add to the request; you can repeat this option.",
            discussion: """
                For gateways before the server; 'User-Agent:VALUE' replaces \(Self.defaultUserAgent). Other users can \
                see a secret on the command line in the list of processes.
                """,
            valueName: "name:value"
        )
    )
    var headers: [String] = []

    func validate() throws {
        for header in self.headers {
            // Do not quote it, because it may be a secret.
            guard let field = Self.field(header) else {
                throw ValidationError("--header is NAME:VALUE, such as 'X-Team: blue'.")
            }
            do throws(HandshakeError) {
                let fields: HTTPFields = [field.name: field.value]
                try fields.validateAsAdditions()
            } catch {
                throw ValidationError("--header: \(error.message)")
            }
        }
        guard self.headers.count(where: { Self.isUserAgent($0) }) <= 1 else {
            throw ValidationError("--header: there can be only one User-Agent.")
        }
    }

    /// The `User-Agent` of requests.
    var userAgent: String {
        self.headers.first { Self.isUserAgent($0) }.flatMap { Self.field($0)?.value } ?? Self.defaultUserAgent
    }

    /// All fields except `User-Agent`.
    var fields: HTTPFields {
        var fields: HTTPFields = [:]
        for header in self.headers where !Self.isUserAgent(header) {
            if let field = Self.field(header) { fields.append(name: field.name, value: field.value) }
        }
        return fields
    }

    private static func isUserAgent(_ header: String) -> Bool {
        Self.field(header)?.name.lowercased() == "user-agent"
    }

    /// RFC 9110 §5.5: blanks around a value do not belong to it.
    private static func field(_ header: String) -> (name: String, value: String)? {
        guard let colon = header.firstIndex(of: ":"), colon != header.startIndex else { return nil }
        let isBlank = { (character: Character) in character == " " || character == "\t" }
        let value = header[header.index(after: colon)...].drop(while: isBlank)
        let end = value.lastIndex { !isBlank($0) }.map(value.index(after:)) ?? value.startIndex
        return (String(header[..<colon]), String(value[..<end]))
    }
}
