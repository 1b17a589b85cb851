import Glibc

@testable import RuntimeLifecycle

/// A finished child process.
struct ChildProcess: Sendable {
    /// The exit code, or the negative number of the signal.
    let code: Int32
    /// Its standard output.
    let output: String

    /// Runs a program to its end, on its own thread; `killedAfter` kills it after these microseconds.
    static func run(_ arguments: [String], killedAfter: UInt32? = nil) async -> ChildProcess {
        await BlockingThread.run { Self.runBlocking(arguments, killedAfter) }
    }

    private static func runBlocking(_ arguments: [String], _ killedAfter: UInt32?) -> ChildProcess {
        var ends: [Int32] = [-1, -1]
        // In Swift, a pipe can't be made close-on-exec in one call, but a socket pair can. Other tests spawn at the
        // same time.
        socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends)
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
        posix_spawn_file_actions_adddup2(&actions, ends[1], 2)
        var pid = pid_t()
        let failure = CStrings.with(arguments) { pointers in
            posix_spawn(&pid, arguments[0], &actions, nil, UnsafeMutablePointer(mutating: pointers), environ)
        }
        posix_spawn_file_actions_destroy(&actions)
        close(ends[1])
        guard failure == 0 else { return ChildProcess(code: 126, output: "cannot spawn \(arguments[0]): \(failure)") }
        if let killedAfter {
            usleep(killedAfter)
            kill(pid, SIGKILL)
        }
        let output = OwnedDescriptor(ends[0]).readAll(limit: 1 << 20) ?? []
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0 && errno == EINTR {}
        let signal = status & 0x7F
        return ChildProcess(
            code: signal == 0 ? (status >> 8) & 0xFF : -signal,
            output: String(decoding: output, as: UTF8.self)
        )
    }
}
