import ArgumentParser
import CommandIO
import RuntimeLifecycle

extension LifecycleError {
    /// What the error means for the caller of the process.
    var exitStatus: ExitStatus {
        switch self.code {
        case .invalidID, .invalidArgument: .invalidValue
        case .unknownWorkspace, .noCommand: .refused
        case .runtimeExited, .notReady, .addressInUse, .wrongIdentity, .unusableEndpoint: .unreachable
        case .processSurvived, .spawnFailed, .calledFromInside: .internalError
        case .storage, .endNotRecorded: .outputFailed
        case .gateTimeout, .lockTimeout: .connectionLost
        case .ownership, .symbolicLink: .unauthorized
        default: .internalError
        }
    }

    /// The exit code of the command.
    var exitCode: ExitCode { self.exitStatus.exitCode }
}
