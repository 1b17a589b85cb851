#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The main function of a client program.
public enum BenchProgram {
    /// Runs the scenario of the command line, prints its report, and ends the process.
    ///
    /// The exit status is 0 on success, 1 after an error, which is written to standard error, and 3 if the program does
    /// not have the scenario.
    ///
    /// The main thread only waits. It must not become libdispatch's thread, as after an `async` main function: valgrind
    /// 3.19 crashes in the `sigsuspend` there.
    ///
    /// - Parameter run: Runs a scenario, on the concurrent pool.
    public static func main(_ run: @escaping @Sendable (Scenario) async throws -> BenchReport) -> Never {
        signal(SIGPIPE, SIG_IGN)
        Self.raiseDescriptorLimit()
        // Nobody awaits this task, because it ends the process.
        Task.detached {
            do {
                Self.succeed(try await run(try Scenario(CommandLine.arguments.dropFirst())))
            } catch {
                Self.fail(error)
            }
        }
        while true { pause() }
    }

    /// Prints the report and ends the process, even if tasks still wait.
    ///
    /// - Parameter report: The report.
    public static func succeed(_ report: BenchReport) -> Never {
        print(report.json)
        exit(0)
    }

    /// Writes the error to standard error and ends the process.
    ///
    /// - Parameter error: The reason why there is no result.
    public static func fail(_ error: any Error) -> Never {
        let failure = error as? BenchFailure
        Self.complain(failure?.message ?? "\(error)")
        exit(failure?.isUnsupported == true ? 3 : 1)
    }

    private static func complain(_ message: String) {
        let line = Array("\(message)\n".utf8)
        _ = write(STDERR_FILENO, line, line.count)
    }

    /// Raises the limit of descriptors, because ten thousand streams need ten thousand of them.
    private static func raiseDescriptorLimit() {
        var limit = rlimit()
        guard getrlimit(.init(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        _ = setrlimit(.init(RLIMIT_NOFILE.rawValue), &limit)
    }
}
