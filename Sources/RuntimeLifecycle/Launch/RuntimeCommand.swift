internal import Glibc

/// What to run as the runtime of a workspace.
///
/// All but the environment, which may hold secrets, is recorded: a command without arguments runs the recorded ones
/// again, in the recorded directory and at the recorded endpoint unless the call names others, and in its environment.
///
/// Besides `environment` the runtime gets `WORKSPACE_ID`, `WORKSPACE_GENERATION`, `WORKSPACE_NONCE`, and the numbers of
/// two descriptors: `WORKSPACE_LIFE_FD`, which it keeps open for its whole life, and `WORKSPACE_REPORT_FD`, on which it
/// writes report lines (see ``RuntimeReport``).
public struct RuntimeCommand: Sendable, Hashable {
    /// The executable and its arguments.
    ///
    /// Without a `/` the executable is looked up in `PATH` of ``environment``, else relative to the working directory.
    public var arguments: [String]
    /// The whole environment of the runtime; nothing is inherited.
    public var environment: [String: String] = [:]
    /// Where it runs; `nil` means the starter's directory.
    public var workingDirectory: String?
    /// Where a runtime that can't report will answer, such as `http://127.0.0.1:8080`.
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

    /// Checks what can be checked before anything is touched.
    func validate() throws(LifecycleError) {
        let name = self.arguments.first ?? ""
        let environment = self.environment.flatMap { [$0.key, $0.value] }
        // What comes behind a zero byte would be cut off without a word.
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
