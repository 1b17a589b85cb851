import BenchSupport

/// Our client, through its public API, in all scenarios of the benchmark; see docs/BENCHMARKS.md.
@main
struct BenchClient {
    static func main() { BenchProgram.main { scenario in try await Self.run(scenario) } }

    private static func run(_ scenario: Scenario) async throws -> BenchReport {
        switch scenario.name {
        case "receive": try await Receiving.run(scenario, RawTaker())
        case "decode": try await Receiving.run(scenario, EventTaker())
        case "decode-agent": try await Receiving.run(scenario, AgentEventTaker())
        case "envelope": try await Receiving.run(scenario, EnvelopeTaker())
        case "echo": try await Echoing.echo(scenario)
        case "send": try await Sending.send(scenario)
        case "send-batches": try await Sending.batches(scenario)
        case "burst": try await Sending.burst(scenario)
        case "idle": try await Streams.idle(scenario)
        case "open": try await Streams.open(scenario)
        case "tail": try await Streams.tail(scenario)
        case "follow": try await Runtimes.follow(scenario)
        case "follow-one": try await Runtimes.take(scenario)
        case "follow-idle": try await Runtimes.idle(scenario)
        case "followed-one": try await Runtimes.takeFollowed(scenario)
        case "followed-idle": try await Runtimes.idleFollowed(scenario)
        default: throw BenchFailure.unsupported
        }
    }
}
