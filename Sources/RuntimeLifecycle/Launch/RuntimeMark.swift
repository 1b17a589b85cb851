/// What a starter puts into the environment of a runtime, and so into that of everything the runtime starts.
///
/// It tells whose a process is, whatever session or group it is in and whether or not the runtime itself still lives.
struct RuntimeMark: Hashable, Sendable {
    /// The names of the variables.
    enum Name {
        static let workspace = "WORKSPACE_ID"
        static let generation = "WORKSPACE_GENERATION"
        static let nonce = "WORKSPACE_NONCE"
        static let state = "WORKSPACE_STATE"
        static let life = "WORKSPACE_LIFE_FD"
        static let report = "WORKSPACE_REPORT_FD"

        /// All that a process outside of every workspace has none of.
        static let all = [Self.workspace, Self.generation, Self.nonce, Self.state, Self.life, Self.report]
    }

    let nonce: String
    let generation: UInt64
    /// The directory of the workspace as its starter named it; programs before this one named none.
    let directory: String?

    /// Reads the bytes of an environment; nothing when no starter has marked it.
    init?(environment: [UInt8]) {
        let values = Self.values(environment)
        guard let nonce = values[Name.nonce], !nonce.isEmpty else { return nil }
        self.nonce = nonce
        let generation = values[Name.generation].flatMap { UInt64($0) } ?? 0
        // What is beyond is no generation: counting on from it could overflow.
        self.generation = generation < JournalRecord.highestGeneration - 1 ? generation : 0
        self.directory = values[Name.state].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// What a new runtime is given.
    static func variables(_ id: WorkspaceID, _ identity: RuntimeIdentity, in directory: String) -> [String: String] {
        [
            Name.workspace: id.description, Name.generation: String(identity.generation), Name.nonce: identity.nonce,
            Name.state: directory,
        ]
    }

    /// The entries whose names begin as ours do; of a repeated name the first counts, as for `getenv`.
    private static func values(_ environment: [UInt8]) -> [String: String] {
        var values: [String: String] = [:]
        var start = 0
        while start < environment.count {
            let end = environment[start...].firstIndex(of: 0) ?? environment.count
            let entry = environment[start..<end]
            start = end + 1
            // Most entries of most processes are passed over here.
            guard entry.first == UInt8(ascii: "W"), entry.starts(with: Self.prefix),
                let sign = entry.firstIndex(of: UInt8(ascii: "="))
            else { continue }
            let name = String(decoding: entry[..<sign], as: UTF8.self)
            values[name] = values[name] ?? String(decoding: entry[(sign + 1)...], as: UTF8.self)
        }
        return values
    }

    private static let prefix = Array("WORKSPACE_".utf8)
}
