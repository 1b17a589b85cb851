import TestSupport
import Testing
import WorkspaceProtocol

/// agentctl's order and spelling needs one pass over the fields; everything else needs several.
@Suite("Members in another order or spelling") struct MemberOrderTests {
    /// A status with all members, in agentctl's order.
    private static let members: [JSONTree.Member] =
        ["timestamp", "repository_name"].map { .init($0, .string($0)) }
        + [.init("is_submodule", .raw("true"))]
        + ["modified", "added", "deleted", "untracked", "renamed"].map { .init($0, .array([.string($0)])) }
        + [.init("ahead", .raw("1")), .init("behind", .raw("2"))]
        + ["branch", "remote_branch"].map { .init($0, .string($0)) }
        + [.init("remote_ahead", .raw("3")), .init("remote_behind", .raw("4"))]
        + [
            "remote_head_commit", "head_commit", "base_commit", "comparison_target", "comparison_status",
            "comparison_error_code",
        ].map { .init($0, .string($0)) }
        + [
            .init(
                "files",
                .object([.init("a", .object([.init("staged", .raw("true")), .init("path", .string("p"))]))])
            )
        ]
        + [.init("branch_additions", .raw("5")), .init("branch_deletions", .raw("6"))]

    private static let status = GitStatus(
        timestamp: RFC3339Timestamp(rawValue: "timestamp"),
        repositoryName: "repository_name",
        isSubmodule: true,
        modified: ["modified"],
        added: ["added"],
        deleted: ["deleted"],
        untracked: ["untracked"],
        renamed: ["renamed"],
        ahead: 1,
        behind: 2,
        branch: "branch",
        remoteBranch: "remote_branch",
        remoteAhead: 3,
        remoteBehind: 4,
        remoteHeadCommit: "remote_head_commit",
        headCommit: "head_commit",
        baseCommit: "base_commit",
        comparisonTarget: "comparison_target",
        comparisonStatus: .init(rawValue: "comparison_status"),
        comparisonErrorCode: "comparison_error_code",
        files: ["a": .init(path: "p", staged: true)],
        branchAdditions: 5,
        branchDeletions: 6
    )

    /// Decodes a status with these members, in agentctl's spelling, or with some whitespace and escapes.
    private static func decode(_ members: [JSONTree.Member], seed: UInt64? = nil) -> WorkspaceEvent.Content {
        var text = ""
        var random = SplitMix64(seed: seed ?? 0)
        guard seed == nil else {
            JSONTree.object(members).write(to: &text, using: &random)
            return WorkspaceEvent(frame: "{\"type\":\"git_status\",\"git_status\":\(text)}").content
        }
        for member in members {
            var value = ""
            repeat {
                value = ""
                member.value.write(to: &value, using: &random)
            } while value.contains("\\") || value.contains(where: \.isWhitespace)
            text += "\(text.isEmpty ? "" : ",")\"\(member.name)\":\(value)"
        }
        return WorkspaceEvent(frame: "{\"type\":\"git_status\",\"git_status\":{\(text)}}").content
    }

    @Test("All members are read from any one of them on, and backwards", arguments: members.indices)
    func rotates(start: Int) {
        let rotated = Array(Self.members[start...] + Self.members[..<start])
        #expect(Self.decode(rotated) == .gitStatus(Self.status))
        #expect(Self.decode(rotated.reversed()) == .gitStatus(Self.status))
        #expect(Self.decode(rotated, seed: UInt64(start)) == .gitStatus(Self.status))
    }

    @Test("A member that comes again, or is unknown, is skipped wherever it is", arguments: members.indices)
    func skips(index: Int) {
        let again = JSONTree.Member(Self.members[index].name, .raw("[{}]"))
        for place in index + 1...Self.members.count {
            for extra in [again, .init("unknown", .raw("[{}]")), .init("unknown", .raw("null"))] {
                var members = Self.members
                members.insert(extra, at: place)
                #expect(Self.decode(members) == .gitStatus(Self.status))
            }
        }
    }

    @Test("A null counts as the member's first value", arguments: members.indices)
    func readsNull(index: Int) {
        var members = Self.members
        members.remove(at: index)
        let without = Self.decode(members)
        members.insert(.init(Self.members[index].name, .raw("null")), at: index)
        #expect(Self.decode(members) == without)
        members.append(Self.members[index])
        #expect(Self.decode(members) == without)
        #expect(without != .gitStatus(Self.status))
    }

    @Test("A key is whole, and has its colon and a value", arguments: members.map(\.name))
    func comparesWholeKeys(name: String) {
        for key in ["\(name)x", String(name.dropLast()), "x\(name)", name.uppercased()] {
            #expect(Self.decode([.init(key, .raw("[{}]"))]) == .gitStatus(GitStatus()))
        }
        for text in [
            "\"\(name)\"1", "\"\(name)\" 1", "\"\(name)\":", "\"\(name)\":,\"ahead\":1", "\"\(name)\":}",
            ",\"\(name)\":null",
        ] {
            let event = WorkspaceEvent(frame: "{\"type\":\"git_status\",\"git_status\":{\(text)}}")
            #expect(event.error?.code == .invalidSyntax)
        }
    }
}
