import ArgumentParser
import CommandIO
import RuntimeLifecycle

/// The options of all `workspace` commands.
struct WorkspaceOptions: ParsableArguments {
    @Option(help: "The state directory (default: $XDG_STATE_HOME/wsstream, else ~/.local/state/wsstream).")
    var root: String?

    @Option(help: "The form of the output: \(WorkspaceFormat.allCases.map(\.rawValue).joined(separator: " or ")).")
    var format: WorkspaceFormat = .pretty

    @Option(help: "Seconds to wait for other processes that work on the same workspace.")
    var wait: Int = 120

    func validate() throws {
        guard (0...86_400).contains(self.wait) else { throw ValidationError("--wait must be 0 to 86400 seconds.") }
        guard self.root != "" else { throw ValidationError("--root must name a directory.") }
    }

    /// The state directory, and the time limits of a verb.
    func settings(_ runtime: RuntimeOptions?, _ ending: EndingOptions?) -> LifecycleSettings {
        var settings = LifecycleSettings(root: self.root, wait: .seconds(self.wait))
        settings.readyWithin = (runtime?.readyWithin).map { .seconds($0) }
        settings.adoptWithin = (runtime?.adoptWithin).map { .seconds($0) }
        settings.grace = (ending?.grace).map { .seconds($0) }
        return settings
    }

    /// Runs a verb, waits for its work, and prints the result; an error ends the process with its exit code.
    ///
    /// If a verb would end this process, it throws before it changes anything. Then it runs again, outside of the
    /// workspace.
    func perform(
        _ runtime: RuntimeOptions? = nil,
        _ ending: EndingOptions? = nil,
        _ body: (WorkspaceLifecycle) async throws -> WorkspaceReport
    ) async throws {
        do {
            let lifecycle = try self.settings(runtime, ending).lifecycle()
            let events = lifecycle.events
            var report = try await body(lifecycle)
            await lifecycle.drain()
            if ending != nil { report.add(await EndedProcesses.all(of: events)) }
            try await DescriptorSink.standardOutput.write("\(report.text(as: self.format))\n" as SafeText)
            if let code = report.exitCode { throw code }
        } catch let error as LifecycleError where error.code == .calledFromInside && !OutsideRun.isThis {
            let code = try await OutsideRun.again()
            if code != 0 { throw ExitCode(code) }
        } catch let error as LifecycleError {
            WorkspaceReport.write(error, as: self.format)
            throw error.exitCode
        }
    }
}

/// How long a verb waits for the processes that it ends.
struct EndingOptions: ParsableArguments {
    @Option(help: "Seconds between SIGTERM and SIGKILL for the processes of the runtime.")
    var grace: Int = 10

    func validate() throws {
        guard (0...86_400).contains(self.grace) else { throw ValidationError("--grace must be 0 to 86400 seconds.") }
    }
}

/// The form of the output.
enum WorkspaceFormat: String, ExpressibleByArgument, CaseIterable {
    /// For people.
    case pretty
    /// One JSON value on one line.
    case json
}
