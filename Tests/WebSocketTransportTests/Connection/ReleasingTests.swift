import TestSupport
import Testing
import WebSocketProtocol

@testable import WebSocketTransport

@Suite("What was given out", .timeLimit(.minutes(1)))
struct ReleasingTests {
    @Test("The memory of a message is free when who got it lets go, and not when the next one comes")
    func messages() async throws {
        try await withConnectedClient { connection, peer in
            try await peer.send(WireFrame(.text, Array("message".utf8)).bytes)
            var messages = connection.messages.makeAsyncIterator()
            weak let storage = try await messages.next()?.bytes.storage
            // The event loop may still hold it for a moment.
            try await eventually("free memory") { storage == nil }
        }
    }

    @Test("The memory of a batch is free when who got it lets go, and not when the next one comes")
    func batches() async throws {
        try await withConnectedClient { connection, peer in
            try await peer.send(WireFrame(.text, Array("message".utf8)).bytes)
            var batches = connection.batches.makeAsyncIterator()
            weak let storage = try await batches.next()?.first?.bytes.storage
            // The event loop may still hold it for a moment.
            try await eventually("free memory") { storage == nil }
        }
    }
}
