/// A test server that runs as long as a scope.
protocol ScopedServer: Sendable {
    /// Serves until it is stopped.
    func run() async
    /// Ends its work, and waits for the end.
    func stop() async
}

extension ScopedServer {
    /// Runs the server while `body` runs.
    func whileRunning(_ body: () async throws -> Void) async throws {
        async let running: Void = self.run()
        do {
            try await body()
        } catch {
            await self.stop()
            throw error
        }
        await self.stop()
        await running
    }
}
