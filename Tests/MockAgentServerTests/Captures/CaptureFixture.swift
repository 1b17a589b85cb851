import Foundation

@testable import MockAgentServer

/// The steps of one file in `Fixtures`, which were transcribed from captures of the real agentctl.
enum CaptureFixture {
    static func steps(_ name: String) throws -> [MockJSON] {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let data = try Data(contentsOf: folder.appending(path: "Fixtures/\(name).json"))
        return try MockJSON(parsing: data)["steps"]?.elements ?? []
    }
}
