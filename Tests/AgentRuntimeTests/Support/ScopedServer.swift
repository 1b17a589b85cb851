/// A server of a test that runs for the time of a scope.
protocol ScopedServer: Sendable {
    /// Serves until it was stopped.
    func run() async
    /// Ends what runs, and waits for it.
    func stop() async
}

extension ScopedServer {
    /// Runs the server for the time of `body`.
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
