import WorkspaceFollowing

/// Writes a gap as one line of JSON: an object with the member `gap`, and without `type`; see docs/COMMAND.md.
enum GapJSON {
    /// Appends the line.
    static func append(_ gap: Gap, to bytes: inout [UInt8]) {
        bytes.append(contentsOf: #"{"gap":{"#.utf8)
        Self.append(gap.scope, to: &bytes)
        Self.append("cause", gap.cause.rawValue, to: &bytes)
        Self.append("since", gap.since, to: &bytes)
        Self.append("until", gap.until, to: &bytes)
        Self.append(gap.recovered, to: &bytes)
        Self.append("certainty", gap.certainty.rawValue, to: &bytes)
        if let dropped = gap.droppedEvents { bytes.append(contentsOf: #","dropped":\#(dropped)"#.utf8) }
        if let heads = gap.heads {
            bytes.append(contentsOf: #","heads":{"from":"#.utf8)
            Self.append(heads.from, to: &bytes)
            bytes.append(contentsOf: #","to":"#.utf8)
            Self.append(heads.to, to: &bytes)
            bytes.append(UInt8(ascii: "}"))
        }
        bytes.append(contentsOf: "}}\n".utf8)
    }

    private static func append(_ scope: Gap.Scope, to bytes: inout [UInt8]) {
        let name =
            switch scope {
            case .stream: "stream"
            case .shell: "shell"
            case .process: "process"
            case .git: "git"
            case .files: "files"
            @unknown default: "\(scope)"
            }
        bytes.append(contentsOf: #""scope":"#.utf8)
        JSONText.append(string: name, to: &bytes)
        if case .process(let id) = scope { Self.append("process_id", id, to: &bytes) }
        if let repository = scope.repository { Self.append("repository_name", repository, to: &bytes) }
    }

    private static func append(_ recovered: Gap.Recovered, to bytes: inout [UInt8]) {
        switch recovered {
        case .none: Self.append("recovered", "none", to: &bytes)
        case .events(let count): bytes.append(contentsOf: #","recovered":{"events":\#(count)}"#.utf8)
        case .bytes(let count): bytes.append(contentsOf: #","recovered":{"bytes":\#(count)}"#.utf8)
        case .all: Self.append("recovered", "all", to: &bytes)
        @unknown default: Self.append("recovered", "\(recovered)", to: &bytes)
        }
    }

    private static func append(_ name: StaticString, _ moment: Gap.Moment, to bytes: inout [UInt8]) {
        let server = moment.server.map { #","server":\#($0)"# } ?? ""
        bytes.append(contentsOf: #","\#(name)":{"local":\#(moment.local)\#(server)}"#.utf8)
    }

    private static func append(_ name: StaticString, _ text: String, to bytes: inout [UInt8]) {
        bytes.append(contentsOf: #","\#(name)":"#.utf8)
        JSONText.append(string: text, to: &bytes)
    }

    private static func append(_ text: String?, to bytes: inout [UInt8]) {
        guard let text else { return bytes.append(contentsOf: "null".utf8) }
        JSONText.append(string: text, to: &bytes)
    }
}
