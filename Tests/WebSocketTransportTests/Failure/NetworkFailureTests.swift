import NIOCore
import NIOPosix
import TestSupport
import Testing
import WebSocketProtocol

@testable import WebSocketTransport

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

@Suite("Failures of the network in words", .timeLimit(.minutes(1)))
struct NetworkFailureTests {
    @Test(
        "An error of the system is one reason, and its words name it",
        arguments: [
            (ECONNREFUSED, .refused, "refused"), (ECONNRESET, .reset, "reset"), (EPIPE, .ended, "ended"),
            (ENOENT, .noSuchSocket, "no such file"), (ENOTSOCK, .noSuchSocket, "not a socket"),
            (EACCES, .permissionDenied, "permission denied"), (EPERM, .permissionDenied, "permission denied"),
            (ETIMEDOUT, .timedOut, "timed out"), (ENETUNREACH, .networkUnreachable, "network is unreachable"),
            (EHOSTUNREACH, .hostUnreachable, "host is unreachable"), (EADDRINUSE, .addressInUse, "in use"),
            (EADDRNOTAVAIL, .addressNotAvailable, "no such address"), (EMFILE, .outOfResources, "descriptor"),
            (ENOMEM, .outOfResources, "memory"), (EXDEV, .other, "error \(EXDEV)"),
        ] as [(CInt, FailureReason, String)]
    )
    func systemErrors(code: CInt, reason: FailureReason, words: String) {
        let failure = NetworkFailure(IOError(errnoCode: code, reason: "connect"))
        #expect(failure.reason == reason)
        #expect(failure.words.contains(words), "\(failure.words)")
    }

    @Test("A name that is not known and a resolver that does not answer are two things")
    func resolver() {
        #expect(NetworkFailure(resolverError: EAI_NONAME, of: "x.test").reason == .noSuchHost)
        #expect(NetworkFailure(resolverError: EAI_AGAIN, of: "x.test").reason == .notResolved)
        #expect(NetworkFailure(resolverError: EAI_FAIL, of: "x.test").words.contains("the host x.test"))
    }

    @Test("The client says why: a name, a port, a file, a kind of file, a permission")
    func client() async throws {
        let server = try await RawServer.start()
        let port = server.port
        await server.close()
        let expected: [(String, [FailureReason], String)] = [
            ("ws://nosuch.invalid:80", [.noSuchHost, .notResolved], "name"),
            ("ws://127.0.0.1:\(port)", [.refused], "refused"),
            ("ws://localhost:\(port)", [.refused], "refused"),
            ("ws+unix:/nonexistent/none.sock", [.noSuchSocket], "no such"),
            ("ws+unix:/etc/passwd", [.refused], "refused"), ("wss://127.0.0.1:\(port)", [.refused], "refused"),
        ]
        for (url, reasons, words) in expected {
            let result = try await Result.catching { try await WebSocketClient.connect(to: WebSocketURL(url)) }
            let error = try #require(result.error as? WebSocketError)
            #expect(error.code == .connectFailed, "\(error)")
            #expect(error.reason.map(reasons.contains) == true, "\(error)")
            #expect(error.message.contains(words) && error.message.contains("Can't connect to ws"), "\(error)")
            #expect(!error.message.contains("NIO") && !error.message.contains("errno"), "\(error)")
        }
    }

    @Test("The server says why: an address in use, a folder that is not there, an address of another machine")
    func server() async throws {
        let server = try await WebSocketServer.bind()
        var inUse = WebSocketServerConfiguration()
        inUse.port = server.port
        var elsewhere = WebSocketServerConfiguration()
        elsewhere.host = "192.0.2.1"
        var noFolder = WebSocketServerConfiguration()
        noFolder.socketPath = "/nonexistent/folder/socket"
        let expected: [(WebSocketServerConfiguration, FailureReason, String)] = [
            (inUse, .addressInUse, "in use"), (elsewhere, .addressNotAvailable, "no such address"),
            (noFolder, .other, "directory"),
        ]
        for (configuration, reason, words) in expected {
            let error = await #expect(throws: WebSocketError.self) { try await WebSocketServer.bind(configuration) }
            #expect(error?.code == .listenFailed)
            #expect(error?.reason == reason, "\(String(describing: error))")
            #expect(error?.message.contains(words) == true, "\(String(describing: error))")
        }
        await server.close()
    }

    @Test("An open connection that is reset says so")
    func reset() async throws {
        try await withConnectedClient { connection, peer in
            await peer.reset()
            let closure = try await connection.waitUntilClosed()
            #expect(closure.error?.code == .connectionLost)
            #expect(closure.error?.reason == .reset)
            #expect(closure.error?.message.contains("reset") == true)
            #expect(closure.retry == .backOff)
        }
    }
}
