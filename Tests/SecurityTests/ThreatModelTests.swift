import Foundation
import Testing
import WebSocketProtocol
import WebSocketTransport

@Suite("docs/THREAT-MODEL.md")
struct ThreatModelTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..").standardized

    @Test("The defaults are those of the table of limits")
    func defaults() {
        let (messages, handshake) = (MessageLimits(), HandshakeLimits())
        #expect(messages.maximumMessageBytes == 64 << 20)
        #expect(messages.maximumFragments == 131_072)
        #expect(handshake.maximumHeadBytes == 16_384)
        #expect(handshake.maximumLineBytes == 8192)
        #expect(handshake.maximumFields == 128)
        #expect(handshake.maximumBodyBytes == 65_536)
        let connection = ConnectionConfiguration()
        #expect(connection.limits == messages)
        #expect(connection.readBytes == 256 << 10)
        #expect(connection.receiveQueue.highWaterBytes == 4 << 20)
        #expect(connection.receiveQueue.highWaterMessages == 65_536)
        #expect(connection.sendQueue.highWaterBytes == 1 << 20)
        #expect(connection.sendQueue.timeout == .seconds(30))
        #expect(connection.keepalive == ConnectionConfiguration.Keepalive())
        #expect(ConnectionConfiguration.Keepalive().interval == .seconds(20))
        #expect(ConnectionConfiguration.Keepalive().timeout == .seconds(20))
        #expect(connection.messageTimeout == nil)
        #expect(connection.closing.timeout == .seconds(5))
        #expect(connection.closing.linger == .milliseconds(250))
        #expect(connection.closing.answerTime == .seconds(1))
    }

    @Test("The defaults of the roles are those of the table of limits")
    func defaultsOfRoles() {
        let (client, server) = (WebSocketClientConfiguration(), WebSocketServerConfiguration())
        #expect(client.connectTimeout == .seconds(10))
        #expect(client.maximumRedirects == 0)
        #expect(client.tls.minimumVersion == .tls12)
        #expect(server.handshakeTimeout == .seconds(10))
        #expect(client.compression != nil && server.compression == nil)
        #expect(client.handshakeLimits == .client && server.handshakeLimits == HandshakeLimits())
        #expect(HandshakeLimits.client.maximumHeadBytes == 65_536 && HandshakeLimits.client.maximumLineBytes == 65_536)
        #expect(HandshakeLimits.client.maximumFields == 1_024)
        #expect(client.connection == ConnectionConfiguration() && server.connection == ConnectionConfiguration())
        #expect(server.policy.origin == .sameHost)
        #expect(server.host == "127.0.0.1")
    }

    @Test("Every suite that the document names exists, and holds the tests that it quotes")
    func namedTests() throws {
        let text = try String(contentsOf: Self.root.appending(path: "docs/THREAT-MODEL.md"), encoding: .utf8)
        let suites = try Self.suites()
        var found = 0
        for line in text.split(separator: "\n") where line.hasPrefix("|") {
            let names = line.matches(of: /\b([A-Z][A-Za-z]*Tests)\b/).map { String($0.1) }
            for name in names {
                #expect(suites[name] != nil, "there is no \(name)")
                found += 1
            }
            let sources = names.compactMap { suites[$0] }.joined()
            for quoted in line.matches(of: /"([^"]+?)(?:\.\.\.)?"/) {
                #expect(sources.contains("\"" + quoted.1), "no test is named \(quoted.1)")
            }
        }
        #expect(found > 60)
    }

    /// The source of each suite, by its name.
    private static func suites() throws -> [String: String] {
        let folder = self.root.appending(path: "Tests")
        let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
        var suites: [String: String] = [:]
        while let file = files?.nextObject() as? URL {
            guard file.lastPathComponent.hasSuffix("Tests.swift") else { continue }
            suites[file.deletingPathExtension().lastPathComponent] = try String(contentsOf: file, encoding: .utf8)
        }
        return suites
    }
}
