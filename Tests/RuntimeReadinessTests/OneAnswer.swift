import RuntimeLifecycle
import RuntimeReadiness
import TestSupport

/// A server that gets one health request and answers with bytes that a test chooses.
enum OneAnswer {
    /// What happens to the connection after the bytes.
    enum Ending { case isKept, isEnded }

    /// The body of an answer with an identity, and this identity.
    static let body = "{\"nonce\":\"a\",\"generation\":2}"
    static let expected = RuntimeIdentity(generation: 2, nonce: "a")

    /// Asks a server that sends these bytes, each part with a write of its own.
    ///
    /// - Returns: What the probe has read; the connection has ended by then.
    static func identity(
        in parts: [String],
        connection ending: Ending,
        within limit: Duration = .seconds(20)
    ) async throws -> RuntimeIdentity? {
        let server = try await RawServer.start()
        async let answer = HealthProbe().identity(at: "http://127.0.0.1:\(server.port)", within: limit)
        let peer = try await server.peer()
        try await eventually("the request") { peer.received.suffix(4) == Array("\r\n\r\n".utf8) }
        // The probe may have seen enough, and have closed the connection.
        for part in parts { try? await peer.send(Array(part.utf8)) }
        if ending == .isEnded { await peer.endOutput() }
        let identity = await answer
        try await eventually("the end of the connection") { peer.isInputEnded }
        await server.close()
        return identity
    }
}
