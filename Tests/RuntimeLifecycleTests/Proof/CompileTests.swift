import Glibc
import TestSupport
import Testing

@testable import RuntimeLifecycle

/// What the compiler refuses: each snippet has a twin that differs in nothing but the proof, and compiles.
@Suite(
    "Work needs the proof of both locks",
    .timeLimit(.minutes(5)),
    .enabled(if: Compiler.isAvailable, "needs swiftc and the modules of a build with SwiftPM")
)
struct CompileTests {
    /// A function that is given some of what the work needs.
    struct Snippet: Sendable, CustomTestStringConvertible {
        let rule: String
        let refused: String
        let accepted: String
        /// What the compiler must say, and not something else.
        let reason: String

        var testDescription: String { self.rule }
    }

    static let snippets = [
        Snippet(
            rule: "A cycle is run by who holds a claim",
            refused: "func work(_ d: CycleDriver, _ c: inout Cycle) async { _ = await d.run(&c) }",
            accepted: """
                func work(_ d: CycleDriver, _ c: inout Cycle, _ claim: borrowing WorkspaceClaim) async {
                    _ = await d.run(&c, holding: claim)
                }
                """,
            reason: "missing argument for parameter 'holding'"
        ),
        Snippet(
            rule: "A hold of the gate alone is no claim",
            refused: "func claim(_ h: consuming WorkspaceGate.Hold) -> WorkspaceClaim { WorkspaceClaim(hold: h) }",
            accepted: """
                func claim(_ h: consuming WorkspaceGate.Hold, _ l: consuming StartLock.Held) -> WorkspaceClaim {
                    WorkspaceClaim(hold: h, lock: l)
                }
                """,
            reason: "missing argument for parameter 'lock'"
        ),
        Snippet(
            rule: "The start lock is held by who has acquired it, nobody else can say so",
            refused: "func hold(_ d: consuming OwnedDescriptor) -> StartLock.Held { StartLock.Held(d) }",
            accepted: """
                func hold(_ l: StartLock) async throws -> StartLock.Held { try await l.acquire(for: .stop, within: .zero) }
                """,
            reason: "'StartLock.Held' initializer is inaccessible due to 'fileprivate' protection level"
        ),
        Snippet(
            rule: "The gate is held by who has acquired it, nobody else can say so",
            refused:
                "func hold(_ g: WorkspaceGate, _ r: GateRequest) -> WorkspaceGate.Hold { .init(gate: g, request: r) }",
            accepted: """
                func hold(_ g: WorkspaceGate, _ id: WorkspaceID) async throws -> WorkspaceGate.Hold {
                    try await g.acquire(g.enqueue(id, for: .stop), within: nil)
                }
                """,
            reason: "'WorkspaceGate.Hold' initializer is inaccessible due to 'fileprivate' protection level"
        ),
        Snippet(
            rule: "A claim has one owner: who has given it away has none",
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
            rule: "Who borrows a claim can't let it go",
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
