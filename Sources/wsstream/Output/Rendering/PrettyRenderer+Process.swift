import WorkspaceProtocol

extension PrettyRenderer {
    /// For instance `dev p1 running: npm run dev`; at the end also the exit code.
    static func describe(_ status: ProcessStatus, in line: inout TerminalLine) {
        let names = [status.scriptName ?? "", status.kind.rawValue]
        if let name = names.first(where: { !$0.isEmpty }) { line.untrusted(name) } else { line.text("(none)", .dim) }
        line.text(" ")
        line.untrusted(status.processID)
        line.text(" ")
        line.untrusted(status.status.rawValue, Self.style(of: status.status))
        if let code = status.exitCode {
            line.number(" with exit code ", code)
        } else if status.status == .failed || status.status == .exited {
            // For example a process that could not be started; this is not the same as exit code 0.
            line.text(" without exit code")
        }
        line.text(": ")
        line.untrusted(status.command)
    }

    /// For instance `p1 stdout: ready on :3000`, with each further line below the first.
    static func describe(_ output: ProcessOutput, in line: inout TerminalLine) {
        line.untrusted(output.processID)
        line.text(" ")
        line.untrusted(output.stream.rawValue, output.stream == .standardError ? .red : .dim)
        line.text(": ")
        for (index, part) in Self.lines(of: output.data).enumerated() {
            if index > 0 {
                line.end()
                line.fill(Self.indentation)
                line.text("| ", .dim)
            }
            line.untrusted(String(part))
        }
    }

    private static func style(of state: ProcessStatus.State) -> TextStyle {
        switch state {
        case .failed: .red
        case .running, .starting: .green
        default: .dim
        }
    }

    /// The lines without their line breaks; a line ends with LF or CRLF, and the last line may have no line break.
    private static func lines(of text: String) -> [Substring] {
        // By bytes: finding the end of each Character would take most of the time of an event.
        let bytes = text.utf8
        var lines: [Substring] = []
        var start = bytes.startIndex
        while let feed = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) {
            var end = feed
            if end > start, bytes[bytes.index(before: end)] == UInt8(ascii: "\r") { end = bytes.index(before: end) }
            lines.append(text[start..<end])
            start = bytes.index(after: feed)
        }
        if start < bytes.endIndex || lines.isEmpty { lines.append(text[start...]) }
        return lines
    }
}
