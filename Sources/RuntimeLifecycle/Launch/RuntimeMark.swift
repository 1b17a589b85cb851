/// The variables that a starter sets for a runtime, and which all processes of the runtime inherit.
///
/// They show which workspace a process belongs to, in any session or group, even after the runtime itself has ended.
struct RuntimeMark: Hashable, Sendable {
    /// The names of the variables.
    enum Name {
        static let workspace = "WORKSPACE_ID"
        static let generation = "WORKSPACE_GENERATION"
        static let nonce = "WORKSPACE_NONCE"
        static let state = "WORKSPACE_STATE"
        static let life = "WORKSPACE_LIFE_FD"
        static let report = "WORKSPACE_REPORT_FD"

        /// All variables; a process outside of every workspace has none of them.
        static let all = [Self.workspace, Self.generation, Self.nonce, Self.state, Self.life, Self.report]
    }

    let nonce: String
    let generation: UInt64
    /// The directory of the workspace, as the starter named it; earlier versions of this program named none.
    let directory: String?

    /// Reads the bytes of an environment; `nil` if no starter has set the variables.
    init?(environment: [UInt8]) {
        let values = Self.values(environment)
        guard let nonce = values[Name.nonce], !nonce.isEmpty else { return nil }
        self.nonce = nonce
        let generation = values[Name.generation].flatMap { UInt64($0) } ?? 0
        // Larger numbers are not generations, because the generations after them could overflow.
        self.generation = generation < JournalRecord.highestGeneration - 1 ? generation : 0
        self.directory = values[Name.state].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// The variables for a new runtime.
    static func variables(_ id: WorkspaceID, _ identity: RuntimeIdentity, in directory: String) -> [String: String] {
        [
            Name.workspace: id.description, Name.generation: String(identity.generation), Name.nonce: identity.nonce,
            Name.state: directory,
        ]
    }

    /// The entries with our prefix; if a name is repeated, the first one counts, as for `getenv`.
    private static func values(_ environment: [UInt8]) -> [String: String] {
        var values: [String: String] = [:]
        var start = 0
        while start < environment.count {
            let end = environment[start...].firstIndex(of: 0) ?? environment.count
            let entry = environment[start..<end]
            start = end + 1
            // Skips most entries of most processes.
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
