import Foundation
import TestSupport
import Testing
import WebSocketProtocol
import WebSocketTransport

@Suite("Attacks: floods of control frames", .serialized)
struct PingFloodTests {
    /// The number of Pings: 1,000,000 for the whole attack.
    private static let count = ProcessInfo.processInfo.environment["WSSTREAM_PINGS"].flatMap { Int($0) } ?? 200_000
    private static let each = 10_000

    @Test("Pings without end from a peer that never reads: memory stays, answers collapse into the latest")
    func pings() async throws {
        let before = ProcessResources.residentBytes
        try await Attack.client(receiveBufferBytes: 8192) { connection, peer in
            try await peer.setReading(false)
            let pings = Array(
                repeatElement(RawFrame(.ping, [UInt8](repeating: 9, count: 16)).bytes, count: Self.each).joined()
            )
            for _ in 0..<Self.count / Self.each {
                try await peer.send(pings)
                #expect(connection.queuedSendBytes <= 64 * 1024)
            }
            try await eventually("all Pings") {
                connection.statistics.pingsReceived == Self.count / Self.each * Self.each
            }
            #expect(connection.queuedSendBytes <= 64 * 1024)
            #expect(ProcessResources.growth(since: before) < 64 << 20)
            try await peer.setReading(true)
            try await eventually("the answers") { connection.queuedSendBytes == 0 }
            // The answers that the system took, and the latest one; 22 bytes each.
            #expect(peer.receivedCount < Self.count * 22)
        }
    }

    @Test("A server that is flooded with Pings by one client serves the others")
    func pingsAtServer() async throws {
        let before = ProcessResources.residentBytes
        try await Attack.open(.server) { peer in
            try await peer.setReading(false)
            let pings = Array(repeatElement(RawFrame(.ping, [9], from: .client).bytes, count: Self.each).joined())
            for _ in 0..<5 { try await peer.send(pings) }
        }
        #expect(ProcessResources.growth(since: before) < 64 << 20)
    }

    @Test("Pongs that nobody asked for leave no trace")
    func pongs() async throws {
        let before = ProcessResources.residentBytes
        try await Attack.client { connection, peer in
            let pongs = Array(
                repeatElement(RawFrame(.pong, [UInt8](repeating: 9, count: 8)).bytes, count: Self.each).joined()
            )
            for _ in 0..<10 { try await peer.send(pongs) }
            try await peer.send(RawFrame(.text, Array("end".utf8)).bytes)
            #expect(try await connection.texts(1) == ["end"])
            #expect(connection.queuedSendBytes == 0)
        }
        #expect(ProcessResources.growth(since: before) < 64 << 20)
    }
}
