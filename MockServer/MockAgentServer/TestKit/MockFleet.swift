import ConcurrencyPrimitives

/// Many runtimes in one process, each with its own port and instance id: `runtime-0`, `runtime-1` and so on.
///
/// A quiet one is a listening socket and two tasks, so hundreds start in a fraction of a second. Each runtime needs one
/// descriptor, and two more for each connection of a client in the same process.
public final class MockFleet: Sendable {
    typealias Configure = @Sendable (Int, inout MockServerConfiguration) -> Void

    private struct State {
        var runtimes: [MockRuntime] = []
        /// The number for the next one.
        var next = 0
        var isEnded = false
    }

    private let state = Locked(State())
    private let configure: Configure

    private init(_ configure: @escaping Configure) { self.configure = configure }

    /// Starts a fleet; prefer ``withMockFleet(count:configure:_:)``, which always ends it.
    ///
    /// - Parameters:
    ///   - count: The number of runtimes.
    ///   - configure: Changes the configuration of each by its number, from 0 on; the instance id is set already.
    /// - Returns: The fleet; all its runtimes listen. Call ``end()``.
    /// - Throws: The errors of ``MockServer/start(_:)``; then nothing is left.
    public static func start(
        count: Int,
        configure: @escaping @Sendable (Int, inout MockServerConfiguration) -> Void = { _, _ in }
    ) async throws -> MockFleet {
        let fleet = MockFleet(configure)
        do {
            for _ in 0..<max(0, count) { try await fleet.add() }
        } catch {
            await fleet.end()
            throw error
        }
        return fleet
    }

    /// The runtimes, in the order of their numbers, without those that were removed.
    public var runtimes: [MockRuntime] { self.state.withLock { $0.runtimes } }

    /// The runtime at a position of ``runtimes``.
    public subscript(position: Int) -> MockRuntime { self.runtimes[position] }

    /// The runtime with an instance id now; nil if there is none.
    ///
    /// - Parameter instanceID: The id.
    /// - Returns: The runtime.
    public func runtime(_ instanceID: String) -> MockRuntime? {
        self.runtimes.first { $0.address.instanceID == instanceID }
    }

    /// Starts one more runtime.
    ///
    /// - Returns: The runtime, which already listens.
    /// - Throws: The errors of ``MockServer/start(_:)``.
    @discardableResult
    public func add() async throws -> MockRuntime {
        let number = self.state.withLock { state in
            state.next += 1
            return state.next - 1
        }
        var configuration = MockServerConfiguration()
        configuration.instanceID = "runtime-\(number)"
        self.configure(number, &configuration)
        let runtime = try await MockRuntime.start(configuration)
        let isEnded = self.state.withLock { state in
            if !state.isEnded { state.runtimes.append(runtime) }
            return state.isEnded
        }
        if isEnded {
            await runtime.end()
            throw MockServerError(.stopped, "The fleet was ended while a runtime was being added.")
        }
        return runtime
    }

    /// Ends a runtime for good; its port refuses connections when this returns.
    ///
    /// - Parameter runtime: One of ``runtimes``; another one is only ended.
    public func remove(_ runtime: MockRuntime) async {
        self.state.withLock { $0.runtimes.removeAll { $0 === runtime } }
        await runtime.end()
    }

    /// Ends the socket of every connection of every runtime, without a Close frame.
    public func abortAll() { for runtime in self.runtimes { runtime.abort() } }

    /// Stalls every runtime; see ``MockRuntime/stall()``.
    public func stallAll() { for runtime in self.runtimes { runtime.stall() } }

    /// Ends ``stallAll()``.
    public func resumeAll() { for runtime in self.runtimes { runtime.resume() } }

    /// The number of workspace streams that are attached to all runtimes together.
    public var connectionCount: Int { self.runtimes.reduce(0) { $0 + $1.server.connectionCount } }

    /// Waits until each runtime has exactly this number of workspace streams.
    ///
    /// - Parameters:
    ///   - count: The number of streams of each.
    ///   - limit: The limit for all together, in real time. Default: 30 s.
    /// - Throws: ``MockServerError`` with `timedOut`, which names the first runtime that has another number, or
    ///   `stopped`; `CancellationError`.
    public func expect(connections count: Int, within limit: Duration = .seconds(30)) async throws {
        let deadline = ContinuousClock.now + limit
        for runtime in self.runtimes {
            do {
                try await runtime.expect(connections: count, within: max(.zero, deadline - .now))
            } catch let error as MockServerError where error.code == .timedOut {
                let id = runtime.address.instanceID
                throw MockServerError(.timedOut, "\(id): \(error.message) All: \(self.connectionCount).", cause: error)
            }
        }
    }

    /// Ends all runtimes at the same time; nothing of them is left when the call returns.
    public func end() async {
        let runtimes = self.state.withLock { state in
            defer { (state.runtimes, state.isEnded) = ([], true) }
            return state.runtimes
        }
        await withDiscardingTaskGroup { group in
            for runtime in runtimes { group.addTask { await runtime.end() } }
        }
    }
}

/// Runs `body` with many runtimes, and ends them before it returns.
///
/// ```swift
/// try await withMockFleet(count: 300) { fleet in
///     // The manager under test follows fleet.runtimes.map(\.address). Then:
///     fleet[7].abort()
///     try await fleet[8].replace(instanceID: "another")
///     try await fleet.expect(connections: 1)
/// }
/// ```
///
/// - Parameters:
///   - count: The number of runtimes.
///   - configure: Changes the configuration of each by its number, from 0 on; the instance id is set already.
///   - body: Uses the fleet. It must not let the fleet escape.
/// - Returns: The value of `body`.
/// - Throws: The errors of ``MockServer/start(_:)``, or the error of `body`, unchanged.
public func withMockFleet<Value>(
    count: Int,
    configure: @escaping @Sendable (Int, inout MockServerConfiguration) -> Void = { _, _ in },
    _ body: (MockFleet) async throws -> Value
) async throws -> Value {
    let fleet = try await MockFleet.start(count: count, configure: configure)
    do {
        let value = try await body(fleet)
        await fleet.end()
        return value
    } catch {
        await fleet.end()
        throw error
    }
}
