import NIOCore
import NIOPosix
import TestSupport
import Testing
import WebSocketProtocol

@testable import WebSocketTransport

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite("A connection over a Unix domain socket", .timeLimit(.minutes(1)))
struct UnixSocketTests {
    /// Runs `body` with a path in a new folder.
    private func withPath(_ body: (String) async throws -> Void) async throws {
        let folder = "/tmp/wsstream-\(UInt32.random(in: 0 ... .max))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await body("\(folder)/a socket")
    }

    private func configuration(_ path: String) -> WebSocketServerConfiguration {
        var configuration = WebSocketServerConfiguration()
        configuration.connection = .test
        configuration.socketPath = path
        return configuration
    }

    @Test("Messages go both ways, both ends close cleanly, and the file goes with the server")
    func echo() async throws {
        try await self.withPath { path in
            let seen = Recorder<String>()
            let server = try await WebSocketServer.bind(self.configuration(path))
            #expect(server.port == 0)
            try await withServer(
                server,
                { request in
                    seen.append("\(request.head.target) at \(request.head.fields.first("Host") ?? "")")
                    await echoing()(request)
                }
            ) {
                let encoded = PercentEncoding.encoded(path: path)
                for text in ["ws+unix:\(encoded):/stream?since=3", "ws+unix://\(encoded):/stream?since=3"] {
                    var configuration = WebSocketClientConfiguration()
                    configuration.connection = .test
                    // Only the socket is used, not the proxy.
                    configuration.proxy = try WebSocketProxy("http://127.0.0.1:1")
                    let connection = try await WebSocketClient.connect(
                        to: WebSocketURL(text),
                        configuration: configuration
                    )
                    try await expectEcho(on: connection)
                }
            }
            #expect(seen.values == ["/stream?since=3 at localhost", "/stream?since=3 at localhost"])
            #expect(UnixSocket.file(at: path) == nil)
        }
    }

    @Test("A socket that was left behind is replaced, one on which somebody listens is not")
    func leftBehind() async throws {
        try await self.withPath { path in
            let group = MultiThreadedEventLoopGroup.singleton
            let left = try await ServerBootstrap(group: group).bind(unixDomainSocketPath: path).get()
            let error = await #expect(throws: WebSocketError.self) {
                try await WebSocketServer.bind(self.configuration(path))
            }
            #expect(error?.code == .listenFailed)
            #expect(error?.message.contains("another process") == true)
            // As after a process was killed: the listener ends, and its file stays.
            try FileManager.default.moveItem(atPath: path, toPath: path + "'")
            try await left.close()
            try FileManager.default.moveItem(atPath: path + "'", toPath: path)
            #expect(UnixSocket.file(at: path) != nil)
            let server = try await WebSocketServer.bind(self.configuration(path))
            await server.close()
            #expect(UnixSocket.file(at: path) == nil)
        }
    }

    @Test("A file that is no socket is never removed")
    func foreign() async throws {
        try await self.withPath { path in
            try Data("keep".utf8).write(to: URL(filePath: path))
            await #expect(throws: WebSocketError.self) { try await WebSocketServer.bind(self.configuration(path)) }
            #expect(FileManager.default.contents(atPath: path) == Data("keep".utf8))
        }
    }

    @Test("A path that leads nowhere is connectFailed")
    func absent() async throws {
        try await self.withPath { path in
            let url = try WebSocketURL(socketPath: path)
            let result = try await Result.catching { try await WebSocketClient.connect(to: url) }
            #expect((result.error as? WebSocketError)?.code == .connectFailed)
        }
    }

    @Test("A path that is too long for the system is refused in both roles", arguments: [108, 5000])
    func long(count: Int) async throws {
        let path = "/" + String(repeating: "x", count: count - 1)
        let server = await #expect(throws: WebSocketError.self) {
            try await WebSocketServer.bind(self.configuration(path))
        }
        let client = await #expect(throws: WebSocketError.self) {
            try await WebSocketClient.connect(to: WebSocketURL(socketPath: path))
        }
        #expect(server?.code == .invalidConfiguration)
        #expect(client?.code == .invalidConfiguration)
        #expect(client?.message.contains("\(count) bytes") == true)
    }
}
