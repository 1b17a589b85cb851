internal import Glibc

#if RED_CONTROLS
internal import RedControls
#endif

/// Ends a runtime and all processes it has started; it returns only when all of them have ended.
///
/// Each look searches for the processes again (``RuntimeSearch``), because a process can fork during a look. Each
/// process is opened and checked before it is signalled. Times are those of the system's clock and not of the injected
/// clock, because real processes do not follow a test clock.
struct RuntimeEnder: Sendable {
    let search: RuntimeSearch
    let lifeLock: LifeLock
    /// The time between SIGTERM and SIGKILL.
    let gracePeriod: Duration
    /// The time after the kill in which everything must end.
    let killTimeout: Duration

    /// How long the search waits for a process that is between two programs.
    private static let uncertaintyLimit = Duration.milliseconds(500)

    /// What is known about the processes, from look to look.
    private struct Known: Sendable {
        /// Processes that shared the session or group of the live leader, and all others that are proven to belong.
        var proven: Set<ProcessIdentity> = []
        /// The holders of the life lock at the last look.
        var holders: Set<ProcessIdentity> = []
        var asked: Set<ProcessIdentity> = []
    }

    /// The processes that are left at one look.
    private struct Rest: Sendable {
        /// Processes that may be signalled.
        var certain: Set<ProcessIdentity>
        /// All processes that were seen.
        var seen: Set<ProcessIdentity>
        var isHeld: Bool
        var isUncertain: Bool

        var isNothing: Bool { self.seen.isEmpty && !self.isHeld }
    }

    /// Sends SIGTERM to all processes, waits for the grace period, and kills the rest.
    ///
    /// - Parameter requested: Called after the first SIGTERM.
    /// - Returns: The processes that were ended.
    /// - Throws: ``LifecycleError`` with `processSurvived` and the numbers.
    func end(requested: @Sendable () -> Void) async throws(LifecycleError) -> Set<ProcessIdentity> {
        var known = Known()
        try await self.ask(&known, requested)
        try await self.kill(&known)
        return known.proven.union(known.asked)
    }

    /// Asks every process and gives it time; the runtime may be behind a shell or package manager that forwards no
    /// signal.
    private func ask(_ known: inout Known, _ requested: @Sendable () -> Void) async throws(LifecycleError) {
        let deadline = SystemClock.now + self.gracePeriod
        var isFirst = true
        repeat {
            let rest = try await self.look(&known)
            await self.signal(SIGTERM, rest.certain.subtracting(known.asked))
            known.asked.formUnion(rest.certain)
            if isFirst { requested() }
            isFirst = false
            // Nothing was seen that we could wait for.
            guard !rest.seen.isEmpty else { return }
            if rest.certain.isEmpty { await self.pause() }
            for identity in rest.certain {
                guard let handle = ProcessHandle.open(identity) else { continue }
                _ = await handle.waitForEnd(until: deadline)
            }
        } while SystemClock.now < deadline
    }

    /// Kills the rest until nothing is left, or until the limit.
    private func kill(_ known: inout Known) async throws(LifecycleError) {
        let (began, deadline) = (SystemClock.now, SystemClock.now + self.killTimeout)
        // Look again while the leader lives: newer processes share its session, and later nothing shows that they
        // belong.
        #if RED_CONTROLS
        if !RedControl.isActive(.secondLookLeftOut) { _ = try await self.look(&known) }
        #else
        _ = try await self.look(&known)
        #endif
        self.killGroup()
        // A chain of forks may escape one pass through the list of processes, but hardly two.
        var emptyLooks = 0
        while emptyLooks < 2 {
            let rest = try await self.look(&known)
            let mustWait = rest.isUncertain && SystemClock.now < began + Self.uncertaintyLimit
            emptyLooks = rest.isNothing && !mustWait ? emptyLooks + 1 : 0
            if rest.isNothing && !mustWait { continue }
            guard SystemClock.now < deadline else { throw self.survived(rest.seen) }
            await self.signal(SIGKILL, rest.certain)
            // We can't wait for the end of a process that is not our child. The pause also keeps a cancelled task from
            // spinning.
            await self.pause()
        }
    }

    /// Kills the whole group at once, so that no process can fork while another one is killed.
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

    /// Waits between two looks at the process table; the kernel does not report the new children of other processes.
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
            // Check this before the look: a process that releases the lock during the look has ended, too.
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
            After \(self.killTimeout) something still lives or holds \(self.lifeLock.path)\
            \(list.isEmpty ? "" : " (processes \(list))"). End it by hand and try again.
            """
        )
    }
}
