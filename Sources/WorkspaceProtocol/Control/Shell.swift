/// The answer of `GET /api/v1/shell/status`: the default shell of the workspace.
///
/// Without a shell, agentctl still answers 200: `{"available":false,"running":false,"error":"shell not available"}`.
public struct ShellStatus: Codable, Sendable, Hashable {
    /// Whether there is a shell.
    public var isAvailable = false
    /// Whether the shell runs; agentctl starts a new one 100 ms after the old one has ended.
    public var isRunning = false
    /// The process id in the operating system of the runtime; `nil` without a shell.
    public var processID: Int?
    /// The program, such as `/bin/bash`; `nil` without a shell.
    public var shell: String?
    /// The directory in which it was started; `nil` without a shell.
    public var workingDirectory: String?
    /// When it was started; `nil` without a shell.
    public var startedAt: RFC3339Timestamp?
    /// Why there is no shell, for people.
    public var error: String?

    /// Creates an empty value; then set single properties.
    public init() {}

    /// Reads an answer; see ``RuntimeStatus/init(from:)``.
    ///
    /// - Parameter decoder: The decoder.
    /// - Throws: `DecodingError` if a member has another type.
    public init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        self.isAvailable = try members.value(.isAvailable, or: false)
        self.isRunning = try members.value(.isRunning, or: false)
        self.processID = try members.decodeIfPresent(Int.self, forKey: .processID)
        self.shell = try members.textIfAny(.shell)
        self.workingDirectory = try members.textIfAny(.workingDirectory)
        self.startedAt = try members.decodeIfPresent(RFC3339Timestamp.self, forKey: .startedAt)
        self.error = try members.textIfAny(.error)
    }

    private enum CodingKeys: String, CodingKey {
        case isAvailable = "available"
        case isRunning = "running"
        case processID = "pid"
        case shell
        case workingDirectory = "cwd"
        case startedAt = "started_at"
        case error
    }
}

/// The answer of `GET /api/v1/shell/buffer` and `GET /api/v1/shell/terminal/:id/buffer`: the last output of a shell.
public struct ShellBuffer: Codable, Sendable, Hashable {
    /// The last output, at most 16 KiB before it became JSON, with its control sequences.
    ///
    /// The start is cut at any byte: it can begin in the middle of a control sequence, or with U+FFFD where a character
    /// was cut.
    public var data = ""

    /// Creates an empty value; then set single properties.
    public init() {}

    /// Reads an answer; see ``RuntimeStatus/init(from:)``.
    ///
    /// - Parameter decoder: The decoder.
    /// - Throws: `DecodingError` if a member has another type.
    public init(from decoder: any Decoder) throws {
        self.data = try decoder.container(keyedBy: CodingKeys.self).text(.data)
    }

    private enum CodingKeys: String, CodingKey { case data }
}

/// The answer of `POST /api/v1/shell/start`: `{"status":"shell started"}`, also if the shell ran already.
public struct ShellStartAnswer: Codable, Sendable, Hashable {
    /// What was done, for people.
    public var status = ""

    /// Creates an empty value; then set single properties.
    public init() {}

    /// Reads an answer; see ``RuntimeStatus/init(from:)``.
    ///
    /// - Parameter decoder: The decoder.
    /// - Throws: `DecodingError` if a member has another type.
    public init(from decoder: any Decoder) throws {
        self.status = try decoder.container(keyedBy: CodingKeys.self).text(.status)
    }

    private enum CodingKeys: String, CodingKey { case status }
}

/// The body of `POST /api/v1/shell/terminal/start`.
public struct StartTerminalRequest: Codable, Sendable, Hashable {
    /// The id of the terminal, chosen by the client; not empty.
    ///
    /// An id that exists is not an error and changes nothing.
    public var terminalID: String
    /// The width in characters; `nil` leaves it to agentctl.
    public var columns: Int?
    /// The height in lines; `nil` leaves it to agentctl.
    public var rows: Int?

    /// Creates a request.
    ///
    /// - Parameters:
    ///   - terminalID: See ``terminalID``.
    ///   - columns: See ``columns``.
    ///   - rows: See ``rows``.
    public init(terminalID: String, columns: Int? = nil, rows: Int? = nil) {
        (self.terminalID, self.columns, self.rows) = (terminalID, columns, rows)
    }

    private enum CodingKeys: String, CodingKey {
        case terminalID = "terminal_id"
        case columns = "cols"
        case rows
    }
}

/// The answer of `POST /api/v1/shell/terminal/start` and `DELETE /api/v1/shell/terminal/:id`.
public struct TerminalAnswer: Codable, Sendable, Hashable {
    /// `started`, also if the terminal existed; `stopped`, also if it did not exist.
    public var status = ""
    /// The id of the request.
    public var terminalID = ""

    /// Creates an empty value; then set single properties.
    public init() {}

    /// Reads an answer; see ``RuntimeStatus/init(from:)``.
    ///
    /// - Parameter decoder: The decoder.
    /// - Throws: `DecodingError` if a member has another type.
    public init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        self.status = try members.text(.status)
        self.terminalID = try members.text(.terminalID)
    }

    private enum CodingKeys: String, CodingKey {
        case status
        case terminalID = "terminal_id"
    }
}
