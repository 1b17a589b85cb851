@testable import RuntimeLifecycle

/// Every order in which requests, timers and ends of cycles can meet one lane.
struct LaneModel {
    /// What may happen, once each.
    enum Happening: Hashable, CaseIterable {
        case restart, restartToo, stop, delete, complaint, complaintToo
    }

    struct World: Hashable {
        var lane: Lane
        var left: Set<Happening>
        var now = Duration.zero
        var lastTicket: UInt64 = 0
        /// Who was not answered yet.
        var waiting: Set<LaneBatch.Ticket> = []
        /// Who asked while the running cycle ran: it must not answer them.
        var askedMeanwhile: Set<LaneBatch.Ticket> = []
        var running: LaneBatch?
        var hasTimer = false
        /// How often a cycle may still put a complaint off.
        var postponesLeft = 2
        /// In the red control: what the end of the cycle decided before it was written back.
        var stale: Lane?
        var fault: String?
    }

    /// Whether "again or idle" is decided in one critical section, as in production.
    let isAtomic: Bool

    /// Searches all worlds.
    ///
    /// - Returns: How many there are, and the first fault.
    func search(policy: RestartPolicy) -> (worlds: Int, fault: String?) {
        let start = World(lane: Lane(policy: policy), left: Set(Happening.allCases))
        var seen: Set<World> = [start]
        var open = [start]
        while let world = open.popLast() {
            let next = self.successors(world)
            if let fault = world.fault ?? self.loss(world, isLast: next.isEmpty) { return (seen.count, fault) }
            for world in next where seen.insert(world).inserted { open.append(world) }
        }
        return (seen.count, nil)
    }

    /// When nothing can happen any more, everyone has been answered.
    private func loss(_ world: World, isLast: Bool) -> String? {
        isLast && !world.waiting.isEmpty ? "lost requests \(world.waiting)" : nil
    }

    private func successors(_ world: World) -> [World] {
        var worlds = world.left.map { self.happen($0, world) }
        if world.running != nil { worlds += self.ends(world) }
        if world.hasTimer { worlds.append(self.timer(world)) }
        return worlds
    }

    private func happen(_ happening: Happening, _ world: World) -> World {
        var world = world
        world.left.remove(happening)
        world.lastTicket += 1
        let ticket = LaneBatch.Ticket(number: world.lastTicket)
        world.waiting.insert(ticket)
        if world.running != nil { world.askedMeanwhile.insert(ticket) }
        let effects: [Lane.Effect] =
            switch happening {
            case .restart, .restartToo: world.lane.request(LaneBatch(verb: .restart, tickets: [ticket]))
            case .stop: world.lane.request(LaneBatch(verb: .stop, tickets: [ticket]))
            case .delete: world.lane.request(LaneBatch(verb: .delete, tickets: [ticket]))
            case .complaint, .complaintToo:
                world.lane.complain(
                    LaneBatch(
                        verb: .restart,
                        tickets: [ticket],
                        complaint: .init(generation: 1, since: world.now)
                    ),
                    now: world.now
                )
            }
        self.perform(effects, &world)
        return world
    }

    private func timer(_ world: World) -> World {
        var world = world
        world.hasTimer = false
        world.now = max(world.now, world.lane.due ?? world.now)
        self.perform(world.lane.timerFired(now: world.now), &world)
        return world
    }

    private func ends(_ world: World) -> [World] {
        if !self.isAtomic && world.stale == nil {
            var world = world
            world.stale = world.lane
            return [world]
        }
        let isReactive = world.running?.complaint != nil && world.postponesLeft > 0
        return [self.end(world)] + (isReactive ? [self.putOff(world)] : [])
    }

    /// The cycle finds that the time of its complaints has not come: nobody is answered.
    private func putOff(_ world: World) -> World {
        var world = world
        if let stale = world.stale { world.lane = stale }
        world.postponesLeft -= 1
        (world.running, world.askedMeanwhile, world.stale) = (nil, [], nil)
        self.perform(world.lane.finished(.postponed(until: world.now + .seconds(5))), &world)
        return world
    }

    private func end(_ world: World) -> World {
        var world = world
        if let stale = world.stale { world.lane = stale }
        guard let batch = world.running else { return world }
        if !world.askedMeanwhile.isDisjoint(with: batch.tickets) {
            world.fault = "a cycle answered who asked after it began"
        }
        if !world.waiting.isSuperset(of: batch.tickets) { world.fault = "somebody is answered twice" }
        world.waiting.subtract(batch.tickets)
        (world.running, world.askedMeanwhile, world.stale) = (nil, [], nil)
        self.perform(world.lane.finished(.done), &world)
        return world
    }

    private func perform(_ effects: [Lane.Effect], _ world: inout World) {
        for effect in effects {
            switch effect {
            case .run(let batch):
                if world.running != nil { world.fault = "two cycles at once" }
                world.running = batch
                world.askedMeanwhile = []
            case .supersede(let tickets, _): world.waiting.subtract(tickets)
            case .setTimer: world.hasTimer = true
            case .cancelTimer: world.hasTimer = false
            }
        }
    }
}
