// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that nobody who uses the library is asked to build its rivals. It uses the library as
// anyone does: by its public API.

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
    platforms: [.macOS("26.0")],
    dependencies: [
        .package(name: "workspace-streams", path: "../"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    ],
    targets: [
        // What all client programs share: arguments, the measuring, the line of JSON.
        .target(name: "BenchSupport", swiftSettings: settings),

        // Ours.
        .executableTarget(
            name: "bench-client",
            dependencies: [
                "BenchSupport",
                .product(name: "WebSocketTransport", package: "workspace-streams"),
                .product(name: "AgentRuntime", package: "workspace-streams"),
                .product(name: "NIOCore", package: "swift-nio"),
            ],
            swiftSettings: settings
        ),

        // SwiftNIO's NIOWebSocket, used in the two ways it is used.
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
