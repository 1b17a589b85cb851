import WorkspaceProtocol

/// Shows an event to a person: time, type, repository, and a description.
///
/// ```
/// 14:03:05.123  git_commit      web       9f2c1a0 Add login (2 files, +40 -3) by Ada
/// ```
///
/// The output of a process may have several lines; the further lines are below the first. All text from the server is
/// escaped, see ``TerminalText``.
struct PrettyRenderer: Sendable {
    /// Whether to write styles.
    var isColored: Bool
    /// Gives the time of day.
    var clock = LocalClock.system

    /// Appends the line, or lines, of one event.
    ///
    /// - Parameters:
    ///   - event: The event.
    ///   - isRecovered: Whether it did not come on the wire; then its description says so.
    ///   - bytes: The bytes to append to.
    func render(_ event: WorkspaceEvent, isRecovered: Bool = false, into bytes: inout [UInt8]) {
        // The line takes the bytes and gives them back, so they are never copied.
        var taken: [UInt8] = []
        swap(&taken, &bytes)
        var line = TerminalLine(bytes: consume taken, isColored: self.isColored)
        line.untrusted(self.clock.timeOfDay(event.timestamp), .dim)
        line.text("  ")
        line.untrusted(event.type.rawValue, Self.style(of: event.content), width: Self.typeWidth)
        line.text("  ")
        line.untrusted(event.repositoryName ?? "-", event.repositoryName == nil ? .dim : .cyan, width: Self.nameWidth)
        line.text("  ")
        if isRecovered { line.text("recovered: ", .yellow) }
        Self.describe(event.content, in: &line)
        line.end()
        bytes = line.bytes
    }

    static let typeWidth = 14
    static let nameWidth = 8
    /// The width of the columns before the description; further lines begin after it.
    static let indentation = 12 + 2 + Self.typeWidth + 2 + Self.nameWidth + 2
    /// How many bytes of a message are shown if the message can't be understood.
    private static let excerptBytes = 200

    private static func style(of content: WorkspaceEvent.Content) -> TextStyle {
        switch content {
        case .gitStatus, .gitCommit, .gitReset, .branchSwitch: .green
        case .fileChange: .blue
        case .processOutput, .processStatus: .magenta
        case .shellOutput, .shellExit, .shellInput, .shellResize: .cyan
        case .error, .malformed: .red
        case .unknown, .missingPayload: .yellow
        case .connected, .ping, .pong: .dim
        }
    }

    private static func describe(_ content: WorkspaceEvent.Content, in line: inout TerminalLine) {
        switch content {
        case .gitStatus(let status): Self.describe(status, in: &line)
        case .gitCommit(let commit): Self.describe(commit, in: &line)
        case .gitReset(let reset): Self.describe(reset, in: &line)
        case .branchSwitch(let branchSwitch): Self.describe(branchSwitch, in: &line)
        case .fileChange(let change): Self.describe(change, in: &line)
        case .processOutput(let output): Self.describe(output, in: &line)
        case .processStatus(let status): Self.describe(status, in: &line)
        default: Self.describePlain(content, in: &line)
        }
    }

    /// Describes the messages without an object.
    private static func describePlain(_ content: WorkspaceEvent.Content, in line: inout TerminalLine) {
        switch content {
        case .connected: line.text("stream is open")
        case .ping, .pong: line.text("agentctl heartbeat", .dim)
        case .shellOutput(let text), .shellInput(let text): line.untrusted(text)
        case .shellExit(let code): line.number("shell exited with code ", code)
        case .shellResize(let columns, let rows):
            line.number("", columns)
            line.number(" x ", rows)
        case .error(let text): line.untrusted(text, .red)
        case .missingPayload: line.text("malformed: the object of its type is missing", .yellow)
        case .unknown(let message): Self.mark("unknown type: ", message.rawText.utf8, .yellow, in: &line)
        case .malformed(let message):
            line.text("malformed: ", .red)
            line.untrusted(message.error.message)
            Self.mark(" Frame: ", message.rawBytes, .red, in: &line)
        default: break
        }
    }

    private static func mark(
        _ words: StaticString,
        _ frame: some Collection<UInt8>,
        _ style: TextStyle,
        in line: inout TerminalLine
    ) {
        line.text(words, style)
        // agentctl writes a line break after each message.
        let text = String(decoding: frame.prefix(Self.excerptBytes), as: UTF8.self)
        line.untrusted(text.last?.isNewline == true ? String(text.dropLast()) : text)
        if frame.count > Self.excerptBytes { line.text("...") }
    }
}
