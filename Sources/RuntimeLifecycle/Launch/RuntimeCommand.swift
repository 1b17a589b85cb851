internal import Glibc

/// What to run as the runtime of a workspace.
///
/// Everything is recorded except the environment, which may hold secrets. A command without arguments runs the recorded
/// arguments again, with the environment of this call. It uses the recorded directory and endpoint unless the call
/// names others.
///
/// The runtime gets `environment` and also `WORKSPACE_ID`, `WORKSPACE_GENERATION` and `WORKSPACE_NONCE`. Two more
/// variables hold descriptor numbers. The runtime keeps `WORKSPACE_LIFE_FD` open while it lives, and writes report
/// lines to `WORKSPACE_REPORT_FD` (see ``RuntimeReport``).
public struct RuntimeCommand: Sendable, Hashable {
    /// The executable and its arguments.
    ///
    /// A name without a `/` is looked up in the `PATH` of ``environment``; a path is relative to the working directory.
    public var arguments: [String]
    /// The whole environment of the runtime; nothing is inherited.
    public var environment: [String: String] = [:]
    /// The working directory; `nil` means the starter's directory.
    public var workingDirectory: String?
    /// The endpoint of a runtime that can't report, such as `http://127.0.0.1:8080`.
    public var endpoint: String?

    /// Creates a command with an empty environment.
    ///
    /// - Parameter arguments: The executable and its arguments.
    public init(_ arguments: [String]) {
        self.arguments = arguments
    }

    /// Finds the executable; blocking.
    func executable() throws(LifecycleError) -> String {
        guard let name = self.arguments.first, !name.isEmpty else {
            throw LifecycleError(.noCommand, "No runtime command is given or recorded.")
        }
        try self.validate()
        if let directory = self.workingDirectory, !Self.isDirectory(directory) {
            throw LifecycleError(
                .invalidArgument,
                "There is no directory \(directory.debugDescription) to run \(name.debugDescription) in. "
                    + "Make it, or give the command again with another directory."
            )
        }
        guard let path = self.candidates(name).first(where: { access($0, X_OK) == 0 && !Self.isDirectory($0) }) else {
            let place = self.workingDirectory.map { " in \($0)" } ?? ""
            throw LifecycleError(
                .invalidArgument,
                "There is no executable \(name.debugDescription)\(name.contains("/") ? place : " in PATH"). "
                    + "Give its full path, or check its permissions."
            )
        }
        return path
    }

    /// Checks everything that can be checked before anything is changed.
    func validate() throws(LifecycleError) {
        let name = self.arguments.first ?? ""
        let environment = self.environment.flatMap { [$0.key, $0.value] }
        // The text after a zero byte would be cut off silently.
        let texts = self.arguments + environment + [self.workingDirectory ?? ""]
        guard !texts.contains(where: { $0.utf8.contains(0) }),
            !self.environment.keys.contains(where: { $0.contains("=") })
        else {
            throw LifecycleError(
                .invalidArgument,
                "An argument, an environment entry or the working directory of \(name.debugDescription) has a zero byte, "
                    + "or a name has a '='. Leave it out."
            )
        }
    }

    private static func isDirectory(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    private func candidates(_ name: String) -> [String] {
        guard !name.contains("/") else {
            return [name.hasPrefix("/") ? name : self.workingDirectory.map { "\($0)/\(name)" } ?? name]
        }
        let path = self.environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin"
        return path.split(separator: ":").map { "\($0)/\(name)" }
    }
}
