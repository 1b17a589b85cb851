import BenchSupport
import Dispatch
import NIOCore
import WebSocketProtocol
import WebSocketTransport

/// Sends until the server has read everything, which its Close frame shows.
enum Sending {
    /// Sends one message after the other, from one task.
    static func send(_ scenario: Scenario) async throws -> BenchReport {
        let message = WebSocketMessage(text: scenario.text)
        return try await Self.run(scenario) { connection in
            for _ in 0..<scenario.count { try await connection.send(message) }
            return scenario.count
        }
    }

    /// Sends from many tasks at once.
    static func burst(_ scenario: Scenario) async throws -> BenchReport {
        let message = WebSocketMessage(text: scenario.text)
        let share = scenario.count / scenario.tasks
        return try await Self.run(scenario) { connection in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<scenario.tasks {
                    group.addTask { for _ in 0..<share { try await connection.send(message) } }
                }
                try await group.waitForAll()
            }
            return share * scenario.tasks
        }
    }

    /// Sends in batches that the event loop finds complete, because it is held up while they are queued.
    ///
    /// Otherwise chance decides how many messages a write has, and so how many instructions they take.
    static func batches(_ scenario: Scenario) async throws -> BenchReport {
        let message = WebSocketMessage(text: scenario.text)
        // The batch fits into the socket's buffer, so that no write is cut.
        let batch = 500
        return try await Self.run(scenario) { connection in
            for _ in 0..<scenario.count / batch {
                let held = DispatchSemaphore(value: 0)
                connection.eventLoop.execute { held.wait() }
                for _ in 0..<batch { try await connection.send(message) }
                held.signal()
                // The answer comes when everything before the Ping has been read.
                _ = try await connection.ping()
            }
            return scenario.count / batch * batch
        }
    }

    private static func run(
        _ scenario: Scenario,
        _ loop: (WebSocketConnection) async throws -> Int
    ) async throws -> BenchReport {
        try await Client.withConnection(scenario) { connection in
            let measurement = Measurement()
            let sent = try await loop(connection)
            let closure = await connection.close()
            let report = measurement.finish(messages: sent, bytes: sent * scenario.size)
            guard closure.isClean else { throw BenchFailure("the server did not answer our Close frame") }
            return report
        }
    }
}
