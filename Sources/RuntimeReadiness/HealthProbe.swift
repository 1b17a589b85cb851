import AgentRuntime
public import RuntimeLifecycle
import WebSocketProtocol
import WebSocketTransport

/// Reads `generation` and `nonce` from the JSON of `GET /health`, over plain HTTP/1.1.
///
/// ```swift
/// var configuration = LifecycleConfiguration(root: "/var/lib/workspaces")
/// configuration.probe = HealthProbe()
/// ```
///
/// It asks with the control connections of `AgentRuntime`, on the event loops of SwiftNIO: no thread waits for an
/// answer. Each request has its own connection, which is closed before ``identity(at:within:)`` returns.
public struct HealthProbe: ReadinessProbe {
    /// The path of the health resource, percent-encoded and with a slash at its start, `/health` by default.
    public var path = "/health"

    /// The largest body of an answer in bytes; a larger one has no identity.
    private static let sizeLimit = 65_536

    /// Creates a probe of `/health`.
    public init() {}

    /// Why this probe can't ask an endpoint: it is not `http`, its host is neither an address nor `localhost`, or
    /// ``path`` is not a path.
    ///
    /// - Parameter endpoint: The endpoint as it was given or reported.
    /// - Returns: The reason in words, or `nil` if the endpoint can be asked.
    public func reasonNotToAsk(_ endpoint: String) -> String? {
        let urls: [String]
        do throws(ProbeEndpoint.Refusal) { urls = try ProbeEndpoint.parse(endpoint).urls } catch { return error.reason }
        for url in urls {
            do throws(AgentRuntimeError) { _ = try RuntimeEndpoint(url).url(path: self.path) } catch {
                return "there is no URL for it and the path \(self.path.debugDescription): \(error.message)"
            }
        }
        return nil
    }

    /// Asks once; for `localhost` it asks both loopback addresses at the same time.
    ///
    /// - Parameters:
    ///   - endpoint: The endpoint, as `http://ADDRESS:PORT`.
    ///   - limit: How long to wait for the whole answer, with the connection.
    /// - Returns: The identity in the answer, or `nil`: nothing listens, the status is not 200, or the body is not a
    ///   JSON object with both members. A cancelled task gets `nil` soon.
    public func identity(at endpoint: String, within limit: Duration) async -> RuntimeIdentity? {
        guard limit > .zero, let endpoint = try? ProbeEndpoint.parse(endpoint) else { return nil }
        return await withTaskGroup(of: RuntimeIdentity?.self) { requests in
            for url in endpoint.urls {
                requests.addTask { await self.ask(url, within: limit) }
            }
            for await answer in requests {
                guard let answer else { continue }
                requests.cancelAll()
                return answer
            }
            return nil
        }
    }

    private func ask(_ url: String, within limit: Duration) async -> RuntimeIdentity? {
        var configuration = AgentRuntimeConfiguration()
        // A slow runtime may be healthy, so one limit counts for everything.
        configuration.connectTimeout = limit
        configuration.connection.limits.maximumMessageBytes = Self.sizeLimit
        guard let endpoint = try? RuntimeEndpoint(url),
            let client = try? ControlPortClient(endpoint: endpoint, configuration: configuration)
        else { return nil }
        let answer = try? await client.resource(self.path, timeout: limit)
        // A runtime that serves one connection after the other must not wait for one that we only keep.
        await client.close()
        guard let answer, answer.status == 200 else { return nil }
        return HealthAnswer.identity(in: answer.body)
    }
}
