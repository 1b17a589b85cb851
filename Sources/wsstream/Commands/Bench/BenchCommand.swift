import ArgumentParser
import CommandIO
import WebSocketTransport

extension WSStream {
    /// `wsstream bench`: only names its subcommands.
    struct Bench: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "bench",
            abstract: "Measures a WebSocket connection and prints one line of JSON.",
            discussion: """
                Works with any WebSocket server; 'wsstream mock' has an endpoint for each measurement. It prints

                  {"msgs":…,"bytes":…,"wall_s":…,"user_s":…,"sys_s":…,"maxrss_kb":…}

                to which echo adds "p50_us" and "p99_us". wall_s runs from the open connection to the last message; \
                user_s and sys_s are the processor time of this process since the command began; maxrss_kb is the most \
                memory it ever had. Bytes are those of the payloads. A token is taken from \(TokenSource.variable).

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
            discussion: "When the server closes normally before that, what was received is printed; that is no error."
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
            abstract: "Receives messages and decodes each into its typed event, every field of it.",
            discussion: """
                When the server closes normally before that, what was received is printed; that is no error. If frames \
                could not be read, the member "malformed" says how many; they count as messages.
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
            abstract: "Measures round trips, one outstanding at a time.",
            discussion: """
                Sends a text message and waits until the same comes back; other messages are skipped. p50_us and p99_us \
                are the median and the 99th percentile of the round trips in microseconds, at most 0.4 % too high.
                """
        )

        @OptionGroup var options: BenchOptions
        @OptionGroup var size: BenchSizeOption

        func run() async throws {
            try await BenchRunner.run(self.options) { connection in
                // On the thread that reads and writes, a round trip needs no hop between threads. Measured against
                // `wsstream mock` on two shared cores, 20,000 x 100 bytes, best of 6 runs in turns: p50 33 µs and 0.25 s
                // of processor time, against 41 µs and 0.43 s on the cooperative pool. The other loops wait once for
                // many messages, and gain nothing.
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
                {"msgs":…,"bytes":…} with the right numbers: so all was read when the time is taken.
                """
        )

        @OptionGroup var options: BenchOptions
        @OptionGroup var size: BenchSizeOption

        @Flag(help: "Don't ask for the count: close when all is sent, which a server answers when it has read all.")
        var noWait = false

        func run() async throws {
            // The Close frame waits behind all that was sent.
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
