import Testing
import WorkspaceProtocol

@testable import wsstream

@Suite("The filter by type")
struct TypeFilterTests {
    private static let pong = WorkspaceEvent(.pong, timestamp: nil)
    private static let new = WorkspaceEventDecoder().decode(Array(#"{"type":"new"}"#.utf8))
    private static let malformed = WorkspaceEventDecoder().decode(Array("{".utf8))

    @Test("No name admits all", arguments: [[], [""], [" , "]])
    func admitsAll(arguments: [String]) {
        let filter = TypeFilter(arguments)
        #expect([Self.pong, Self.new, Self.malformed].allSatisfy(filter.admits))
    }

    @Test(
        "Names are repeatable and separated by commas",
        arguments: [
            (["pong"], [true, false, false]),
            (["ping,pong"], [true, false, false]),
            (["ping", " pong ,new"], [true, true, false]),
            (["unknown"], [false, true, false]),
            (["malformed"], [false, false, true]),
            (["PONG"], [false, false, false]),
        ]
    )
    func admitsNamed(arguments: [String], expected: [Bool]) {
        let filter = TypeFilter(arguments)
        #expect([Self.pong, Self.new, Self.malformed].map(filter.admits) == expected)
    }

    @Test("Names that this version does not know are found, in order")
    func findsUnknownNames() {
        #expect(TypeFilter(["pong,unknown", "malformed"]).unknownNames.isEmpty)
        #expect(TypeFilter(["z,pong", "a"]).unknownNames == ["a", "z"])
    }

    @Test("Every type that the decoder knows is known here")
    func knowsAllTypes() {
        let frames = WorkspaceMessageType.known.filter { $0 != .malformed }.map { "{\"type\":\"\($0)\"}" }
        for frame in frames {
            let event = WorkspaceEventDecoder().decode(Array(frame.utf8))
            if case .unknown = event.content { Issue.record("\(frame) is unknown to the decoder") }
        }
        #expect(frames.count == 15)
    }
}
