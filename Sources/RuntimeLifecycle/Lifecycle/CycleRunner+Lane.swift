extension CycleRunner {
    /// Runs the cycle of a batch; an error on the way to the lock is the result of the cycle.
    func run(_ batch: LaneBatch, on id: WorkspaceID, at place: GatePlace?) async -> CycleResult {
        do {
            return try await self.run(
                CycleRequest(batch.verb, onlyGeneration: batch.complaint?.generation),
                on: id,
                batch.command ?? RuntimeCommand([]),
                complainedAt: batch.complaint?.since,
                at: place
            )
        } catch let error as LifecycleError {
            return .failed(error)
        } catch {
            // Only a cancelled task ends up here, and nobody cancels the work of a lane.
            return .failed(LifecycleError(.gateTimeout, "The work on workspace \(id) was cancelled."))
        }
    }
}

extension CycleRunner {
    /// Publishes what a lane decided, as far as it is news.
    func announce(_ effect: Lane.Effect, of id: WorkspaceID) {
        switch effect {
        case .supersede(let tickets, let verb):
            for _ in tickets { self.publish(id, .restart, 0, .superseded, verb.rawValue) }
        case .setTimer(let due): self.publish(id, .restart, 0, .delayed, "\(max(.zero, due - self.clock.now))")
        case .run(let batch) where batch.tickets.count > 1:
            self.publish(id, batch.verb, 0, .merged, "\(batch.tickets.count) requests")
        case .run, .cancelTimer: break
        }
    }
}
