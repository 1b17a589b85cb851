package import ArgumentParser

/// What a process tells its caller: one number for each thing that a script may want to tell apart, and the same number
/// for it in every command.
///
/// The numbers are those of `sysexits.h` where one fits. This is the one list of them: help texts are made from it, and
/// a test compares it with docs/ERRORS.md.
package enum ExitStatus: Int32, CaseIterable, Sendable {
    /// It ended as intended: closed by us, closed normally by the server, a limit was reached, done, or a signal.
    case clean = 0
    /// The command line, a file that it names or the environment is not usable; nothing was done.
    case usage = 64
    /// A value that was given or recorded can't be used: the id, the endpoint or the command of a workspace.
    case invalidValue = 65
    /// What was named is not there: no such stream (instance gone, wrong path, another status, a certificate that is not
    /// trusted), no such workspace, or no command for it.
    case refused = 66
    /// Nobody answers at the address, or it can't be listened on; a runtime ended, was not ready, or is another one.
    case unreachable = 69
    /// Something that should not happen; or the system does not end a process, or makes none.
    case internalError = 70
    /// Standard output, or the state of workspaces, can't be read or written; a reader that left is no failure.
    case outputFailed = 74
    /// It was open and then lost, or others were busy with it: the same command may work at once.
    case connectionLost = 75
    /// One end broke the WebSocket protocol, or a measurement failed by what the server said.
    case protocolError = 76
    /// Not allowed: the token is missing or wrong, it is forbidden, or the state belongs to somebody else.
    case unauthorized = 77
    /// The server, or a gateway or proxy before it, refuses for now.
    case tryLater = 79
    /// A second signal cut the end short.
    case aborted = 130

    /// One line for the help text.
    package var meaning: String {
        switch self {
        case .clean: "clean: done, a limit was reached, a signal, or the server closed normally"
        case .usage: "usage: the command line, a file that it names or the environment is not usable"
        case .invalidValue: "invalid value: the id, endpoint or command of a workspace can't be used"
        case .refused: "not there: no stream (wrong path, instance gone, certificate not trusted), or no such workspace"
        case .unreachable: "unreachable: nobody answers or can listen at the address; a runtime ended or is not ready"
        case .internalError: "internal error: please report it; or a process could not be ended or made"
        case .outputFailed: "input/output: standard output or the state of workspaces can't be written or read"
        case .connectionLost: "lost or busy: it was open and broke off, or others work on it; run it again"
        case .protocolError: "protocol error: an end broke the WebSocket protocol, or its answers were wrong"
        case .unauthorized: "not allowed: token missing or wrong, forbidden (403), or somebody else's state"
        case .tryLater: "try later: refused for now (status 408, 425, 429 or 5xx; close code 1012 to 1014)"
        case .aborted: "aborted: a second signal cut the end short"
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
