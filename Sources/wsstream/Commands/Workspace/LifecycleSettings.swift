import ArgumentParser
import CommandIO
import Logging
import RuntimeLifecycle
import RuntimeReadiness

#if RED_CONTROLS
internal import RedControls
#endif

/// The state directory of this user's workspaces, and the time limits.
struct LifecycleSettings {
    /// The state directory; nil means the default one.
    var root: String?
    /// How long to wait for other processes that work on the same workspace.
    var wait: Duration
    /// How long a new runtime may take until it is ready.
    var readyWithin: Duration?
    /// How long a running runtime may take to prove its identity before it is replaced.
    var adoptWithin: Duration?
    /// The time between SIGTERM and SIGKILL.
    var grace: Duration?

    /// The limits of the lifecycle: those of the options, else the defaults; with the probe of runtimes.
    func configuration() throws -> LifecycleConfiguration {
        var configuration = LifecycleConfiguration(root: try self.root ?? Self.defaultRoot())
        if !configuration.root.hasPrefix("/") {
            configuration.root = try Self.currentDirectory() + "/" + configuration.root
        }
        (configuration.gateTimeout, configuration.lockTimeout) = (self.wait, self.wait)
        configuration.readinessTimeout = self.readyWithin ?? configuration.readinessTimeout
        configuration.adoptionTimeout = self.adoptWithin ?? configuration.adoptionTimeout
        configuration.gracePeriod = self.grace ?? configuration.gracePeriod
        configuration.probe = HealthProbe()
        #if RED_CONTROLS
        let defaults = LifecycleConfiguration(root: configuration.root)
        if RedControl.isActive(.graceNotAnOption) { configuration.gracePeriod = defaults.gracePeriod }
        if RedControl.isActive(.adoptionTimeoutNotAnOption) { configuration.adoptionTimeout = defaults.adoptionTimeout }
        #endif
        return configuration
    }

    func lifecycle() throws -> WorkspaceLifecycle {
        try WorkspaceLifecycle(
            configuration: self.configuration(),
            logger: Logger(label: "wsstream.workspace") { _ in SwiftLogNoOpLogHandler() }
        )
    }

    private static func defaultRoot() throws -> String {
        if let state = ProcessEnvironment.variables["XDG_STATE_HOME"], state.hasPrefix("/") {
            return state + "/wsstream"
        }
        guard let home = ProcessEnvironment.variables["HOME"], home.hasPrefix("/") else {
            throw ValidationError(
                "Neither XDG_STATE_HOME nor HOME names an absolute path; name the state directory with --root."
            )
        }
        return home + "/.local/state/wsstream"
    }

    /// The working directory, the base of relative paths.
    ///
    /// - Throws: `LifecycleError` if it was removed, because a relative path means nothing there.
    static func currentDirectory() throws(LifecycleError) -> String {
        guard let path = ProcessEnvironment.currentDirectory() else {
            throw LifecycleError(
                .invalidArgument,
                "The working directory was removed, so relative paths mean nothing; change to another one."
            )
        }
        return path
    }
}
