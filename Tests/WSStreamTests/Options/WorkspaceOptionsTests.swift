import ArgumentParser
import RuntimeLifecycle
import Testing

@testable import wsstream

@Suite("Limits of the workspace commands")
struct WorkspaceOptionsTests {
    private static func configuration(_ arguments: String...) throws -> LifecycleConfiguration {
        let up = try UpCommand.parse(["blue", "--root", "/state"] + arguments)
        return try up.options.settings(up.runtime, up.ending).configuration()
    }

    @Test("Each limit is an option, in seconds")
    func limits() throws {
        let configuration = try Self.configuration(
            "--wait",
            "1",
            "--ready-within",
            "2",
            "--adopt-within",
            "3",
            "--grace",
            "4"
        )
        #expect(configuration.root == "/state")
        #expect(configuration.gateTimeout == .seconds(1) && configuration.lockTimeout == .seconds(1))
        #expect(configuration.readinessTimeout == .seconds(2))
        #expect(configuration.adoptionTimeout == .seconds(3))
        #expect(configuration.gracePeriod == .seconds(4))
    }

    @Test("Without an option, the default of the library counts")
    func defaults() throws {
        let (configuration, expected) = (try Self.configuration(), LifecycleConfiguration(root: "/state"))
        #expect(configuration.gateTimeout == expected.gateTimeout && configuration.lockTimeout == expected.lockTimeout)
        #expect(configuration.readinessTimeout == expected.readinessTimeout)
        #expect(configuration.adoptionTimeout == expected.adoptionTimeout)
        #expect(configuration.gracePeriod == expected.gracePeriod)
    }
}
