import Foundation
import TestSupport
import Testing
import WebSocketProtocol

@testable import WebSocketTransport

@Suite(
    "TLS with Python's websockets, which uses OpenSSL",
    .enabled(if: PythonPrograms.areAvailable, "run scripts/python-env"),
    .timeLimit(.minutes(1))
)
struct PythonSecureTests {
    /// Runs `body` with the paths of files that contain these texts.
    private func withFiles(_ texts: String..., body: ([String]) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "wsstream-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(at: folder) }
        let files = texts.indices.map { folder.appending(path: "\($0).pem") }
        for (file, text) in zip(files, texts) { try Data((text + "\n").utf8).write(to: file) }
        try await body(files.map(\.path))
    }

    @Test("Our client and its server echo, and close cleanly whoever begins")
    func server() async throws {
        try await self.withFiles(TestCertificates.serverCertificate, TestCertificates.serverKey) { files in
            let server = try PythonPrograms.start("secure_server.py", files)
            defer { server.end() }
            let line = try await server.line(0)
            let port = try #require(Int(line))
            let url = try WebSocketURL(scheme: .wss, host: "localhost", port: port)
            let echo = try await WebSocketClient.connect(to: url, configuration: .secure())
            try await expectEcho(on: echo, String(repeating: "x", count: 1_000_000))
            #expect(try await server.line(1) == "1000 done")
            let closed = try await WebSocketClient.connect(
                to: try url.with(path: "/close"),
                configuration: .secure()
            )
            #expect(try await closed.texts().isEmpty)
            let closure = try await closed.waitUntilClosed()
            #expect(closure.isClean && closure.received?.code == CloseCode(rawValue: 4002), "\(closure)")
        }
    }

    @Test("Its client and our server, which asks for a certificate, echo and close cleanly whoever begins")
    func client() async throws {
        let server = try await WebSocketServer.bind(
            .secure { $0.tls?.clientTrustRoots = .text(TestCertificates.authority) }
        )
        let closures = Recorder<WebSocketClosure>()
        try await withServer(
            server,
            { request in
                guard request.head.target == "/close" else { return await echoing(closures)(request) }
                guard let connection = try? await request.accept() else { return }
                closures.append(await connection.close(CloseCode(rawValue: 4002), reason: "server"))
            }
        ) {
            try await self.withFiles(
                TestCertificates.authority,
                TestCertificates.clientCertificate,
                TestCertificates.clientKey
            ) { files in
                let client = try PythonPrograms.start("secure_client.py", ["\(server.port)"] + files)
                defer { client.end() }
                try await client.waitForEnd()
                try await eventually("end of the connections") { closures.values.count == 2 }
                #expect(closures.values.allSatisfy { $0.isClean }, "\(closures.values)")
            }
        }
    }
}
