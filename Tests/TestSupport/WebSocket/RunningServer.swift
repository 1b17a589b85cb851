package import WebSocketTransport

/// Runs a server while `body` runs, then shuts it down and waits for its end.
///
/// - Parameters:
///   - server: The server.
///   - handle: Handles each request.
///   - body: Uses the server.
package func withServer(
    _ server: WebSocketServer,
    _ handle: @escaping @Sendable (ServerRequest) async -> Void,
    _ body: () async throws -> Void
) async throws {
    async let running: Void = server.run(handle)
    let result: Result<Void, any Error>
    do { result = .success(try await body()) } catch { result = .failure(error) }
    await server.close()
    await running
    try result.get()
}
