import Testing
import WorkspaceProtocol

@Suite("Limits of a frame") struct LimitTests {
    @Test(
        "512 open containers are accepted, one more is an error; any number of them is safe",
        arguments: [(511, true), (512, false), (100_000, false)]
    )
    func limitsNesting(depth: Int, isAccepted: Bool) {
        for (open, close) in [("[", "]"), ("{\"a\":", "}"), ("[{\"a\":[],\"b\":", "}]")] {
            let count = open.hasPrefix("[{") ? depth / 2 : depth
            let value = String(repeating: open, count: count) + "1" + String(repeating: close, count: count)
            let event = WorkspaceEvent(frame: "{\"type\":\"pong\",\"x\":\(value)}")
            let isTooDeep = event.error?.code == .nestingTooDeep
            // With two brackets at a time, depth 510 becomes 511, and an empty array is one level deeper.
            #expect(isTooDeep == !isAccepted)
            #expect((event.content == .pong) == isAccepted)
        }
    }

    @Test("Containers that are closed do not count", arguments: ["[]", "{}", "[[]]", "{\"a\":{}}"])
    func forgetsClosedContainers(value: String) {
        let values = Array(repeating: value, count: 2000).joined(separator: ",")
        #expect(WorkspaceEvent(frame: "{\"type\":\"pong\",\"x\":[\(values)]}").content == .pong)
    }

    @Test(
        "Objects that were read do not count once they are closed, in any spelling",
        arguments: ["{}", "{ }", "{\"x\":1}", "{ \"path\":\"\"}", "{\"path\":\"\"}", "{\"path\":null}"]
    )
    func forgetsReadObjects(value: String) {
        let files = (0..<2000).map { "\"\($0)\":\(value)" }.joined(separator: ",")
        let event = WorkspaceEvent(frame: "{\"type\":\"git_status\",\"git_status\":{\"files\":{\(files)}}}")
        let infos = (0..<2000).map { ("\($0)", GitStatus.FileInfo()) }
        #expect(event.content == .gitStatus(GitStatus(files: Dictionary(uniqueKeysWithValues: infos))))
    }

    @Test("A status of 3 MB is read exactly", .timeLimit(.minutes(1)))
    func readsLargeFrame() {
        let diff = String(repeating: "+ let text = \"<é>\"\n- \t\u{1F600}\u{1}\n", count: 65_000)
        let files = ["a": GitStatus.FileInfo(path: "a", diff: diff), "b": GitStatus.FileInfo(path: "b", diff: "x")]
        let event = WorkspaceEvent(.gitStatus(GitStatus(branch: "b", files: files)), timestamp: 1)
        let frame = WorkspaceEventEncoder().encode(event)
        #expect(frame.count > 3_000_000)
        #expect(WorkspaceEventDecoder().decode(frame) == event)
        #expect(WorkspaceEventDecoder().decode([UInt8](frame.dropLast())).error?.offset == frame.count - 1)
    }

    @Test("An event moves in 40 bytes, however large its content is")
    func isSmall() {
        #expect(MemoryLayout<WorkspaceEvent>.stride <= 40)
    }
}
