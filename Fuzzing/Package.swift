// swift-tools-version: 6.2
import PackageDescription

// A separate package, so that users of the library do not have to build a fuzzer. It links the sources of the pure
// modules into itself. They are then members of one package, so the targets can use declarations that are `package`.

/// The settings of the library; in addition every memory access is checked.
let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableUpcomingFeature("InferIsolatedConformances"),
    .treatAllWarnings(as: .error),
    // Optimised, because more executions find more. Assertions stay on, because the fuzzer looks for failed ones.
    .unsafeFlags(["-sanitize=address", "-O", "-assert-config", "Debug"]),
]

/// The fuzzed modules count their branches for libFuzzer; the targets do not, because only the modules are tested.
let fuzzedSettings: [SwiftSetting] = settings + [.unsafeFlags(["-sanitize=fuzzer"])]

let package = Package(
    name: "fuzzing",
    targets: [
        .systemLibrary(name: "CZlib"),
        .systemLibrary(name: "CLibFuzzer"),
        .target(name: "CByteScan", cSettings: [.unsafeFlags(["-fsanitize=address,fuzzer-no-link"])]),
        .target(name: "WebSocketProtocol", dependencies: ["CByteScan", "CZlib"], swiftSettings: fuzzedSettings),
        .target(name: "WorkspaceProtocol", dependencies: ["CByteScan"], swiftSettings: fuzzedSettings),
        // Also a target of the library's package, whose tests run the inputs in Failures and Seeds.
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
