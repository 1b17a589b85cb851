import AgentRuntime
import ArgumentParser
import CommandIO
import MockAgentServer
import RuntimeLifecycle
import WebSocketProtocol
import WebSocketTransport

/// How a command ends because of an error: the same words and the same exit code in every command.
struct CommandFailure: Sendable {
    /// What went wrong and what to do, in one line.
    let text: SafeText
    /// What the process tells its caller.
    let status: ExitStatus

    /// - Parameters:
    ///   - error: Any error.
    ///   - advice: What the command can advise.
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

    /// Runs a command: an error is told on standard error and ends the process with its code.
    ///
    /// - Parameters:
    ///   - advice: What the command can advise.
    ///   - body: The command.
    /// - Returns: The value of `body`.
    /// - Throws: What the runner of commands tells itself, unchanged; else an `ExitCode`.
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

    /// Whether the runner of commands knows what to do with it.
    private static func isTold(_ error: any Error) -> Bool {
        error is ExitCode || error is OutputError || error is EndedEarly || error is ValidationError
            || error is CleanExit
    }
}
