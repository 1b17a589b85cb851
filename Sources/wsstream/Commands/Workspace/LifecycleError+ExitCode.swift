import ArgumentParser
import WorkspaceLifecycle

extension LifecycleError {
    /// The exit code of the command, after `sysexits.h`.
    var exitCode: ExitCode {
        switch self.code {
        case .invalidID, .invalidArgument: ExitCode(65)
        case .unknownWorkspace, .noCommand: ExitCode(66)
        case .runtimeExited, .notReady, .addressInUse, .wrongIdentity, .gaveUp, .unusableEndpoint: ExitCode(69)
        case .processSurvived, .spawnFailed, .calledFromInside: ExitCode(70)
        case .storage, .endNotRecorded: ExitCode(74)
        case .gateTimeout, .lockTimeout: ExitCode(75)
        case .ownership, .symbolicLink: ExitCode(77)
        default: ExitCode(1)
        }
    }
}
