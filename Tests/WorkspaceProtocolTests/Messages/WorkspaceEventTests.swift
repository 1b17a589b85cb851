import Testing
import WorkspaceProtocol

@Suite("Properties of events") struct WorkspaceEventTests {
    @Test("The type is that of the wire", arguments: ExampleMessage.allCases)
    func namesType(example: ExampleMessage) {
        #expect(example.text.hasPrefix("{\"type\":\"\(example.event.type.rawValue)\""))
    }

    @Test("A frame that could not be read has a separate type")
    func namesMalformed() {
        #expect(WorkspaceEvent(frame: "{").type == .malformed)
        #expect(WorkspaceEvent(frame: "{").timestamp == nil)
    }

    @Test("The repository is that of the payload")
    func namesRepository() {
        for example in ExampleMessage.allCases {
            let isNamed = example.text.contains(#""repository_name":"web""#)
            #expect(example.event.repositoryName == (isNamed ? "web" : nil))
        }
        let reset = WorkspaceEvent(.gitReset(GitReset(repositoryName: "a")), timestamp: 1)
        let branchSwitch = WorkspaceEvent(.branchSwitch(BranchSwitch(repositoryName: "b")), timestamp: 1)
        #expect(reset.repositoryName == "a")
        #expect(branchSwitch.repositoryName == "b")
    }

    @Test("There is an example of each known type, so tests of the examples cover all types")
    func knowsTypes() {
        let types = WorkspaceMessageType.known.filter { $0 != .malformed }
        #expect(Set(types) == Set(ExampleMessage.allCases.map(\.event.type)))
        #expect(types.count == Set(types).count)
    }
}
