import ConcurrencyPrimitives
import WebSocketProtocol
import WorkspaceProtocol

/// Runs the steps of a scenario on one connection.
struct ScenarioRunner: Sendable {
    let stream: StreamConnection
    let clock: any Clock<Duration>

    private var socket: MockSocket { self.stream.socket }

    /// Runs the steps; returns when they are done, the connection has ended, or the task is cancelled.
    func run(_ steps: [ScenarioStep]) async {
        var commands: [WorkspaceMessageType: Int] = [:]
        // An error means that the connection has ended or the server stops. Both are expected.
        try? await self.run(steps, commands: &commands)
    }

    /// Runs the steps in order; `commands` counts the commands of each type that the steps have waited for.
    private func run(_ steps: [ScenarioStep], commands: inout [WorkspaceMessageType: Int]) async throws {
        for step in steps {
            try Task.checkCancellation()
            try await self.perform(step, commands: &commands)
        }
    }

    private func perform(_ step: ScenarioStep, commands: inout [WorkspaceMessageType: Int]) async throws {
        switch step {
        case .send(let events, let rate, let count): try await self.send(events, rate: rate, repeat: count)
        case .generate(let events): try await self.generate(events)
        case .wait(let duration): try await self.clock.sleep(for: duration)
        case .waitForCommand(let type): try await self.waitForCommand(type, commands: &commands)
        case .close(let code, let reason): try await self.end { await self.socket.close(code, reason: reason) }
        case .cut: try await self.end { self.socket.abort() }
        case .stall(let duration): try await self.stall(duration)
        case .garbage(let bytes): self.socket.sendRaw(bytes)
        case .splitFrame(let event, let index, let pause): try await self.split(event, at: index, pause: pause)
        case .fragment(let event, let size): try await self.fragment(event, size: size)
        case .ping(let payload): try await self.ping(payload)
        case .loop(let steps, let count): try await self.loop(steps, count: count, commands: &commands)
        case .holdUpgrade, .refuseUpgrade, .dropUpgrade, .skipAttach: break
        }
    }

    /// Ends the connection and the scenario.
    private func end(_ action: () async -> Void) async throws {
        await action()
        _ = await self.socket.closed.wait()
        throw CancellationError()
    }

    private func loop(
        _ steps: [ScenarioStep],
        count: Int?,
        commands: inout [WorkspaceMessageType: Int]
    ) async throws {
        for _ in 0..<(count ?? .max) {
            try await self.run(steps, commands: &commands)
            // A loop whose steps never wait must not keep a thread of the pool.
            await Task.yield()
        }
    }

    private func waitForCommand(
        _ type: WorkspaceMessageType,
        commands: inout [WorkspaceMessageType: Int]
    ) async throws {
        commands[type, default: 0] += 1
        let count = commands[type, default: 0]
        try await self.stream.commands.wait { $0[type, default: 0] >= count }
    }

    // MARK: Events

    private func send(_ events: [WorkspaceEvent], rate: Double?, repeat count: Int) async throws {
        guard !events.isEmpty else { return }
        let (total, hasOverflown) = events.count.multipliedReportingOverflow(by: count)
        try await Pace(rate: rate, count: hasOverflown ? .max : total, atOnce: 64).run(self.clock) { range in
            for index in range { try await self.stream.send(events[index % events.count].stamped) }
        }
    }

    private func generate(_ events: GeneratedEvents) async throws {
        guard events.rate == nil, self.stream.faults.lostMessages.isEmpty else {
            return try await self.generateOneByOne(events)
        }
        let cycle = FrameCycle(events, style: self.stream.style)
        try await Pace(rate: nil, count: events.count ?? .max, atOnce: cycle.messagesAtOnce).run(self.clock) {
            for burst in cycle.bursts($0) { try await self.stream.send(burst) }
        }
    }

    /// Slower, but each event is counted and kept.
    private func generateOneByOne(_ events: GeneratedEvents) async throws {
        let list = FrameCycle.events(events)
        try await Pace(rate: events.rate, count: events.count ?? .max, atOnce: 64).run(self.clock) { range in
            for index in range { try await self.stream.send(list[index % list.count]) }
        }
    }

    // MARK: Faults

    private func stall(_ duration: Duration?) async throws {
        self.stream.holdOutput()
        self.socket.pauseReading()
        guard let duration else {
            _ = try await self.socket.closed.waitUnlessCancelled()
            return
        }
        try await self.clock.sleep(for: duration)
        self.socket.resumeReading()
        self.stream.releaseOutput()
    }

    private func split(_ event: WorkspaceEvent, at index: Int, pause: Duration) async throws {
        var block = FrameBlock()
        self.stream.observe(event.stamped)
        block.append(event.stamped, style: self.stream.style)
        let index = min(index, block.bytes.count - 1)
        self.stream.holdOutput()
        self.socket.sendRaw(Array(block.bytes[..<index]))
        try await self.clock.sleep(for: pause)
        self.socket.sendRaw(Array(block.bytes[index...]))
        self.stream.releaseOutput()
    }

    private func fragment(_ event: WorkspaceEvent, size: Int) async throws {
        var block = FrameBlock()
        self.stream.observe(event.stamped)
        block.appendFragments(WorkspaceEventEncoder().encode(event.stamped), size: size)
        try await self.stream.send(block.bytes)
    }

    private func ping(_ payload: [UInt8]) async throws {
        var block = FrameBlock()
        block.append(.ping, payload)
        try await self.stream.send(block.bytes)
    }
}
