import ArgumentParser
import CommandIO
import WebSocketTransport

extension WSStream {
    /// `wsstream bench`: it has only subcommands.
    struct Bench: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "bench",
            abstract: "Measures a WebSocket connection and prints one line of JSON.",
            discussion: """
                Works with any WebSocket server; 'wsstream mock' has an endpoint for each measurement. It prints

                  {"msgs":…,"bytes":…,"wall_s":…,"user_s":…,"sys_s":…,"maxrss_kb":…}

                and echo adds "p50_us" and "p99_us". wall_s is the time from the open connection to the last message; \
                user_s and sys_s are the processor time of this process since the command began; maxrss_kb is the \
                largest memory it ever had. bytes counts only payloads. The token is read from \(TokenSource.variable).

                \(ProxyEnvironment.explanation)

                \(ExitStatus.table)
                """,
            subcommands: [Receive.self, Events.self, Echo.self, Sink.self]
        )
    }
}

extension WSStream.Bench {
    /// `wsstream bench recv`.
    struct Receive: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "recv",
            abstract: "Receives messages of any kind and counts them.",
            discussion: "If the server closes normally before that, the result so far is printed. This is not an error."
        )

        @OptionGroup var options: BenchOptions

        func run() async throws {
            try await BenchRunner.run(self.options) { try await BenchLoops.receive(self.options.count, from: $0) }
        }
    }

    /// `wsstream bench events`.
    struct Events: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "events",
            abstract: "Receives messages and decodes each into its typed event, with all its fields.",
            discussion: """
                If the server closes normally before that, the result so far is printed. This is not an error. Frames \
                that could not be read count as messages; then the member "malformed" is their number.
                """
        )

        @OptionGroup var options: BenchOptions

        func run() async throws {
            try await BenchRunner.run(self.options) { try await BenchLoops.decode(self.options.count, from: $0) }
        }
    }

    /// `wsstream bench echo`.
    struct Echo: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "echo",
            abstract: "Measures round trips, one at a time.",
            discussion: """
                Sends a text message and waits until the same one comes back; other messages are skipped. p50_us and p99_us \
                are the median and the 99th percentile of the round trips in microseconds, at most 0.4 % too high.
                """
        )

        @OptionGroup var options: BenchOptions
        @OptionGroup var size: BenchSizeOption

        func run() async throws {
            try await BenchRunner.run(self.options) { connection in
                // On the thread that reads and writes, a round trip does not switch threads. Measured with
                // `wsstream mock` on two shared cores, 20,000 x 100 bytes, best of 6 alternating runs: p50 33 µs and
                // 0.25 s of processor time, compared with 41 µs and 0.43 s on the cooperative pool. The other loops
                // wait once for many messages, so they gain nothing.
                try await withTaskExecutorPreference(connection.executor) {
                    try await BenchLoops.echo(self.options.count, size: self.size.size, on: connection)
                }
            }
        }
    }

    /// `wsstream bench sink`.
    struct Sink: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "sink",
            abstract: "Sends text messages as fast as the server takes them.",
            discussion: """
                Then sends the text 'count' and waits for the server's answer, which must be the object \
                {"msgs":…,"bytes":…} with the right numbers. So the time includes reading all messages.
                """
        )

        @OptionGroup var options: BenchOptions
        @OptionGroup var size: BenchSizeOption

        @Flag(help: "Don't ask for the count. Close instead; a server answers the close after it has read everything.")
        var noWait = false

        func run() async throws {
            // The Close frame waits until all messages are sent.
            try await BenchRunner.run(self.options, closeTimeout: .seconds(60)) { connection in
                try await BenchLoops.sink(
                    self.options.count,
                    size: self.size.size,
                    on: connection,
                    waits: !self.noWait
                )
            }
        }
    }
}
