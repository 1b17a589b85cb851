import Glibc
import TestSupport
import Testing

@testable import RuntimeLifecycle

/// Code that must not compile; each snippet has a twin that differs only in the proof, and compiles.
@Suite(
    "Work needs the proof of both locks",
    .timeLimit(.minutes(5)),
    .enabled(if: Compiler.isAvailable, "needs swiftc and the modules of a build with SwiftPM")
)
struct CompileTests {
    /// A function that has only some of the values that the work needs.
    struct Snippet: Sendable, CustomTestStringConvertible {
        let rule: String
        let refused: String
        let accepted: String
        /// The error that the compiler must report, and no other one.
        let reason: String

        var testDescription: String { self.rule }
    }

    static let snippets = [
        Snippet(
            rule: "Only the holder of a claim can run a cycle",
            refused: "func work(_ d: CycleDriver, _ c: inout Cycle) async { _ = await d.run(&c) }",
            accepted: """
                func work(_ d: CycleDriver, _ c: inout Cycle, _ claim: borrowing WorkspaceClaim) async {
                    _ = await d.run(&c, holding: claim)
                }
                """,
            reason: "missing argument for parameter 'holding'"
        ),
        Snippet(
            rule: "The gate alone is not a claim",
            refused: "func claim(_ h: consuming WorkspaceGate.Held) -> WorkspaceClaim { WorkspaceClaim(gate: h) }",
            accepted: """
                func claim(_ h: consuming WorkspaceGate.Held, _ l: consuming StartLock.Held) -> WorkspaceClaim {
                    WorkspaceClaim(gate: h, lock: l)
                }
                """,
            reason: "missing argument for parameter 'lock'"
        ),
        Snippet(
            rule: "Only acquiring the start lock gives the proof that it is held",
            refused: "func hold(_ d: consuming OwnedDescriptor) -> StartLock.Held { StartLock.Held(d) }",
            accepted: """
                func hold(_ l: StartLock) async throws -> StartLock.Held { try await l.acquire(for: .stop, within: .zero) }
                """,
            reason: "'StartLock.Held' initializer is inaccessible due to 'fileprivate' protection level"
        ),
        Snippet(
            rule: "Only acquiring the gate gives the proof that it is held",
            refused:
                "func hold(_ g: WorkspaceGate, _ r: GateRequest) -> WorkspaceGate.Held { .init(gate: g, request: r) }",
            accepted: """
                func hold(_ g: WorkspaceGate, _ id: WorkspaceID) async throws -> WorkspaceGate.Held {
                    try await g.acquire(g.enqueue(id, for: .stop), within: nil)
                }
                """,
            reason: "'WorkspaceGate.Held' initializer is inaccessible due to 'fileprivate' protection level"
        ),
        Snippet(
            rule: "A claim has one owner: after giving it away, the owner has none",
            refused: """
                func give(_ c: consuming WorkspaceClaim) {}
                func work(_ c: consuming WorkspaceClaim) { give(c); give(c) }
                """,
            accepted: """
                func give(_ c: consuming WorkspaceClaim) {}
                func work(_ c: consuming WorkspaceClaim) { give(c) }
                """,
            reason: "'c' consumed more than once"
        ),
        Snippet(
            rule: "A borrowed claim can't be released",
            refused: """
                func give(_ c: consuming WorkspaceClaim) {}
                func work(_ c: borrowing WorkspaceClaim) { give(c) }
                """,
            accepted: """
                func lend(_ c: borrowing WorkspaceClaim) {}
                func work(_ c: borrowing WorkspaceClaim) { lend(c) }
                """,
            reason: "'c' is borrowed and cannot be consumed"
        ),
        Snippet(
            rule: "A public enum can grow: a switch in another package needs a default",
            refused: """
                func isOver(_ o: StopResult) -> Bool {
                    switch o {
                    case .thenRestarted: false
                    case .stopped, .notRunning, .deleted: true
                    }
                }
                """,
            accepted: """
                func isOver(_ o: StopResult) -> Bool {
                    switch o {
                    case .thenRestarted: false
                    case .stopped, .notRunning, .deleted: true
                    @unknown default: true
                    }
                }
                """,
            reason: "may have additional unknown values"
        ),
    ]

    @Test("Without the proof it does not compile, for that reason; with it, it does", arguments: Self.snippets)
    func refuses(snippet: Snippet) async throws {
        try await Sandbox.with { sandbox in
            let accepted = await Compiler.check(snippet.accepted, in: sandbox)
            #expect(accepted.code == 0, "\(accepted.output)")
            let refused = await Compiler.check(snippet.refused, in: sandbox)
            #expect(refused.code != 0 && refused.output.contains(snippet.reason), "\(refused.output)")
            #expect(refused.output.split(separator: "\n").count { $0.contains(": error: ") } == 1, "\(refused.output)")
        }
    }
}
