import ArgumentParser
import Glibc
import Logging
import WorkspaceLifecycle

/// Where the state of this user's workspaces is.
struct WorkspaceState {
    /// The state directory, or nil for the usual one.
    var root: String?
    /// How long to wait for others that work on the same workspace.
    var wait: Duration
    /// How long a new runtime may take until it is ready.
    var readyWithin: Duration?
    /// How long a runtime that was running has to prove itself before it is replaced.
    var adoptWithin: Duration?
    /// How long everything has after the request to end.
    var grace: Duration?

    func lifecycle() throws -> WorkspaceLifecycle {
        var configuration = LifecycleConfiguration(root: try self.root ?? Self.defaultRoot())
        if !configuration.root.hasPrefix("/") {
            configuration.root = Self.currentDirectory() + "/" + configuration.root
        }
        (configuration.gateLimit, configuration.lockLimit) = (self.wait, self.wait)
        configuration.readinessLimit = self.readyWithin ?? configuration.readinessLimit
        configuration.adoptionLimit = self.adoptWithin ?? configuration.adoptionLimit
        configuration.gracePeriod = self.grace ?? configuration.gracePeriod
        return try WorkspaceLifecycle(
            configuration: configuration,
            logger: Logger(label: "wsstream.workspace") { _ in SwiftLogNoOpLogHandler() }
        )
    }

    private static func defaultRoot() throws -> String {
        if let state = ProcessEnvironment.variables["XDG_STATE_HOME"], state.hasPrefix("/") {
            return state + "/wsstream"
        }
        guard let home = ProcessEnvironment.variables["HOME"], home.hasPrefix("/") else {
            throw ValidationError("Neither XDG_STATE_HOME nor HOME is set; name the state directory with --root.")
        }
        return home + "/.local/state/wsstream"
    }

    static func currentDirectory() -> String {
        guard let path = getcwd(nil, 0) else { return "" }
        defer { free(path) }
        return String(cString: path)
    }
}
