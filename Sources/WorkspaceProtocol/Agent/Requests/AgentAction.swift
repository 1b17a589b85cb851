/// The `action` of a request; an open set.
public struct AgentAction: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
    /// The value on the wire.
    public var rawValue: String

    /// Creates a value, known or not.
    ///
    /// - Parameter rawValue: The value on the wire.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// The value on the wire.
    public var description: String { self.rawValue }

    /// Begins to talk to an agent.
    public static let initialize = Self(rawValue: "agent.initialize")
    /// Begins a session.
    public static let newSession = Self(rawValue: "agent.session.new")
    /// Begins a session in place of the current one.
    public static let resetSession = Self(rawValue: "agent.session.reset")
    /// Goes on with an older session.
    public static let loadSession = Self(rawValue: "agent.session.load")
    /// Begins a turn.
    public static let prompt = Self(rawValue: "agent.prompt")
    /// Ends a turn early.
    public static let cancel = Self(rawValue: "agent.cancel")
    /// Lists the permission requests that wait.
    public static let listPermissions = Self(rawValue: "agent.permissions.list")
    /// Answers a permission request, in the older form.
    public static let respondToPermission = Self(rawValue: "agent.permissions.respond")
    /// Answers a permission request.
    public static let resolvePermission = Self(rawValue: "agent.permissions.resolve")
    /// Ends a permission request without an answer.
    public static let cancelPermission = Self(rawValue: "agent.permissions.cancel")
    /// Reads the last lines of the agent's standard error.
    public static let standardError = Self(rawValue: "agent.stderr")
    /// Sets the mode of a session.
    public static let setMode = Self(rawValue: "agent.session.set_mode")
    /// Sets the model of a session.
    public static let setModel = Self(rawValue: "agent.session.set_model")
    /// Changes a setting of a session.
    public static let setConfigOption = Self(rawValue: "agent.session.set_config_option")
    /// Logs the user in.
    public static let authenticate = Self(rawValue: "agent.session.authenticate")
}
