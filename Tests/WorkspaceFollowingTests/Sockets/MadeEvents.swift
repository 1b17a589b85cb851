import MockAgentServer
import TestSupport
import WorkspaceProtocol

/// What a server has made, with a number in the content of each event: the truth, known outside of the client.
struct MadeEvents: Sendable {
    /// Events of one line are made, and must come, in the order of their numbers.
    enum Line: Hashable, Sendable {
        case shell
        case output(String, ProcessOutput.Stream)
        case commits
        case files
    }

    private(set) var lines: [Line: [Int]] = [:]
    private var last = 0
    /// The processes that run.
    private(set) var running: [String] = []
    private var processes = 0
    private(set) var head = "c0"
    private var commits = 0
    private var random: SplitMix64

    init(seed: UInt64) { self.random = SplitMix64(seed: seed) }

    private mutating func next(_ line: Line) -> Int {
        self.last += 1
        self.lines[line, default: []].append(self.last)
        return self.last
    }

    /// The server has lost its processes.
    mutating func loseProcesses() { self.running = [] }

    mutating func choose(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self.random) }

    // MARK: Events

    /// The next events that happen at once, of a random kind.
    mutating func some() -> [WorkspaceEvent] {
        switch self.choose(0...11) {
        case 0...4: [self.shell()]
        case 5, 6: self.running.isEmpty ? [self.begin()] : [self.output()]
        case 7: [self.running.count < 3 ? self.begin() : self.end()]
        case 8: self.running.count > 1 ? [self.end()] : [self.shell()]
        case 9: self.commit(self.choose(1...3))
        default: [self.file()]
        }
    }

    /// One event of each line, to see that all has come before.
    mutating func marks() -> [WorkspaceEvent] {
        let begin = self.running.isEmpty ? [self.begin()] : []
        return [self.shell(), self.file()] + self.commit(1) + begin + [self.output()]
    }

    mutating func shell() -> WorkspaceEvent {
        let number = self.next(.shell)
        let letters = (0..<self.choose(0...60)).map { _ in
            ["a", "b", "ü", "日", " ", "\r\n"].randomElement(using: &self.random)!
        }
        return Sent.shell("<\(number)>\(letters.joined())</\(number)>\r\n")
    }

    mutating func begin() -> WorkspaceEvent {
        self.processes += 1
        self.running.append("p\(self.processes)")
        return Sent.process("p\(self.processes)", .running)
    }

    mutating func end() -> WorkspaceEvent {
        let id = self.running.remove(at: self.choose(0...self.running.count - 1))
        return Sent.process(id, .exited, exitCode: 0)
    }

    mutating func output() -> WorkspaceEvent {
        let id = self.running[self.choose(0...self.running.count - 1)]
        let stream = self.choose(0...3) == 0 ? ProcessOutput.Stream.standardError : .standardOutput
        let number = self.next(.output(id, stream))
        return Sent.output(id, "<\(number)>\(String(repeating: ".", count: self.choose(0...100)))", stream)
    }

    /// A status with a new head, then its commits, newest first, as agentctl sends them.
    mutating func commit(_ count: Int) -> [WorkspaceEvent] {
        var commits: [WorkspaceEvent] = []
        for _ in 0..<count {
            let number = self.next(.commits)
            commits.insert(Sent.commit("c\(number)", after: self.head), at: 0)
            self.head = "c\(number)"
        }
        return [Sent.status(head: self.head, modified: ["m\(self.last)"])] + commits
    }

    mutating func file() -> WorkspaceEvent { Sent.file("<\(self.next(.files))>") }
}

extension WorkspaceEvent {
    /// The line of the event, and its numbers: those that begin in it, and those that end in it.
    var made: (line: MadeEvents.Line, begun: [Int], ended: [Int])? {
        switch self.content {
        case .shellOutput(let text):
            return (.shell, Self.numbers(after: "<", in: text), Self.numbers(after: "</", in: text))
        case .processOutput(let output):
            let numbers = Self.numbers(after: "<", in: output.data)
            return (.output(output.processID, output.stream), numbers, numbers)
        case .gitCommit(let commit):
            let numbers = [Int(commit.commitSHA.dropFirst()) ?? -1]
            return (.commits, numbers, numbers)
        case .fileChange(let change) where change.operation != .refresh:
            let numbers = Self.numbers(after: "<", in: change.path)
            return (.files, numbers, numbers)
        default: return nil
        }
    }

    /// The numbers in angle brackets.
    private static func numbers(after mark: String, in text: String) -> [Int] {
        text.split(separator: "<", omittingEmptySubsequences: false).dropFirst().compactMap { part in
            guard part.hasPrefix("/") == (mark == "</"), let end = part.firstIndex(of: ">") else { return nil }
            return Int(part[..<end].drop(while: { $0 == "/" }))
        }
    }
}
