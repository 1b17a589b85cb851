package import ArgumentParser

/// The exit code of a process: one number for each case that a script may want to distinguish.
///
/// Every command uses the same numbers. They are those of `sysexits.h` where one fits. This is the only list: help
/// texts are made from it, and a test compares it with docs/ERRORS.md.
package enum ExitStatus: Int32, CaseIterable, Sendable {
    /// The end was normal: a limit was reached, the work is done, a signal came, or the server closed normally.
    case clean = 0
    /// The command line, a file that it names, or the environment can't be used; nothing was done.
    case usage = 64
    /// A value that was given or recorded can't be used: the id, the endpoint or the command of a workspace.
    case invalidValue = 65
    /// The named thing does not exist or is not available.
    ///
    /// There is no such stream (instance gone, wrong path, other status, certificate not trusted), no such workspace,
    /// or no command for it.
    case refused = 66
    /// Nothing answers at the address, or listening there failed; or a runtime ended, was not ready, or is a different
    /// one.
    case unreachable = 69
    /// An error that should not happen, or the system can't end or create a process.
    case internalError = 70
    /// Standard output or the state of workspaces can't be read or written; it is not a failure if the reader leaves.
    case outputFailed = 74
    /// The connection was lost, or other processes worked on the workspace; the same command may succeed now.
    case connectionLost = 75
    /// One end broke the WebSocket protocol, or a measurement failed because of the server's answers.
    case protocolError = 76
    /// Not allowed: the token is missing or wrong, access is forbidden, or the state belongs to another user.
    case unauthorized = 77
    /// The server, or a gateway or proxy before it, refuses for now.
    case tryLater = 79
    /// A gap came, and the command was told to end then.
    case missed = 80
    /// A second signal ended the process at once.
    case aborted = 130

    /// One line for the help text.
    package var meaning: String {
        switch self {
        case .clean: "clean: done, a limit was reached, a signal, or the server closed normally"
        case .usage: "usage: the command line, a file that it names or the environment is not usable"
        case .invalidValue: "invalid value: the id, endpoint or command of a workspace can't be used"
        case .refused: "not there: no stream (wrong path, instance gone, certificate not trusted), or no such workspace"
        case .unreachable: "unreachable: no answer at the address, or can't listen there; runtime ended or not ready"
        case .internalError: "internal error: please report it; or a process could not be ended or made"
        case .outputFailed: "input/output: standard output or the state of workspaces can't be written or read"
        case .connectionLost: "lost or busy: the connection was lost, or other processes work on it; run it again"
        case .protocolError: "protocol error: client or server broke the WebSocket protocol, or an answer was wrong"
        case .unauthorized: "not allowed: token missing or wrong, forbidden (403), or the state is another user's"
        case .tryLater: "try later: refused for now (status 408, 425, 429 or 5xx; close code 1012 to 1014)"
        case .missed: "missed: --fail-on-gap was given, and events may be missing"
        case .aborted: "aborted: a second signal ended it at once"
        }
    }

    /// All statuses, as help texts show them.
    package static let table: String = {
        let rows = Self.allCases.map { status in
            let number = String(status.rawValue)
            return String(repeating: " ", count: 5 - number.count) + number + "  " + status.meaning
        }
        return "EXIT CODES:\n" + rows.joined(separator: "\n")
    }()

    /// Ends the process with this status, through the argument parser.
    package var exitCode: ExitCode { ExitCode(self.rawValue) }
}
