import Testing
import WorkspaceProtocol

@testable import MockAgentServer

@Suite("The history of a repository")
struct GitHistoryTests {
    @Test("Commits that are sent newest first have the order of the history in the log")
    func newestFirst() throws {
        let git = GitState([MockRepository(name: nil)])
        for (sha, parent) in [("c1", "c0"), ("c4", "c3"), ("c3", "c2"), ("c2", "c1"), ("c5", "c4")] {
            git.observe(GitCommit(commitSHA: sha, parentSHA: parent))
        }
        let answer = try MockJSON(parsing: git.log(repository: nil, since: "c1", limit: nil).body)
        #expect(answer["commits"]?.elements?.map { $0["commit_sha"]?.text } == ["c5", "c4", "c3", "c2"])
    }
}
