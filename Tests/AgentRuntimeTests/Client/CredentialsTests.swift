import ConcurrencyPrimitives
import TestSupport
import Testing
import WebSocketProtocol

@testable import AgentRuntime

@Suite("Where the token comes from", .timeLimit(.minutes(1)))
struct CredentialsTests {
    /// A provider that gives one token after the other, and the last one for ever.
    private final class Tokens: Sendable {
        private let left: Locked<[String?]>
        private let count = Locked(0)

        init(_ tokens: [String?]) { self.left = Locked(tokens) }

        var asked: Int { self.count.withLock { $0 } }

        func next() -> String? {
            self.count.withLock { $0 += 1 }
            return self.left.withLock { $0.count > 1 ? $0.removeFirst() : $0[0] }
        }
    }

    /// Opens a stream at a server that refuses each request with the next of these statuses.
    ///
    /// - Returns: The error, and the values of `Authorization` that the server has got.
    private static func refusals(
        _ statuses: [Int],
        _ credentials: RuntimeCredentials
    ) async throws -> (error: AgentRuntimeError?, seen: [String?]) {
        let server = try await RawServer.start()
        let endpoint = try RuntimeEndpoint("ws://127.0.0.1:\(server.port)", credentials: credentials)
        let client = try AgentRuntimeClient(endpoint: endpoint)
        async let opening: AgentRuntimeError? = {
            do {
                _ = try await client.openWorkspaceStream()
                return nil
            } catch {
                return error as? AgentRuntimeError
            }
        }()
        var seen: [String?] = []
        for (index, status) in statuses.enumerated() {
            let peer = try await server.peer(index)
            let head = try await peer.receiveHead()
            let line = head.split(separator: "\r\n").first { $0.hasPrefix("Authorization: ") }
            seen.append(line.map { String($0.dropFirst("Authorization: ".count)) })
            try await peer.send(Array("HTTP/1.1 \(status) No\r\nContent-Length: 0\r\n\r\n".utf8))
        }
        let error = await opening
        #expect(await client.close().isEmpty)
        #expect(server.peers.count == statuses.count)
        await server.close()
        return (error, seen)
    }

    @Test("After status 401 the provider is asked once more, and another token is tried once")
    func rotation() async throws {
        let tokens = Tokens(["old", "new", "newer"])
        let (error, seen) = try await Self.refusals([401, 401], .provider { tokens.next() })
        #expect(error?.code == .unauthorized)
        #expect(seen == ["Bearer old", "Bearer new"])
        #expect(tokens.asked == 2)
    }

    @Test("The same token again is not sent again, and the error is terminal")
    func sameToken() async throws {
        let tokens = Tokens(["t"])
        let (error, seen) = try await Self.refusals([401], .provider { tokens.next() })
        #expect(error?.code == .unauthorized)
        #expect(error?.isTerminal == true)
        #expect(seen == ["Bearer t"])
        #expect(tokens.asked == 2)
    }

    @Test("Another refusal does not ask again; nil and an empty token mean none")
    func otherRefusal() async throws {
        for token in [nil, ""] as [String?] {
            let tokens = Tokens([token])
            let (error, seen) = try await Self.refusals([503], .provider { tokens.next() })
            #expect(error?.code == .refused)
            #expect(seen == [nil])
            #expect(tokens.asked == 1)
        }
    }

    @Test("A token that does not change is sent once", arguments: ["t", nil] as [String?])
    func fixed(token: String?) async throws {
        let (error, seen) = try await Self.refusals([401], .token(token))
        #expect(error?.code == .unauthorized)
        #expect(seen == [token.map { "Bearer \($0)" }])
    }

    @Test("A token that would break a field is refused before anything is dialled, and is not shown")
    func breaksTheField() async throws {
        for token in ["s3cret\r\nX: y", "s3cret two", "s3crét", "s3cret\0"] {
            let (error, _) = try await Self.refusals([], .provider { token })
            #expect(error?.code == .invalidConfiguration)
            #expect("\(error as Any)".contains("s3cr") == false)
        }
    }

    @Test("An error of the provider is the cause of a typed error that says to try again later")
    func failingProvider() async throws {
        struct VaultIsSealed: Error {}
        let (error, _) = try await Self.refusals([], .provider { throw VaultIsSealed() })
        #expect(error?.code == .credentialsFailed)
        #expect(error?.cause is VaultIsSealed)
        #expect(error?.retry == .backOff)
    }

    @Test("A provider that takes too long is cancelled, and nothing of it is left")
    func slowProvider() async throws {
        let left = Locked(false)
        let provider: RuntimeCredentials.Provider = {
            defer { left.withLock { $0 = true } }
            try await Task.sleep(for: .seconds(3600))
            return nil
        }
        let (error, _) = try await Self.refusals([], .provider(timeout: .milliseconds(50), provider))
        #expect(error?.code == .credentialsFailed)
        #expect(left.withLock { $0 })
    }

    @Test("A close of the client ends a provider that is being asked, and waits for it; so does a cancelled opener")
    func closedMeanwhile() async throws {
        for closes in [true, false] {
            let (begun, left) = (Promise<Void>(), Locked(false))
            let provider: RuntimeCredentials.Provider = {
                begun.resolve(())
                defer { left.withLock { $0 = true } }
                try await Task.sleep(for: .seconds(3600))
                return nil
            }
            let endpoint = try RuntimeEndpoint("ws://127.0.0.1:1", credentials: .provider(provider))
            let client = try AgentRuntimeClient(endpoint: endpoint)
            let opening = Task { try await client.openWorkspaceStream() }
            await begun.wait()
            if closes { #expect(await client.close().isEmpty) } else { opening.cancel() }
            let result = await opening.result
            #expect(left.withLock { $0 })
            switch result {
            case .success: Issue.record("a stream was opened")
            case .failure(let error as AgentRuntimeError): #expect(closes && error.code == .closedWhileDialling)
            case .failure(let error): #expect(!closes && error is CancellationError)
            }
            await client.close()
        }
    }

    @Test("No description shows a token")
    func descriptions() throws {
        let endpoint = try RuntimeEndpoint("ws://h?key=s3cret", token: "s3cret")
        #expect("\(endpoint)".contains("s3cret") == false)
        #expect("\(endpoint.credentials)" == "a token")
        #expect("\(RuntimeCredentials.none)" == "no token")
        #expect("\(RuntimeCredentials.provider { "s3cret" })" == "a provider of tokens")
    }
}
