import AgentRuntime
import ArgumentParser
import CommandIO
import MockAgentServer
import RuntimeLifecycle
import WebSocketProtocol
import WebSocketTransport

/// How an error ends a command: every command uses the same texts and exit codes.
struct CommandFailure: Sendable {
    /// The error and the advice, in one line.
    let text: SafeText
    /// The exit code of the process.
    let status: ExitStatus

    /// - Parameters:
    ///   - error: Any error.
    ///   - advice: The advice of the command.
    init(_ error: any Error, advice: Advice = Advice(command: .tail)) {
        switch error {
        case let error as AgentRuntimeError:
            self.init("\(error.message)\(advice.text(for: error))", ExitStatus(error))
        case let error as WebSocketError:
            self.init("\(error.message)\(advice.text(for: error))", ExitStatus(error))
        case let error as HandshakeError: self.init("\(error.message)", .usage)
        case let error as LifecycleError:
            self.init("\(error.message)\(advice.text(for: error))", error.exitStatus)
        case let error as MockServerError:
            let place = error.path.isEmpty ? "" : "\(error.path): "
            self.init("\(place)\(error.message)", ExitStatus(error))
        case let error as TokenSource.SourceError: self.init("\(error)", .usage)
        case let error as ProxyEnvironment.VariableError: self.init("\(error)", .usage)
        case let error as BenchError: self.init("\(error.complaint)", error.status)
        case let error as OutputError: self.init("\(error.complaint ?? "")", .outputFailed)
        default: self.init("\(String(describing: error))", .internalError)
        }
    }

    private init(_ text: SafeText, _ status: ExitStatus) { (self.text, self.status) = (text, status) }

    /// Runs a command; an error is written to standard error and ends the process with its exit code.
    ///
    /// - Parameters:
    ///   - advice: The advice of the command.
    ///   - body: The command.
    /// - Returns: The value of `body`.
    /// - Throws: Errors that the command runner reports itself, unchanged; else an `ExitCode`.
    static func telling<Value>(
        _ advice: Advice = Advice(command: .tail),
        _ body: () async throws -> Value
    ) async throws -> Value {
        do {
            return try await body()
        } catch let error where Self.isTold(error) {
            throw error
        } catch {
            let failure = CommandFailure(error, advice: advice)
            StandardError.shared.complain(failure.text)
            throw failure.status.exitCode
        }
    }

    /// Whether the command runner reports this error itself.
    private static func isTold(_ error: any Error) -> Bool {
        error is ExitCode || error is OutputError || error is EndedEarly || error is ValidationError
            || error is CleanExit
    }
}
