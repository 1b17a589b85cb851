import AgentRuntime
import TestSupport
import Testing

@Suite("The result of a command", .timeLimit(.minutes(1)))
struct DeliveryTests {
    @Test("A command that the system has taken is confirmed")
    func written() async throws {
        let fixture = try ClientFixture()
        let (stream, connection) = try await fixture.open()
        try await stream.sendShellInput("ls\r")
        #expect(connection.sent.count == 1)
        await stream.close()
    }

    @Test("A command on its way when the connection ends is unknown, one still queued was not sent")
    func unknownOrNotSent() async throws {
        let fixture = try ClientFixture()
        let (stream, connection) = try await fixture.open()
        connection.holdWrites()
        let sending = Task { try await stream.sendShellInput("first") }
        try await eventually("the first is on its way") { connection.sent.count == 1 }
        await stream.abort()
        let first = await #expect(throws: AgentRuntimeError.self) { try await sending.value }
        #expect(first?.code == .deliveryUnknown)
        let late = await #expect(throws: AgentRuntimeError.self) { try await stream.sendShellInput("late") }
        #expect(late?.code == .streamClosed)
    }

    @Test("Every sender hears what became of its command when many race an abort")
    func everySenderHears() async throws {
        let fixture = try ClientFixture { $0.maximumQueuedCommands = 4 }
        let (stream, connection) = try await fixture.open()
        connection.holdWrites()
        let outcomes = Task {
            await withTaskGroup(of: String.self) { group in
                for index in 0..<50 {
                    group.addTask {
                        do {
                            try await stream.sendShellInput("\(index)")
                            return "sent"
                        } catch {
                            return (error as? AgentRuntimeError)?.code.description ?? "\(error)"
                        }
                    }
                }
                return await group.reduce(into: [String: Int]()) { $0[$1, default: 0] += 1 }
            }
        }
        try await eventually("some are on their way") { connection.sent.count > 3 }
        await stream.abort()
        let counts = await outcomes.value
        #expect(counts.values.reduce(0, +) == 50)
        #expect(counts["deliveryUnknown"] == connection.sent.count)
        #expect(Set(counts.keys).isSubset(of: ["deliveryUnknown", "streamClosed"]))
    }
}
