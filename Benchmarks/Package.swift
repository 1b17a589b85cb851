// swift-tools-version: 6.2
import PackageDescription

// A separate package, so that users of the library do not have to build its rivals. Like any user it has only the
// public API of the library.

let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableUpcomingFeature("InferIsolatedConformances"),
    .treatAllWarnings(as: .error),
]

let nio: [Target.Dependency] = [
    .product(name: "NIOCore", package: "swift-nio"),
    .product(name: "NIOPosix", package: "swift-nio"),
    .product(name: "NIOFoundationEssentialsCompat", package: "swift-nio"),
    .product(name: "NIOHTTP1", package: "swift-nio"),
    .product(name: "NIOWebSocket", package: "swift-nio"),
]

let package = Package(
    name: "benchmarks",
    dependencies: [
        .package(name: "workspace-streams", path: "../"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    ],
    targets: [
        // Code for all client programs: arguments, measuring, and the line of JSON.
        .target(name: "BenchSupport", swiftSettings: settings),

        // Our client.
        .executableTarget(
            name: "bench-client",
            dependencies: [
                "BenchSupport",
                .product(name: "WebSocketTransport", package: "workspace-streams"),
                .product(name: "AgentRuntime", package: "workspace-streams"),
                .product(name: "WorkspaceFollowing", package: "workspace-streams"),
                .product(name: "NIOCore", package: "swift-nio"),
            ],
            swiftSettings: settings
        ),

        // SwiftNIO's NIOWebSocket, in the two ways in which it is used.
        .target(name: "NIOPeer", dependencies: ["BenchSupport"] + nio, swiftSettings: settings),
        .executableTarget(
            name: "nio-handler",
            dependencies: ["BenchSupport", "NIOPeer"] + nio,
            swiftSettings: settings
        ),
        .executableTarget(
            name: "nio-async",
            dependencies: ["BenchSupport", "NIOPeer"] + nio,
            swiftSettings: settings
        ),
    ]
)
