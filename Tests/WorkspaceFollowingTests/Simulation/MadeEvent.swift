import WorkspaceProtocol

/// An event that a simulated agentctl has made, as the oracle must find it again.
struct MadeEvent {
    /// What must be in order, and is covered by gaps of one scope.
    enum Chain: Hashable {
        case shell
        case output(process: String, stream: String)
        case commit(repository: String)
        case file(repository: String)
        case reset(repository: String)
        case branchSwitch(repository: String)
        case process(id: String)
        case status(repository: String)

        /// The process; nil for other kinds.
        var processID: String? {
            switch self {
            case .output(let id, _), .process(let id): id
            default: nil
            }
        }

        /// The repository of a commit, a reset, a switch or a status.
        var repository: String? {
            switch self {
            case .commit(let name), .reset(let name), .branchSwitch(let name), .status(let name): name
            default: nil
            }
        }
    }

    let chain: Chain
    /// In its content, too; rises with each event of the world.
    let number: Int
    let time: Duration
    /// The connection that the client had, perhaps to an instance that is gone; nil if it had none.
    let home: SimulatedConnection?
    /// Whether it was dropped and no client can know: its reader was not behind.
    var isExcused = false
    /// Whether it is a commit that is no part of its branch any more.
    var isReplaced = false
}

extension MadeEvent {
    /// The numbers that are hidden in the content of an event, with what they belong to.
    static func numbers(in event: WorkspaceEvent) -> [(chain: Chain, number: Int)] {
        switch event.content {
        case .shellOutput(let text): return Self.numbers(in: text).map { (.shell, $0) }
        case .processOutput(let output):
            let chain = Chain.output(process: output.processID, stream: output.stream.rawValue)
            return Self.numbers(in: output.data).map { (chain, $0) }
        case .gitCommit(let commit):
            return Self.single(.commit(repository: commit.repositoryName ?? ""), commit.commitSHA)
        case .fileChange(let change): return Self.single(.file(repository: change.repositoryName ?? ""), change.path)
        case .gitReset(let reset): return Self.single(.reset(repository: reset.repositoryName ?? ""), reset.currentHead)
        case .branchSwitch(let change):
            return Self.single(.branchSwitch(repository: change.repositoryName ?? ""), change.currentBranch)
        // The end that a follower tells in place of one that was missed was never made.
        case .processStatus(let status) where status.status.rawValue != "ended":
            return Self.single(.process(id: status.processID), status.workingDirectory)
        case .gitStatus(let status) where !status.isPlaceholder:
            return [(.status(repository: status.repositoryName ?? ""), status.ahead)]
        default: return []
        }
    }

    private static func single(_ chain: Chain, _ text: String) -> [(chain: Chain, number: Int)] {
        Int(text.dropFirst()).map { [(chain, $0)] } ?? []
    }

    /// The numbers of all `<n>` in a text.
    static func numbers(in text: String) -> [Int] {
        var numbers: [Int] = []
        var number: Int?
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "<"): number = 0
            case UInt8(ascii: "0")...UInt8(ascii: "9"): number = number.map { $0 * 10 + Int(byte) - 48 }
            case UInt8(ascii: ">"):
                if let number { numbers.append(number) }
                number = nil
            default: number = nil
            }
        }
        return numbers
    }
}
