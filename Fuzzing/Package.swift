// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that nobody who uses the library is asked to build a fuzzer. The sources of the pure
// modules are linked into it: as members of one package, the targets see what is `package` there.

/// As for the library, and every memory access is checked.
let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableUpcomingFeature("InferIsolatedConformances"),
    .treatAllWarnings(as: .error),
    // Optimised, since executions count; assertions stay, since they are what is looked for.
    .unsafeFlags(["-sanitize=address", "-O", "-assert-config", "Debug"]),
]

/// What is fuzzed counts its branches for libFuzzer; the targets do not, as theirs are not the ones to be found.
let fuzzedSettings: [SwiftSetting] = settings + [.unsafeFlags(["-sanitize=fuzzer"])]

let package = Package(
    name: "fuzzing",
    platforms: [.macOS("26.0")],
    targets: [
        .systemLibrary(name: "CZlib"),
        .systemLibrary(name: "CLibFuzzer"),
        .target(name: "CByteScan", cSettings: [.unsafeFlags(["-fsanitize=address,fuzzer-no-link"])]),
        .target(name: "WebSocketProtocol", dependencies: ["CByteScan", "CZlib"], swiftSettings: fuzzedSettings),
        .target(name: "WorkspaceProtocol", dependencies: ["CByteScan"], swiftSettings: fuzzedSettings),
        // Also a target of the library's package, whose tests run what is kept here.
        .target(
            name: "FuzzTargets",
            dependencies: ["CZlib", "WebSocketProtocol", "WorkspaceProtocol"],
            swiftSettings: settings
        ),
        .executableTarget(
            name: "fuzz",
            dependencies: ["CLibFuzzer", "FuzzTargets"],
            swiftSettings: settings,
            linkerSettings: [.unsafeFlags(["-sanitize=fuzzer,address", "-use-ld=lld"])]
        ),
    ]
)
