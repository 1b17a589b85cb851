import WorkspaceProtocol

/// The types of events to show.
struct TypeFilter: Sendable, Hashable {
    /// The name for every type that this version does not know.
    static let unknown = "unknown"

    /// The types, or nil for all.
    let names: Set<String>?

    /// Reads the values of `--type`: each is one name, or several names separated by commas.
    ///
    /// - Parameter arguments: The values. Without any name in them, all types are shown.
    init(_ arguments: [String]) {
        let names = arguments.flatMap { $0.split(separator: ",") }.map { $0.filter { !$0.isWhitespace } }
        let given = Set(names.filter { !$0.isEmpty })
        self.names = given.isEmpty ? nil : given
    }

    /// The names that this version does not know; they are not an error, because a newer server may know them.
    var unknownNames: [String] {
        (self.names ?? []).filter { $0 != Self.unknown && !Self.knownNames.contains($0) }.sorted()
    }

    /// Whether the event is shown.
    func admits(_ event: WorkspaceEvent) -> Bool {
        guard let names = self.names else { return true }
        if names.contains(event.type.rawValue) { return true }
        if case .unknown = event.content { return names.contains(Self.unknown) }
        return false
    }

    private static let knownNames = Set(WorkspaceMessageType.known.map(\.rawValue))
}
