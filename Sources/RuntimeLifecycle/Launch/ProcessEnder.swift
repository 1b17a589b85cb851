internal import Glibc

#if RED_CONTROLS
internal import RedControls
#endif

/// Ends a runtime with everything it started, and does not return before that is certain.
///
/// What belongs to it is found anew with each look (``RuntimeSearch``): a process can fork while one looks. Each is
/// opened and checked before it is signalled. Times are the kernel's own, not the injected clock's: processes do not
/// wait for that one.
struct ProcessEnder: Sendable {
    let search: RuntimeSearch
    let lifeLock: LifeLock
    /// Time between the request to end and the kill.
    let gracePeriod: Duration
    /// Time after the kill in which everything must be gone.
    let killLimit: Duration

    /// How long a process may be between two programs and hold up the search.
    private static let uncertaintyLimit = Duration.milliseconds(500)

    /// What is known of the processes, from look to look.
    private struct Known: Sendable {
        /// What shared session or group with the leader while that provably lived, and whatever else was proven.
        var proven: Set<ProcessIdentity> = []
        /// Who held the life lock at the last look.
        var holders: Set<ProcessIdentity> = []
        var asked: Set<ProcessIdentity> = []
    }

    /// What is left at a look.
    private struct Rest: Sendable {
        /// What may be signalled.
        var certain: Set<ProcessIdentity>
        /// All that could be seen.
        var seen: Set<ProcessIdentity>
        var isHeld: Bool
        var isUncertain: Bool

        var isNothing: Bool { self.seen.isEmpty && !self.isHeld }
    }

    /// Asks everything with SIGTERM, waits for the grace period, and kills what is left.
    ///
    /// - Parameter requested: Called after the asking.
    /// - Returns: What was ended.
    /// - Throws: ``LifecycleError`` with `processSurvived` and the numbers.
    func end(requested: @Sendable () -> Void) async throws(LifecycleError) -> Set<ProcessIdentity> {
        var known = Known()
        try await self.ask(&known, requested)
        try await self.kill(&known)
        return known.proven.union(known.asked)
    }

    /// The runtime may be behind a shell or a package manager that passes no signal on: everybody is asked, and has time.
    private func ask(_ known: inout Known, _ requested: @Sendable () -> Void) async throws(LifecycleError) {
        let deadline = SystemClock.now + self.gracePeriod
        var isFirst = true
        repeat {
            let rest = try await self.look(&known)
            await self.signal(SIGTERM, rest.certain.subtracting(known.asked))
            known.asked.formUnion(rest.certain)
            if isFirst { requested() }
            isFirst = false
            // Nothing, or nothing that we could wait for.
            guard !rest.seen.isEmpty else { return }
            if rest.certain.isEmpty { await self.pause() }
            for identity in rest.certain {
                guard let handle = ProcessHandle.open(identity) else { continue }
                _ = await handle.waitForEnd(until: deadline)
            }
        } while SystemClock.now < deadline
    }

    /// Kills what is left until nothing is, or the limit has passed.
    private func kill(_ known: inout Known) async throws(LifecycleError) {
        let (began, deadline) = (SystemClock.now, SystemClock.now + self.killLimit)
        // Once more while the leader lives: who came after the asking shares its session, and later nothing would tell.
        #if RED_CONTROLS
        if !RedControl.isActive(.secondLookLeftOut) { _ = try await self.look(&known) }
        #else
        _ = try await self.look(&known)
        #endif
        self.killGroup()
        // A chain of forks can run ahead of one pass through the list of processes, hardly ahead of two.
        var emptyLooks = 0
        while emptyLooks < 2 {
            let rest = try await self.look(&known)
            let mustWait = rest.isUncertain && SystemClock.now < began + Self.uncertaintyLimit
            emptyLooks = rest.isNothing && !mustWait ? emptyLooks + 1 : 0
            if rest.isNothing && !mustWait { continue }
            guard SystemClock.now < deadline else { throw self.survived(rest.seen) }
            await self.signal(SIGKILL, rest.certain)
            // The end of a process has no event we could wait for when it isn't ours; a cancelled task must not spin.
            await self.pause()
        }
    }

    /// All at once, so that none can fork while another one is killed.
    private func killGroup() {
        guard let child = self.search.record.child else { return }
        ProcessHandle.open(child)?.signal(SIGKILL, group: true)
    }

    private func signal(_ signal: Int32, _ processes: Set<ProcessIdentity>) async {
        #if RED_CONTROLS
        if signal == SIGTERM && RedControl.isActive(.sigtermNotSent) { return }
        let processes =
            signal == SIGTERM && RedControl.isActive(.leaderAloneAsked)
            ? processes.filter { $0 == self.search.record.child } : processes
        #endif
        await BlockingThread.run {
            for identity in processes { ProcessHandle.open(identity)?.signal(signal) }
        }
    }

    /// Between two looks at the process table: the kernel tells nobody when a process that is no child has a new one.
    private func pause() async {
        _ = await BlockingThread.run { usleep(2000) }
    }

    private func look(_ known: inout Known) async throws(LifecycleError) -> Rest {
        #if RED_CONTROLS
        if RedControl.isActive(.membersForgotten) { known.proven = [] }
        #endif
        let (search, lifeLock, before) = (self.search, self.lifeLock, known)
        let (found, alive, isHeld) = try await BlockingThread.attempt {
            () throws(LifecycleError) -> (RuntimeSearch.Findings, Set<ProcessIdentity>, Bool) in
            // Before the look: who lets go of the lock during it is gone, too.
            let isHeld = try lifeLock.isHeld()
            let found = search.look()
            return (found, before.proven.filter { ProcessTable.isAlive($0) }, isHeld)
        }
        #if RED_CONTROLS
        if RedControl.isActive(.holdersKilledAtFirstSight) { known.holders = found.holders }
        #endif
        let certain = alive.union(found.proven).union(isHeld ? found.holders.intersection(known.holders) : [])
        (known.proven, known.holders) = (known.proven.union(certain), found.holders)
        return Rest(
            certain: certain,
            seen: certain.union(isHeld ? found.holders : []),
            isHeld: isHeld,
            isUncertain: found.isUncertain
        )
    }

    private func survived(_ processes: Set<ProcessIdentity>) -> LifecycleError {
        let list = processes.map { String($0.pid) }.sorted().joined(separator: ", ")
        return LifecycleError(
            .processSurvived,
            """
            After \(self.killLimit) something still lives or holds \(self.lifeLock.path)\
            \(list.isEmpty ? "" : " (processes \(list))"). End it by hand and try again.
            """
        )
    }
}
