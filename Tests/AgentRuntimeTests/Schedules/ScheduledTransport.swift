import AgentRuntime
import ConcurrencyPrimitives
import TestSupport
import WebSocketTransport

/// A runtime in memory; the result of a dial is an event of the schedule.
final class ScheduledTransport: RuntimeTransport {
    private let schedule: Schedule

    init(schedule: Schedule) { self.schedule = schedule }

    func dial(_ target: StreamTarget) throws -> any RuntimeDial { ScheduledDial(schedule: self.schedule) }
}

/// A dial that connects, fails or hangs; the seed decides. If it is told to end, it usually ends, but sometimes
/// connects.
final class ScheduledDial: RuntimeDial {
    private let schedule: Schedule
    private let result = Promise<Result<ScheduledConnection, any Error>>()
    private let isTold = Locked(false)

    init(schedule: Schedule) { self.schedule = schedule }

    func connect() async throws -> any RuntimeConnection {
        self.schedule.dialBegins()
        let fate = self.schedule.executor.draw(below: 8)
        if fate > 0 {
            self.schedule.post("a dial \(fate == 1 ? "fails" : "connects")") {
                self.end(fate == 1 ? ScriptedError.dialFailed : nil)
            }
        }
        let result = await withTaskCancellationHandler {
            await self.result.wait()
        } onCancel: {
            self.cancel()
        }
        self.schedule.dialEnds(try? result.get())
        return try result.get()
    }

    func cancel() {
        let isFirst = self.isTold.withLock { isTold in
            defer { isTold = true }
            return !isTold
        }
        guard isFirst else { return }
        let connects = self.schedule.executor.draw(below: 4) == 0
        self.schedule.post("a dial that was told to end \(connects ? "connects" : "ends")") {
            if connects { self.end(nil) } else { self.result.resolve(.failure(CancellationError())) }
        }
    }

    /// - Parameter error: The reason of the failure, or nil if it connects.
    private func end(_ error: (any Error)?) {
        guard self.result.value == nil else { return }
        self.result.resolve(error.map { .failure($0) } ?? .success(self.schedule.connect()))
    }
}
