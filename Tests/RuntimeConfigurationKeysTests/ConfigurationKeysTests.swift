import AgentRuntime
import Configuration
import Testing
import WorkspaceFollowing

@testable import RuntimeConfigurationKeys

@Suite("Keys of the configuration")
struct ConfigurationKeysTests {
    /// The names of the properties that hold something, also behind references and `values`.
    private static func properties(_ value: Any) -> Set<String> {
        var names: Set<String> = []
        for child in Mirror(reflecting: value).children {
            let name = child.label ?? ""
            if ["shared", "box", "value"].contains(name) {
                names.formUnion(Self.properties(child.value))
            } else {
                names.insert(name)
            }
        }
        return names
    }

    /// The first parts of keys.
    private static func names(_ keys: [String]) -> Set<String> {
        Set(keys.map { String($0.prefix { $0 != "." }) })
    }

    @Test("Every property has a key, or is set in code on purpose")
    func complete() {
        let tables: [(Any, [String], Set<String>)] = [
            (
                AgentRuntimeConfiguration(), AgentRuntimeConfiguration.configurationKeys,
                [
                    "fields", "handshakeLimits", "connection", "tls", "proxy", "eventLoopGroup", "logger", "tracer",
                    "onBatch", "decodesEvents", "keepsFrames", "clock",
                ]
            ),
            (FollowerConfiguration(), FollowerConfiguration.configurationKeys, ["observer", "dialLimiter"]),
            (ReconnectPolicy(), ReconnectPolicy.settings.map(\.key), ["advice"]),
            (RecoveryPolicy(), RecoveryPolicy.settings.map(\.key), []),
            (FollowerQueuePolicy(), FollowerQueuePolicy.settings.map(\.key), []),
            (AgentStreamConfiguration(), AgentStreamConfiguration.settings.map(\.key), ["onServerRequest"]),
        ]
        for (value, keys, inCode) in tables {
            let properties = Self.properties(value)
            #expect(properties.count > 5)
            #expect(Self.names(keys).union(inCode) == properties, "\(type(of: value))")
            #expect(Self.names(keys).isDisjoint(with: inCode))
            #expect(Set(keys).count == keys.count)
        }
    }

    /// A value of the right form that is no default.
    private static func other(_ key: String) -> ConfigValue? {
        switch key {
        case "agent.enabled", "keepsDiffs": true
        case "runtime.userAgent": "tests/1"
        case "queue.gitStatus", "queue.fileChange": "all"
        case "queue.shellOutput", "queue.processOutput": "dropOldest"
        default: nil
        }
    }

    private static func config(_ values: [String: ConfigValue]) -> ConfigReader {
        ConfigReader(
            provider: InMemoryProvider(
                values: Dictionary(uniqueKeysWithValues: values.map { (AbsoluteConfigKey(ConfigKey($0)), $1) })
            )
        )
    }

    @Test("Each key changes its own property, and no other", arguments: FollowerConfiguration.configurationKeys)
    func one(key: String) throws {
        let isAgent = key.hasPrefix("agent.") && key != "agent.enabled"
        let base: [String: ConfigValue] = isAgent ? ["agent.enabled": true] : [:]
        let before = try FollowerConfiguration(config: Self.config(base))
        // A number of seconds, or a whole number: only one of both is right.
        let candidates: [ConfigValue] = Self.other(key).map { [$0] } ?? [ConfigValue(7.5, isSecret: false), 7]
        let after = candidates.compactMap { value in
            try? FollowerConfiguration(config: Self.config(base.merging([key: value]) { $1 }))
        }
        let changed = try #require(after.first)
        let (old, new) = (Self.flat(before), Self.flat(changed))
        let differences = Set(old.keys).union(new.keys).filter { old[$0] != new[$0] }
        if key == "agent.enabled" {
            #expect(differences.allSatisfy { $0.hasPrefix("agent") } && !differences.isEmpty)
        } else {
            #expect(differences == [key])
        }
    }

    /// All values with their paths, as text.
    private static func flat(_ value: Any, _ path: String = "") -> [String: String] {
        if value is Duration || value is String || value is Int || value is Bool { return [path: "\(value)"] }
        let mirror = Mirror(reflecting: value)
        if mirror.displayStyle == .optional {
            guard let inner = mirror.children.first?.value else { return [path: "nil"] }
            return Self.flat(inner, path)
        }
        guard !mirror.children.isEmpty else { return [path: "\(value)"] }
        var all: [String: String] = [:]
        for child in mirror.children {
            let name = child.label ?? ""
            // Set in code, and without a stable text.
            if ["logger", "dialLimiter", "connection", "tls", "fields", "handshakeLimits"].contains(name) { continue }
            let isInner = ["shared", "box", "value"].contains(name)
            let inner = isInner ? path : path.isEmpty ? name : "\(path).\(name)"
            all.merge(Self.flat(child.value, inner)) { $1 }
        }
        return all
    }

    @Test("Values are read in their forms; 0 and an empty text switch off")
    func forms() throws {
        let configuration = try FollowerConfiguration(
            config: Self.config([
                "runtime.connectTimeout": 2, "runtime.closeTimeout": ConfigValue(0.25, isSecret: false),
                "runtime.instanceCheck": 0, "runtime.userAgent": "", "reconnect.maximumAttempts": 5,
                "recovery.auditInterval": 0, "queue.shellOutput": "dropOldest", "agent.enabled": true,
                "agent.requestTimeout": 9,
            ])
        )
        #expect(configuration.runtime.connectTimeout == .seconds(2))
        #expect(configuration.runtime.closeTimeout == .milliseconds(250))
        #expect(configuration.runtime.instanceCheck == nil && configuration.runtime.userAgent == nil)
        #expect(configuration.reconnect.maximumAttempts == 5 && configuration.recovery.auditInterval == nil)
        #expect(configuration.queue.shellOutput == .dropOldest)
        #expect(configuration.agent?.requestTimeout == .seconds(9))
        // A follower can be made of it.
        let source = StaticEndpointSource(try RuntimeEndpoint("ws://127.0.0.1:1"))
        _ = try WorkspaceFollower(of: source, configuration: configuration)
    }

    @Test("An environment variable is named like its key")
    func environment() throws {
        let provider = EnvironmentVariablesProvider(environmentVariables: [
            "AGENTCTL_CONNECT_TIMEOUT": "2.5", "AGENTCTL_MAXIMUM_QUEUED_EVENTS": "99", "CONNECT_TIMEOUT": "7",
        ])
        let config = ConfigReader(provider: provider).scoped(to: "agentctl")
        let configuration = try AgentRuntimeConfiguration(config: config)
        #expect(configuration.connectTimeout == .milliseconds(2500) && configuration.maximumQueuedEvents == 99)
    }

    @Test("Without values it is the default")
    func empty() throws {
        let read = try FollowerConfiguration(config: Self.config([:]))
        #expect(Self.flat(read) == Self.flat(FollowerConfiguration()))
        #expect(read.agent == nil)
    }

    @Test(
        "A value of another form is refused with its key, and without its value",
        arguments: [
            ("runtime.connectTimeout", "SECRET"), ("runtime.connectTimeout", "nan"), ("runtime.connectTimeout", "-1"),
            ("runtime.connectTimeout", "1e300"), ("runtime.connectTimeout", "inf"), ("recovery.burst", "1.5"),
            ("recovery.burst", "SECRET"), ("keepsDiffs", "SECRET"), ("queue.shellOutput", "SECRET"),
        ]
    )
    func refused(key: String, value: String) throws {
        let name = key.reduce(into: "") { name, letter in
            name += letter == "." ? "_" : letter.isUppercase ? "_\(letter)" : letter.uppercased()
        }
        let config = ConfigReader(provider: EnvironmentVariablesProvider(environmentVariables: [name: value]))
        let error = try #require(throws: AgentRuntimeError.self) { try FollowerConfiguration(config: config) }
        #expect(error.code == .invalidConfiguration)
        #expect(error.message.contains(String(key.split(separator: ".").last ?? "")))
        #expect(!error.message.contains("SECRET"))
    }
}
