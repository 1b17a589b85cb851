package import ArgumentParser
import ProcessSignals

/// Runs a command of a program, from its arguments to its exit code.
///
/// `AsyncParsableCommand.main()` does so, too, but it prints help and version with `print`, which does not report a
/// failed write.
package struct CommandRunner: Sendable {
    /// Writes an error as one line to standard error.
    package let complain: @Sendable (String) -> Void
    /// Writes prepared text to standard error: usage, and what is wrong with the arguments.
    package let explain: @Sendable (String) -> Void
    private let output: any OutputSink

    package init(
        output: any OutputSink = DescriptorSink.standardOutput,
        complain: @escaping @Sendable (String) -> Void,
        explain: @escaping @Sendable (String) -> Void
    ) {
        (self.output, self.complain, self.explain) = (output, complain, explain)
    }

    /// Runs the command that the arguments name.
    ///
    /// - Parameters:
    ///   - root: The root of its commands.
    ///   - arguments: The arguments of the process, without its name.
    /// - Returns: The exit code. Errors were already reported.
    package func run(_ root: (some AsyncParsableCommand).Type, _ arguments: [String]) async -> Int32 {
        do {
            var command = try await root.asyncParseAsRoot(arguments)
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
            return ExitCode.success.rawValue
        } catch let error as OutputError {
            return self.report(error)
        } catch let EndedEarly.interrupted(signal) {
            return signal.exitCode
        } catch {
            return await self.report(root.fullMessage(for: error), root.exitCode(for: error))
        }
    }

    /// Writes a help text to standard output, and the text of an error to standard error.
    private func report(_ text: String, _ code: ExitCode) async -> Int32 {
        guard !text.isEmpty else { return code.rawValue }
        guard code.isSuccess else {
            self.explain(text + "\n")
            return code.rawValue
        }
        do throws(OutputError) {
            try await self.output.write(Array("\(text)\n".utf8))
            return code.rawValue
        } catch {
            return self.report(error)
        }
    }

    private func report(_ error: OutputError) -> Int32 {
        guard let complaint = error.complaint else { return ExitCode.success.rawValue }
        self.complain(complaint)
        return OutputError.exitCode
    }
}
