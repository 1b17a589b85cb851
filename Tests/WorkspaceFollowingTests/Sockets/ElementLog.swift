import ConcurrencyPrimitives
import TestSupport
import Testing
import WorkspaceFollowing
import WorkspaceProtocol

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Takes the elements of a follower, and keeps them.
final class ElementLog: Sendable {
    private let state = Locked<[FollowedElement]>([])

    var elements: [FollowedElement] { self.state.withLock { $0 } }

    /// The elements without those about the connection, in words; see ``FollowedElement/words``.
    var content: [String] {
        self.elements.compactMap { element in
            if case .connection = element { nil } else { element.words }
        }
    }

    /// The states of the connection.
    var states: [FollowerState] {
        self.elements.compactMap { element in
            if case .connection(let state) = element { state } else { nil }
        }
    }

    /// The gaps.
    var gaps: [Gap] {
        self.elements.compactMap { element in
            if case .gap(let gap) = element { gap } else { nil }
        }
    }

    /// Takes elements until the end.
    ///
    /// - Parameters:
    ///   - follower: The follower.
    ///   - pause: Called after each element.
    func take(_ follower: WorkspaceFollower, pause: @Sendable () async -> Void = {}) async throws {
        for try await element in follower.elements {
            self.state.withLock { $0.append(element) }
            await pause()
        }
    }

    func add(_ element: FollowedElement) { self.state.withLock { $0.append(element) } }

    /// Waits until an element with these words has come.
    ///
    /// - Parameters:
    ///   - words: The words.
    ///   - count: How many such elements.
    func wait(for words: String, count: Int = 1) async throws {
        try await eventually("\(words), after \(self.elements.suffix(12).map(\.words))") {
            self.elements.count { $0.words == words } >= count
        }
    }
}

extension FollowedElement {
    /// The element in short words, such as `shell a`, `+shell a` if it was recovered, `gap shell evicted`, or `live`.
    var words: String {
        switch self {
        case .event(let event): event.words
        case .recovered(let event, _): "+\(event.words)"
        case .gap(let gap): "gap \(gap.scope.words) \(gap.cause)"
        case .connection(let state): state.name
        }
    }
}

extension Gap.Scope {
    var words: String {
        switch self {
        case .stream: "stream"
        case .shell: "shell"
        case .process(let id): id
        case .git(let name): "git\(name.map { " \($0)" } ?? "")"
        case .files: "files"
        }
    }
}

extension WorkspaceEvent {
    /// The content in short words.
    var words: String {
        switch self.content {
        case .shellOutput(let text): "shell \(text)"
        case .processOutput(let output): "\(output.processID) \(output.data)"
        case .processStatus(let status):
            "\(status.processID) \(status.status.rawValue)\(status.exitCode.map { " \($0)" } ?? "")"
        case .gitCommit(let commit): "commit \(commit.commitSHA)"
        case .gitStatus(let status): "status\(status.headCommit.map { " \($0)" } ?? "")"
        case .fileChange(let change): change.operation == .refresh ? "refresh" : "file \(change.path)"
        default: self.type.rawValue
        }
    }
}

extension FollowedElement {
    /// The certainty of a gap, in words.
    var certainty: String { if case .gap(let gap) = self { " \(gap.certainty) \(gap.recovered)" } else { "" } }

    /// The event, also a recovered one.
    var event: WorkspaceEvent? {
        switch self {
        case .event(let event), .recovered(let event, _): event
        default: nil
        }
    }

    /// The time in the envelope of an event that came on the wire.
    var timestamp: Int64? { if case .event(let event) = self { event.timestamp } else { nil } }
}

/// Our clock.
enum UnixTime {
    /// Milliseconds since 1970.
    static var milliseconds: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec / 1_000_000)
    }
}

/// Events as a server sends them; it adds the times.
enum Sent {
    static func shell(_ text: String) -> WorkspaceEvent { WorkspaceEvent(.shellOutput(text), timestamp: nil) }

    static func process(_ id: String, _ state: ProcessStatus.State, exitCode: Int? = nil) -> WorkspaceEvent {
        let status = ProcessStatus(sessionID: "s", processID: id, command: id, status: state, exitCode: exitCode)
        return WorkspaceEvent(.processStatus(status), timestamp: nil)
    }

    static func output(_ id: String, _ text: String, _ stream: ProcessOutput.Stream = .standardOutput) -> WorkspaceEvent
    {
        WorkspaceEvent(
            .processOutput(ProcessOutput(sessionID: "s", processID: id, stream: stream, data: text)),
            timestamp: nil
        )
    }

    static func status(head: String?, modified: [String] = []) -> WorkspaceEvent {
        WorkspaceEvent(
            .gitStatus(
                GitStatus(
                    modified: modified,
                    added: [],
                    deleted: [],
                    untracked: [],
                    renamed: [],
                    branch: "main",
                    headCommit: head
                )
            ),
            timestamp: nil
        )
    }

    static func commit(_ sha: String, after parent: String) -> WorkspaceEvent {
        WorkspaceEvent(.gitCommit(GitCommit(commitSHA: sha, parentSHA: parent, message: sha)), timestamp: nil)
    }

    static func file(_ path: String) -> WorkspaceEvent {
        WorkspaceEvent(.fileChange(FileChange(path: path, operation: .create)), timestamp: nil)
    }
}
