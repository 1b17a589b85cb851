import CommandIO
import ConcurrencyPrimitives
import Foundation
import MockAgentServer
import TestSupport
import Testing
import WebSocketTransport

@testable import wsstream

@Suite(
    "The live line on a terminal",
    .enabled(
        if: BuiltBinary.shared != nil,
        "The program is not built next to the tests: swift build --product wsstream"
    ),
    .serialized,
    .timeLimit(.minutes(1))
)
struct LiveLineTests {
    private let program: BuiltBinary

    init() throws { self.program = try #require(BuiltBinary.shared) }

    /// A separate terminal, and all output to it.
    private final class Terminal: Sendable {
        let master: Int32
        let slave: Int32
        private let text = Locked("")

        init() throws {
            // Does what posix_openpt(3) does, which this platform's module does not have.
            self.master = open("/dev/ptmx", O_RDWR | O_NOCTTY)
            var (number, isLocked): (UInt32, Int32) = (0, 0)
            try #require(
                ioctl(self.master, 0x8004_5430, &number) == 0 && ioctl(self.master, 0x4004_5431, &isLocked) == 0
            )
            _ = fcntl(self.master, F_SETFL, O_NONBLOCK)
            self.slave = open("/dev/pts/\(number)", O_RDWR | O_NOCTTY)
            try #require(self.slave >= 0)
        }

        deinit {
            close(self.slave)
            close(self.master)
        }

        func resize(columns: UInt16) {
            var size = winsize(ws_row: 24, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
            _ = ioctl(self.master, UInt(TIOCSWINSZ), &size)
        }

        /// All output so far.
        func written() -> String {
            var bytes = [UInt8](repeating: 0, count: 65_536)
            let count = Foundation.read(self.master, &bytes, bytes.count)
            return self.text.withLock { text in
                if count > 0 { text += String(decoding: bytes[..<count], as: UTF8.self) }
                return text
            }
        }

        /// The live lines so far, without the control sequences.
        var liveLines: [Substring] {
            self.written().split(separator: "\r\u{1B}[K").filter { $0.contains("events") && !$0.contains("\n") }
        }
    }

    private func run(
        _ terminal: Terminal,
        _ term: String?,
        while body: @escaping (BuiltBinary.Running) async throws -> Void
    ) async throws {
        try await withMockServer(server([])) { server in
            let errors = FileHandle(fileDescriptor: terminal.slave, closeOnDealloc: false)
            let environment = term.map { ["TERM": $0] } ?? [:]
            let arguments = ["tail", server.url, "--stats"]
            let run = try await self.program.run(arguments, environment: environment, errors: errors) { process in
                try await process.waitForOutput()
                try await body(process)
                kill(process.identifier, SIGTERM)
            }
            #expect(run.status == 0)
        }
    }

    @Test("It is never wider than the terminal is at that moment")
    func width() async throws {
        let terminal = try Terminal()
        terminal.resize(columns: 20)
        try await self.run(terminal, "xterm") { _ in
            try await eventually("a live line") { !terminal.liveLines.isEmpty }
            terminal.resize(columns: 12)
            try await eventually("a narrow line") { (terminal.liveLines.last?.count ?? 99) < 12 }
        }
        #expect(terminal.liveLines.allSatisfy { $0.count < 20 })
    }

    @Test("A terminal that can't remove a live line gets only the summary", arguments: ["dumb", "", nil])
    func dumb(term: String?) async throws {
        let terminal = try Terminal()
        try await self.run(terminal, term) { _ in
            // Long enough for two ticks of the line, which must not appear.
            try await ContinuousClock().sleep(for: .milliseconds(600))
        }
        #expect(!terminal.written().contains("\u{1B}"))
        #expect(terminal.written().contains("ended "))
    }

    @Test(
        "A text is cut by the columns it takes, at whole characters",
        arguments: [
            ("abc", 3, "abc"), ("abc", 2, "ab"), ("日本", 3, "日"), ("日本", 4, "日本"), ("e\u{301}x", 1, "e\u{301}"),
            ("👩‍👩‍👧x", 2, "👩‍👩‍👧"), ("abc", 0, ""), ("abc", -1, ""),
        ]
    )
    func cut(text: String, columns: Int, expected: String) {
        #expect(TerminalWidth.cut(text, to: columns) == expected)
    }
}
