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
        #expect(configuration.gateLimit == .seconds(1) && configuration.lockLimit == .seconds(1))
        #expect(configuration.readinessLimit == .seconds(2))
        #expect(configuration.adoptionLimit == .seconds(3))
        #expect(configuration.gracePeriod == .seconds(4))
    }

    @Test("Without an option, the default of the library counts")
    func defaults() throws {
        let (configuration, expected) = (try Self.configuration(), LifecycleConfiguration(root: "/state"))
        #expect(configuration.gateLimit == expected.gateLimit && configuration.lockLimit == expected.lockLimit)
        #expect(configuration.readinessLimit == expected.readinessLimit)
        #expect(configuration.adoptionLimit == expected.adoptionLimit)
        #expect(configuration.gracePeriod == expected.gracePeriod)
    }
}
