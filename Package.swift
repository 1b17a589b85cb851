// swift-tools-version: 6.3
import PackageDescription

// Whether the mutants of `make red-controls` are compiled in, see docs/decisions/0021. Without the variable no build
// has a line of them.
let hasRedControls = Context.environment["WSSTREAM_BUILD_RED_CONTROLS"] == "1"

// The dependencies of a target that has a mutant; empty in a build without mutants.
let redControls: [Target.Dependency] = hasRedControls ? ["RedControls"] : []

// Whether `make docs` may use its plugin. Without the variable no build resolves the plugin, so users never do.
let hasDocumentation = Context.environment["WSSTREAM_BUILD_DOCS"] == "1"

// SwiftNIO's TLS, which brings BoringSSL: more than half of a first debug build, see docs/decisions/0037.
let tls: Target.Dependency = .product(
    name: "NIOSSL",
    package: "swift-nio-ssl",
    condition: .when(traits: ["TLS"])
)

/// The settings of every target: the Swift 6 mode, its upcoming features, and every warning is an error.
let settings: [SwiftSetting] =
    [
        .swiftLanguageMode(.v6),
        // `any` must be written, so the cost of an existential is visible.
        .enableUpcomingFeature("ExistentialAny"),
        // A member is visible only where its module is imported, so the imports of a file are complete.
        .enableUpcomingFeature("MemberImportVisibility"),
        // An import is not re-exported by accident; `public import` says when a module is part of our API.
        .enableUpcomingFeature("InternalImportsByDefault"),
        // An async function runs where its caller runs: no executor hop per message.
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
        .enableUpcomingFeature("InferIsolatedConformances"),
        .treatAllWarnings(as: .error),
    ] + (hasRedControls ? [.define("RED_CONTROLS")] : [])

/// For the pure protocol targets: every use of an unsafe construct is marked with `unsafe`.
let pureSettings: [SwiftSetting] = settings + [.strictMemorySafety()]

let package = Package(
    name: "workspace-streams",
    products: [
        .library(name: "AgentRuntime", targets: ["AgentRuntime", "WorkspaceProtocol", "ProcessSignals"]),
        .library(name: "WorkspaceFollowing", targets: ["WorkspaceFollowing", "AgentRuntime", "WorkspaceProtocol"]),
        .library(name: "WebSocketTransport", targets: ["WebSocketTransport", "WebSocketProtocol"]),
        .library(name: "WebSocketMetrics", targets: ["WebSocketMetrics"]),
        .library(name: "WorkspaceMetrics", targets: ["WorkspaceMetrics"]),
        .library(name: "PrometheusText", targets: ["PrometheusText"]),
        .library(name: "AgentRuntimeService", targets: ["AgentRuntimeService"]),
        .library(name: "RuntimeConfigurationKeys", targets: ["RuntimeConfigurationKeys"]),
        .library(name: "RuntimeLifecycle", targets: ["RuntimeLifecycle"]),
        .library(name: "RuntimeReadiness", targets: ["RuntimeReadiness"]),
        .library(name: "LifecycleFollowing", targets: ["LifecycleFollowing"]),
        .library(name: "MockAgentServer", targets: ["MockAgentServer"]),
        .executable(name: "wsstream", targets: ["wsstream"]),
        .executable(name: "mock-agent-server", targets: ["mock-agent-server"]),
    ],
    traits: [
        .trait(name: "TLS", description: "TLS by swift-nio-ssl: wss://. Without it a first build is much shorter."),
        .default(enabledTraits: ["TLS"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-distributed-tracing", from: "1.7.3"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        // Without its defaults, which read files.
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0", traits: []),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    ],
    targets: [
        // The system's zlib, for permessage-deflate (RFC 7692).
        .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),

        // Looks at sixteen bytes at once, faster than Swift's vectors can; it decides nothing.
        .target(name: "CByteScan"),

        // RFC 6455 and RFC 7692 without I/O: takes bytes, gives events and bytes. It uses no clock, no socket and no
        // package.
        .target(
            name: "WebSocketProtocol",
            dependencies: ["CByteScan", "CZlib"] + redControls,
            swiftSettings: pureSettings
        ),

        // What every module with tasks uses: a lock, a promise, a mailbox, a drain group. Compiled where it is used.
        .target(
            name: "ConcurrencyPrimitives",
            dependencies: [.product(name: "NIOConcurrencyHelpers", package: "swift-nio")] + redControls,
            swiftSettings: settings
        ),

        // SwiftNIO drivers of the protocol for both roles: sockets, timers, backpressure, the async API.
        .target(
            name: "WebSocketTransport",
            dependencies: [
                "ConcurrencyPrimitives",
                "WebSocketProtocol",
                .product(name: "NIOConcurrencyHelpers", package: "swift-nio"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                tls,
                .product(name: "NIOTLS", package: "swift-nio"),
                .product(name: "Logging", package: "swift-log"),
            ] + redControls,
            swiftSettings: settings
        ),

        // Exports the events of connections as metrics of swift-metrics.
        .target(
            name: "WebSocketMetrics",
            dependencies: [
                "WebSocketTransport", "WebSocketProtocol", .product(name: "CoreMetrics", package: "swift-metrics"),
            ],
            swiftSettings: settings
        ),

        // The agentctl workspace messages and their hand-written JSON codec.
        .target(name: "WorkspaceProtocol", dependencies: ["CByteScan"] + redControls, swiftSettings: pureSettings),

        // The client: workspace streams, the drain group and the close barrier.
        .target(
            name: "AgentRuntime",
            dependencies: [
                "ConcurrencyPrimitives",
                "WebSocketTransport",
                "WebSocketProtocol",
                "WorkspaceProtocol",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Tracing", package: "swift-distributed-tracing"),
            ] + redControls,
            swiftSettings: settings
        ),

        // Follows a workspace for hours: reconnects, recovers what was missed, and tells what it could not recover.
        .target(
            name: "WorkspaceFollowing",
            dependencies: [
                "ConcurrencyPrimitives", "AgentRuntime", "WebSocketProtocol", "WebSocketTransport", "WorkspaceProtocol",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ] + redControls,
            swiftSettings: settings
        ),

        // Exports what followers observe as metrics of swift-metrics.
        .target(
            name: "WorkspaceMetrics",
            dependencies: [
                "AgentRuntime", "WorkspaceFollowing", .product(name: "CoreMetrics", package: "swift-metrics"),
            ],
            swiftSettings: settings
        ),

        // A backend of swift-metrics that writes the text format of Prometheus.
        .target(
            name: "PrometheusText",
            dependencies: ["ConcurrencyPrimitives", .product(name: "CoreMetrics", package: "swift-metrics")],
            swiftSettings: settings
        ),

        // Reads the configurations of clients and followers with swift-configuration.
        .target(
            name: "RuntimeConfigurationKeys",
            dependencies: [
                "AgentRuntime", "WorkspaceFollowing",
                .product(name: "Configuration", package: "swift-configuration"),
            ],
            swiftSettings: settings
        ),

        // Clients and followers as services of swift-service-lifecycle.
        .target(
            name: "AgentRuntimeService",
            dependencies: [
                "AgentRuntime", "ConcurrencyPrimitives", "WorkspaceFollowing",
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: settings
        ),
        // A scripted agentctl on 127.0.0.1 with faults: for tests, the demo and benchmarks.
        .target(
            name: "MockAgentServer",
            dependencies: [
                "ConcurrencyPrimitives",
                "WebSocketTransport",
                "WebSocketProtocol",
                "WorkspaceProtocol",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                tls,
            ],
            path: "MockServer/MockAgentServer",
            swiftSettings: settings
        ),

        // System calls that Swift can't make: fork with a commit pipe, pidfd, close_range. They decide nothing.
        .target(name: "CWorkspaceLaunch", cSettings: hasRedControls ? [.define("RED_CONTROLS")] : []),

        // One runtime per workspace: gate, start lock, journal, launch, lane. It does no networking: the probe that
        // asks a runtime is handed in.
        .target(
            name: "RuntimeLifecycle",
            dependencies: [
                "ConcurrencyPrimitives", "CWorkspaceLaunch", .product(name: "Logging", package: "swift-log"),
            ] + redControls,
            swiftSettings: settings
        ),

        // The probe of the lifecycle that asks a runtime with `GET /health`.
        .target(
            name: "RuntimeReadiness",
            dependencies: ["AgentRuntime", "RuntimeLifecycle", "WebSocketProtocol", "WebSocketTransport"],
            swiftSettings: settings
        ),

        // Where the runtimes of a lifecycle are, for followers and fleets: neither side depends on the other.
        .target(
            name: "LifecycleFollowing",
            dependencies: ["AgentRuntime", "RuntimeLifecycle", "WorkspaceFollowing"],
            swiftSettings: settings
        ),

        // SIGINT (Ctrl-C), SIGTERM and SIGHUP as an async sequence, for every program that closes in order.
        .target(
            name: "ProcessSignals",
            dependencies: [.product(name: "NIOConcurrencyHelpers", package: "swift-nio")] + redControls,
            swiftSettings: settings
        ),

        // Code that both executables use: output, reading of tokens, signals, exit codes of failed output.
        .target(
            name: "CommandIO",
            dependencies: [
                "ConcurrencyPrimitives",
                "ProcessSignals",
                "WebSocketProtocol",
                "WebSocketTransport",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ] + redControls,
            swiftSettings: settings
        ),

        // The executable around the mock server: a scenario file or a built-in scenario.
        .executableTarget(
            name: "mock-agent-server",
            dependencies: [
                "CommandIO",
                "MockAgentServer",
                "ProcessSignals",
                "WebSocketProtocol",
                "WebSocketTransport",
                "RuntimeLifecycle",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "MockServer/mock-agent-server",
            swiftSettings: settings
        ),

        // The command line: tail, demo, mock, bench, workspace. Parses arguments, calls the libraries,
        // renders.
        .executableTarget(
            name: "wsstream",
            dependencies: [
                "ConcurrencyPrimitives",
                "AgentRuntime",
                "CByteScan",
                "CommandIO",
                "MockAgentServer",
                "ProcessSignals",
                "WebSocketTransport",
                "WebSocketProtocol",
                "RuntimeLifecycle",
                "RuntimeReadiness",
                "WorkspaceFollowing",
                "WorkspaceProtocol",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ] + redControls,
            swiftSettings: settings
        ),

        // Code for several test targets: time limits, seeded randomness, raw sockets, frames built by hand.
        .target(
            name: "TestSupport",
            dependencies: [
                "ConcurrencyPrimitives",
                "CZlib", "WebSocketProtocol", "WebSocketTransport",
                .product(name: "NIOConcurrencyHelpers", package: "swift-nio"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            path: "Tests/TestSupport",
            swiftSettings: settings
        ),
        // The code that the fuzzer calls, see docs/FUZZING.md. A separate package builds it with libFuzzer; the tests
        // replay the inputs that fuzzing has kept.
        .target(
            name: "FuzzTargets",
            dependencies: ["CZlib", "WebSocketProtocol", "WorkspaceProtocol"],
            path: "Fuzzing/Sources/FuzzTargets",
            swiftSettings: settings
        ),
        .testTarget(
            name: "ConcurrencyPrimitivesTests",
            dependencies: ["ConcurrencyPrimitives", "TestSupport"],
            swiftSettings: settings
        ),
        .testTarget(name: "FuzzTargetTests", dependencies: ["FuzzTargets"], swiftSettings: settings),
        .testTarget(
            name: "WebSocketProtocolTests",
            dependencies: ["CByteScan", "WebSocketProtocol", "TestSupport"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "WebSocketTransportTests",
            dependencies: [
                "ConcurrencyPrimitives",
                "WebSocketTransport", "WebSocketProtocol", "TestSupport",
                .product(name: "NIOConcurrencyHelpers", package: "swift-nio"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "NIOTLS", package: "swift-nio"),
            ],
            // The Python peers of the TLS tests, which are read by path.
            exclude: ["Interop/Python"],
            swiftSettings: settings
        ),
        // Both roles against other implementations; each is a separate process that scripts/interop-env has made.
        .testTarget(
            name: "InteropTests",
            dependencies: ["WebSocketTransport", "WebSocketProtocol", "TestSupport"],
            exclude: ["Peers"],
            swiftSettings: settings
        ),
        // The attacks of docs/THREAT-MODEL.md, run against both roles.
        .testTarget(
            name: "SecurityTests",
            dependencies: ["MockAgentServer", "WebSocketTransport", "WebSocketProtocol", "TestSupport"],
            swiftSettings: settings
        ),
        // The case groups of the Autobahn testsuite as data, against both roles over sockets; see docs/CONFORMANCE.md.
        .testTarget(
            name: "ConformanceTests",
            dependencies: [
                "CommandIO", "CZlib", "WebSocketTransport", "WebSocketProtocol", "TestSupport", "conformance-client",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "WebSocketMetricsTests",
            dependencies: [
                "WebSocketMetrics", "WebSocketTransport", "WebSocketProtocol", "TestSupport",
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "MetricsTestKit", package: "swift-metrics"),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "WorkspaceProtocolTests",
            dependencies: ["WorkspaceProtocol", "TestSupport"],
            exclude: ["Fixtures/agent-stream.txt"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "AgentRuntimeTests",
            dependencies: [
                "ConcurrencyPrimitives",
                "AgentRuntime", "MockAgentServer", "WebSocketTransport", "WebSocketProtocol", "WorkspaceProtocol",
                "TestSupport", "agent-session",
                .product(name: "InMemoryTracing", package: "swift-distributed-tracing"),
                .product(name: "Tracing", package: "swift-distributed-tracing"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            exclude: ["Interop/Python"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "WorkspaceFollowingTests",
            dependencies: [
                "ConcurrencyPrimitives", "AgentRuntime", "MockAgentServer", "TestSupport", "WebSocketProtocol",
                "WebSocketTransport", "WorkspaceFollowing", "WorkspaceProtocol",
                .product(name: "InMemoryTracing", package: "swift-distributed-tracing"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Tracing", package: "swift-distributed-tracing"),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "WorkspaceMetricsTests",
            dependencies: [
                "AgentRuntime", "MockAgentServer", "PrometheusText", "TestSupport", "WebSocketMetrics",
                "WebSocketProtocol", "WebSocketTransport", "WorkspaceFollowing", "WorkspaceMetrics",
                "WorkspaceProtocol",
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "MetricsTestKit", package: "swift-metrics"),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "PrometheusTextTests",
            dependencies: ["PrometheusText", "TestSupport", .product(name: "CoreMetrics", package: "swift-metrics")],
            swiftSettings: settings
        ),
        .testTarget(
            name: "RuntimeConfigurationKeysTests",
            dependencies: [
                "AgentRuntime", "RuntimeConfigurationKeys", "WorkspaceFollowing",
                .product(name: "Configuration", package: "swift-configuration"),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "AgentRuntimeServiceTests",
            dependencies: [
                "AgentRuntime", "AgentRuntimeService", "MockAgentServer", "TestSupport", "WorkspaceFollowing",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: settings
        ),
        .testTarget(name: "ProcessSignalsTests", dependencies: ["ProcessSignals"], swiftSettings: settings),
        .testTarget(
            name: "CommandIOTests",
            dependencies: [
                "ConcurrencyPrimitives",
                "CommandIO", "ProcessSignals", "TestSupport", "WebSocketProtocol", "WebSocketTransport",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "MockAgentServerTests",
            dependencies: [
                "ConcurrencyPrimitives",
                "MockAgentServer", "WebSocketTransport", "WebSocketProtocol", "WorkspaceProtocol", "TestSupport",
                "mock-agent-server",
            ],
            // The captures, and a Python peer, which are read by path.
            exclude: ["Fixtures", "Interop/Python"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "WSStreamTests",
            dependencies: [
                "ConcurrencyPrimitives",
                "wsstream", "AgentRuntime", "CommandIO", "MockAgentServer", "ProcessSignals", "WebSocketTransport",
                "WebSocketProtocol", "WorkspaceFollowing",
                "WorkspaceProtocol", "TestSupport",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "NIOCore", package: "swift-nio"),
            ],
            swiftSettings: settings
        ),

        // One session of an agent, on the mock server: the shortest program that uses all of a runtime. A test runs it.
        .executableTarget(
            name: "agent-session",
            dependencies: ["AgentRuntime", "MockAgentServer", "WorkspaceProtocol"],
            path: "Examples/agent-session",
            swiftSettings: settings
        ),

        // A small manager of agents, complete: runtimes, a fleet, a prompt, metrics, an ordered end. A test runs it.
        .executableTarget(
            name: "agent-manager",
            dependencies: [
                "AgentRuntime", "ProcessSignals", "PrometheusText", "RuntimeLifecycle", "RuntimeReadiness",
                "WebSocketProtocol", "WebSocketTransport", "WorkspaceFollowing", "WorkspaceMetrics",
                "WorkspaceProtocol",
                .product(name: "Logging", package: "swift-log"), .product(name: "Metrics", package: "swift-metrics"),
            ],
            path: "Examples/manager",
            swiftSettings: settings
        ),

        .testTarget(
            name: "RuntimeReadinessTests",
            dependencies: ["RuntimeReadiness", "RuntimeLifecycle", "TestSupport"],
            swiftSettings: settings
        ),

        .testTarget(
            name: "LifecycleFollowingTests",
            dependencies: [
                "LifecycleFollowing", "RuntimeLifecycle", "RuntimeReadiness", "TestSupport", "WorkspaceFollowing",
                "mock-agent-server", .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: settings
        ),

        // A runtime that speaks the report protocol and can misbehave on request.
        .executableTarget(name: "fake-runtime", path: "Tests/fake-runtime", swiftSettings: settings),

        // The client under test for a fuzzing server of the Autobahn testsuite; see docs/CONFORMANCE.md.
        .executableTarget(
            name: "conformance-client",
            dependencies: [
                "CommandIO", "WebSocketProtocol", "WebSocketTransport",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Tests/conformance-client",
            swiftSettings: settings
        ),

        // Runs one verb of the lifecycle in a separate process, which can kill itself at a named step.
        .executableTarget(
            name: "lifecycle-actor",
            dependencies: ["RuntimeLifecycle", "RuntimeReadiness", .product(name: "Logging", package: "swift-log")],
            path: "Tests/lifecycle-actor",
            swiftSettings: settings
        ),
        .testTarget(
            name: "RuntimeLifecycleTests",
            dependencies: [
                "ConcurrencyPrimitives",
                "RuntimeLifecycle",
                "RuntimeReadiness",
                "TestSupport",
                "agent-manager",
                "fake-runtime",
                "lifecycle-actor",
                "mock-agent-server",
                "wsstream",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: settings
        ),
    ]
)

if hasDocumentation {
    package.dependencies.append(.package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.5.0"))
}

if hasRedControls {
    // The names of the mutants, and the one that is active in this process.
    package.targets.append(
        .target(
            name: "RedControls",
            path: "Tests/RedControls",
            exclude: ["controls.txt"],
            swiftSettings: settings
        )
    )
    // Only the tests that must find the mutants: half the build.
    let killers = [
        "AgentRuntimeTests", "CommandIOTests", "ConcurrencyPrimitivesTests", "ProcessSignalsTests",
        "RuntimeLifecycleTests", "WSStreamTests", "WebSocketProtocolTests", "WebSocketTransportTests",
        "WorkspaceFollowingTests", "WorkspaceProtocolTests",
    ]
    package.targets.removeAll { $0.type == .test && !killers.contains($0.name) }
}
