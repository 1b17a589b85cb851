import CommandIO
import Foundation
import MockAgentServer
import TestSupport
import Testing
import WebSocketTransport

@testable import wsstream

@Suite(
    "The program with TLS and proxies",
    .enabled(
        if: BuiltBinary.shared != nil,
        "The program is not built next to the tests: swift build --product wsstream"
    ),
    .serialized,
    .timeLimit(.minutes(2))
)
struct SecureProgramTests {
    private let program: BuiltBinary

    init() throws { self.program = try #require(BuiltBinary.shared) }

    /// Runs `body` with the path of a file with this text.
    private func withFile(_ text: String, _ body: (String) async throws -> Void) async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "wsstream-\(UUID().uuidString).pem")
        try Data(text.utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        try await body(file.path)
    }

    @Test("tail follows wss with --ca-file, and refuses a server that it does not trust without")
    func tail() async throws {
        let identity = TLSIdentity(
            certificateChain: .text(TestCertificates.serverCertificate),
            privateKey: .text(TestCertificates.serverKey)
        )
        let configuration = server([]) { $0.tls = WebSocketServerTLSConfiguration(identity: identity) }
        try await withMockServer(configuration) { server in
            #expect(server.url.hasPrefix("wss://"))
            try await self.withFile(TestCertificates.authority) { path in
                let run = try await self.program.run(["tail", server.url, "--ca-file", path, "--count", "1"])
                #expect(run.status == Status.clean.rawValue, "\(run.errors)")
            }
            let run = try await self.program.run(["tail", server.url, "--count", "1"])
            #expect(run.status == Status.refused.rawValue)
            #expect(run.errors.contains("authority that is not trusted"), "\(run.errors)")
        }
    }

    @Test(
        "Options and variables that can't be used are told before anything is sent",
        arguments: [
            (["--ca-file", "/nowhere/ca.pem"], [:], "/nowhere/ca.pem"),
            (["--client-key", "/nowhere/key.pem"], [:], "--client-certificate"),
            ([], ["HTTPS_PROXY": "ftp://u:s3cret@h"], "HTTPS_PROXY"),
        ] as [([String], [String: String], String)]
    )
    func unusable(arguments: [String], environment: [String: String], says: String) async throws {
        let run = try await self.program.run(["tail", "wss://example.test"] + arguments, environment: environment)
        #expect(run.status == Status.usage.rawValue)
        #expect(run.errors.contains(says), "\(run.errors)")
        #expect(!run.errors.contains("s3cret"))
    }

    @Test(
        "tail and bench go through the proxy of the environment, unless NO_PROXY has the host",
        arguments: ["ws", "wss"]
    )
    func proxy(scheme: String) async throws {
        let proxy = try await RawServer.start(greeting: Array("HTTP/1.1 407 No\r\n\r\n".utf8))
        let variable = scheme == "ws" ? "http_proxy" : "HTTPS_PROXY"
        var environment = [variable: "http://ada:s3cret@127.0.0.1:\(proxy.port)"]
        let url = "\(scheme)://a.invalid"
        for arguments in [["tail", url], ["bench", "recv", url, "--count", "1"]] {
            let run = try await self.program.run(arguments, environment: environment)
            #expect(run.status == Status.unreachable.rawValue)
            #expect(run.errors.contains("status 407"), "\(run.errors)")
            #expect(!run.errors.contains("s3cret") && !run.errors.contains("ada"))
        }
        #expect(proxy.peers.count == 2)
        environment["NO_PROXY"] = ".invalid"
        let run = try await self.program.run(
            ["tail", url, "--connect-timeout", "5s"],
            environment: environment
        )
        #expect(run.status == Status.unreachable.rawValue)
        #expect(proxy.peers.count == 2)
        await proxy.close()
    }
}
