#if RED_CONTROLS
internal import RedControls
#endif

/// Where the token of a runtime comes from: one that does not change, or a closure that is asked for each dial and call.
///
/// The token is sent as `Authorization: Bearer` (RFC 6750 §2.1). It is never logged, and no description shows it.
public struct RuntimeCredentials: Sendable, CustomStringConvertible {
    /// Gives the token; nil for none.
    public typealias Provider = @Sendable () async throws -> String?

    private enum Source: Sendable {
        case fixed(String?)
        case provider(Provider, timeout: Duration)
    }

    private let source: Source

    /// No token.
    public static var none: Self { Self(source: .fixed(nil)) }

    /// A token that does not change.
    ///
    /// - Parameter token: The token; an empty one counts as none.
    /// - Returns: The credentials.
    public static func token(_ token: String?) -> Self { Self(source: .fixed(Self.notEmpty(token))) }

    /// A closure that is asked for the token before each dial and each call, for tokens that are changed.
    ///
    /// After status 401 it is asked once more. If it gives another token, the dial or call is repeated with it, once.
    /// The same token again, or a second 401, is the error `unauthorized`.
    ///
    /// - Parameters:
    ///   - timeout: The time limit of one question. Default: 10 s.
    ///   - provider: Gives the token; nil or an empty one means none. When the time is over, or when the stream or
    ///     client is closed, its task is cancelled, and it must return soon: the close waits for it. An error that it
    ///     throws becomes the cause of an ``AgentRuntimeError`` with `credentialsFailed`.
    /// - Returns: The credentials.
    public static func provider(timeout: Duration = .seconds(10), _ provider: @escaping Provider) -> Self {
        Self(source: .provider(provider, timeout: timeout))
    }

    private static func notEmpty(_ token: String?) -> String? { token.flatMap { $0.isEmpty ? nil : $0 } }

    /// The token that does not change; nil if there is none, or if a closure is asked.
    public var fixedToken: String? { if case .fixed(let token) = self.source { token } else { nil } }

    /// Whether a closure is asked.
    var mayChange: Bool { if case .provider = self.source { true } else { false } }

    /// What the credentials are, without a token.
    public var description: String {
        switch self.source {
        case .fixed(nil): "no token"
        case .fixed: "a token"
        case .provider: "a provider of tokens"
        }
    }

    /// The token for one request.
    ///
    /// - Returns: The token; nil for none.
    /// - Throws: ``AgentRuntimeError`` with `credentialsFailed` if the provider throws or takes too long, and with
    ///   `invalidConfiguration` if a field can't hold the token; `CancellationError` if the task was cancelled.
    func token() async throws -> String? {
        switch self.source {
        case .fixed(let token): return token
        case .provider(let provider, let timeout):
            let token = Self.notEmpty(try await Self.ask(provider, within: timeout))
            // Checked before a field is made of it, and never shown.
            guard token?.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) ?? true else {
                let message = "The token of the provider holds a space, a control character or one beyond ASCII."
                throw AgentRuntimeError(.invalidConfiguration, message)
            }
            return token
        }
    }

    /// What ended a question first.
    private enum Answer: Sendable {
        case token(String?)
        case timeOver
    }

    private static func ask(_ provider: @escaping Provider, within timeout: Duration) async throws -> String? {
        do {
            return try await withThrowingTaskGroup(of: Answer.self) { group in
                group.addTask { .token(try await provider()) }
                group.addTask {
                    #if RED_CONTROLS
                    let timeout = RedControl.isActive(.credentialsUnbounded) ? .seconds(3600) : timeout
                    #endif
                    try await Task.sleep(for: timeout)
                    return .timeOver
                }
                // The group waits for both tasks, so nothing of a question is left behind.
                defer { group.cancelAll() }
                guard case .token(let token)? = try await group.next() else {
                    throw AgentRuntimeError(.credentialsFailed, "The provider gave no token within \(timeout).")
                }
                return token
            }
        } catch let error as AgentRuntimeError where error.code == .credentialsFailed {
            throw error
        } catch {
            try Task.checkCancellation()
            throw AgentRuntimeError(.credentialsFailed, "The provider failed to give a token.", cause: error)
        }
    }

    /// Makes an attempt with the token; after status 401 makes another one, if the provider then gives another token.
    ///
    /// - Parameter attempt: The dial or call, with the token for it.
    /// - Returns: What the attempt returned.
    /// - Throws: The errors of ``token()`` and of the attempt.
    func withToken<Value>(_ attempt: (String?) async throws -> Value) async throws -> Value {
        let token = try await self.token()
        do {
            return try await attempt(token)
        } catch let error as AgentRuntimeError where error.code == .unauthorized && self.mayChange {
            #if RED_CONTROLS
            if RedControl.isActive(.credentialsAskedOnce) { throw error }
            #endif
            let next = try await self.token()
            #if RED_CONTROLS
            if RedControl.isActive(.sameTokenSentAgain) { return try await attempt(next) }
            #endif
            guard next != token else { throw error }
            return try await attempt(next)
        }
    }
}
