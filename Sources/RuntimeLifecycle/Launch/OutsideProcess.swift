internal import CWorkspaceLaunch
internal import Glibc

/// Runs a program outside of the workspace of this process, for verbs that would end their own caller.
///
/// The program has its own session, none of the workspace's variables, and only the descriptors 0 to 2. So no search
/// for the workspace's processes finds it. It lives on when this process is ended.
package enum OutsideProcess {
    /// Runs the program to its end.
    ///
    /// - Parameters:
    ///   - arguments: The path of the program and its arguments.
    ///   - environment: Its environment; the workspace's variables are left out.
    /// - Returns: Its exit code, or 128 plus the number of the signal that ended it.
    /// - Throws: ``LifecycleError`` with `spawnFailed`.
    package static func run(
        _ arguments: [String],
        environment: [String: String]
    ) async throws(LifecycleError) -> Int32 {
        let names = Set(RuntimeMark.Name.all)
        let entries = environment.filter { !names.contains($0.key) }.map { "\($0.key)=\($0.value)" }
        return try await BlockingThread.attempt { () throws(LifecycleError) in
            let pid = CStrings.with(arguments) { arguments in
                CStrings.with(entries) { wl_run_outside(arguments[0], arguments, $0) }
            }
            guard pid > 0 else {
                throw LifecycleError(
                    .spawnFailed,
                    "Cannot make a process outside of the workspace: \(SystemError.text(errno)).",
                    systemError: errno
                )
            }
            var status: Int32 = 0
            while waitpid(pid, &status, 0) < 0 && errno == EINTR {}
            return self.exitCode(ofWaitStatus: status)
        }
    }

    /// The exit code, or 128 plus the signal, like a shell; the C macros for it (wait(2)) are not visible to Swift.
    private static func exitCode(ofWaitStatus status: Int32) -> Int32 {
        let (signal, code) = (status & 0x7F, (status >> 8) & 0xFF)
        return signal == 0 ? code : 128 + signal
    }
}
