#if canImport(Glibc)
internal import Glibc
#elseif canImport(Darwin)
internal import Darwin
#endif

/// The mutants: protections that one build can do without, chosen when it runs.
///
/// Compiled only for `make red-controls`; `controls.txt` says which tests must fail for each.
package enum RedControl: String, Sendable {
    // What keeps two runtimes of a workspace apart.
    case gateOff = "gate-off"
    case startLockOff = "start-lock-off"
    case lifeLockOff = "life-lock-off"
    case inspectionOff = "inspection-off"
    case onePlaceForAll = "one-place-for-all"

    // The gate and the lock themselves.
    case gateServesLastFirst = "gate-serves-last-first"
    case gateWaiterStays = "gate-waiter-stays"
    case startLockNotUnlocked = "start-lock-not-unlocked"
    case lifeLockNotUnlocked = "life-lock-not-unlocked"
    case ownershipNotChecked = "ownership-not-checked"
    case lifeLockOwnerNotChecked = "life-lock-owner-not-checked"

    // What a cycle does before what.
    case generationNotRaised = "generation-not-raised"
    case startWithoutTombstone = "start-without-tombstone"
    case commitBeforeRecord = "commit-before-record"
    case stopWithoutTombstone = "stop-without-tombstone"
    case commandNotChecked = "command-not-checked"
    case lateFailureBelieved = "late-failure-believed"
    case leftoversStay = "leftovers-stay"

    // Who somebody is.
    case identityNotChecked = "identity-not-checked"
    case reportNotChecked = "report-not-checked"
    case bootNotChecked = "boot-not-checked"
    case startTimeNotChecked = "start-time-not-checked"

    // What is on disk.
    case journalNotSynced = "journal-not-synced"
    case journalRenameNotSynced = "journal-rename-not-synced"
    case newDirectoryNotSynced = "new-directory-not-synced"
    case checksumNotChecked = "checksum-not-checked"
    case lostRecordIsNone = "lost-record-is-none"
    case copyNotNoticed = "copy-not-noticed"
    case corruptRecordIsNone = "corrupt-record-is-none"

    // The lane, and the work of those who left.
    case laneRequestLost = "lane-request-lost"
    case laneRunsAtOnce = "lane-runs-at-once"
    case complaintUndoesStop = "complaint-undoes-stop"
    case staleComplaintBelieved = "stale-complaint-believed"
    case settlePeriodIgnored = "settle-period-ignored"
    case budgetForgotten = "budget-forgotten"
    case drainReturnsAtOnce = "drain-returns-at-once"
    case workEndsWithItsCaller = "work-ends-with-its-caller"

    // How a runtime ends.
    case sigtermNotSent = "sigterm-not-sent"
    case leaderAloneAsked = "leader-alone-asked"
    case membersForgotten = "members-forgotten"
    case secondLookLeftOut = "second-look-left-out"
    case nonceSearchLeftOut = "nonce-search-left-out"
    case holdersKilledAtFirstSight = "holders-killed-at-first-sight"
    case openersAreHolders = "openers-are-holders"
    case insideNotRefused = "inside-not-refused"
    case groupKillOfOne = "group-kill-of-one"

    // How a runtime begins; those of the stub are in C.
    case logNotEmptied = "log-not-emptied"
    case stubSignalsNotReset = "stub-signals-not-reset"
    case stubKeepsDescriptors = "stub-keeps-descriptors"
    case stubDoesNotWait = "stub-does-not-wait"
    case stubKeepsSession = "stub-keeps-session"
    case stubSetsUmask = "stub-sets-umask"

    // Patience, order, and a disk without room.
    case reserveNotUsed = "reserve-not-used"
    case roomNotChecked = "room-not-checked"
    case fullLogStays = "full-log-stays"
    case unrecordedStopEndsNothing = "unrecorded-stop-ends-nothing"
    case lanePlaceTakenLate = "lane-place-taken-late"
    case gatePlaceTakenLate = "gate-place-taken-late"
    case probeLimitFixed = "probe-limit-fixed"
    case unusableEndpointAwaited = "unusable-endpoint-awaited"
    case endNotSaid = "end-not-said"
    case graceNotAnOption = "grace-not-an-option"
    case adoptionLimitNotAnOption = "adoption-limit-not-an-option"

    // A command among others: its descriptors, its signals, its words, its exit code.
    case outputPatienceEndless = "output-patience-endless"
    case readerLeftUnnoticed = "reader-left-unnoticed"
    case closedDescriptorsStay = "closed-descriptors-stay"
    case everySignalImpatient = "every-signal-impatient"
    case ignoredSignalTaken = "ignored-signal-taken"
    case hangUpNotTaken = "hang-up-not-taken"
    case textNotEscaped = "text-not-escaped"
    case secretsShown = "secrets-shown"
    case refusalsAlike = "refusals-alike"
    case queryIsAPath = "query-is-a-path"

    // The close barrier of a client, and the memory that threads share.
    case publishBeforeRegister = "publish-before-register"
    case registerInTheTask = "register-in-the-task"
    case noRecheckAfterDial = "no-recheck-after-dial"
    case identityCheckDropped = "identity-check-dropped"
    case slotClearedEarly = "slot-cleared-early"
    case closeWithoutWait = "close-without-wait"
    case dialNotAwaited = "dial-not-awaited"
    case writerExitIgnored = "writer-exit-ignored"
    case resumeUnderTheLock = "resume-under-the-lock"
    case secondWaiterLost = "second-waiter-lost"
    case blockTakenTwice = "block-taken-twice"

    /// Those that the environment variable `WSSTREAM_RED_CONTROL` names, several with `+` between them.
    private static let chosen: Set<RedControl> = {
        guard let text = getenv("WSSTREAM_RED_CONTROL") else { return [] }
        let names = String(cString: text).split(separator: "+").map { String($0) }
        return Set(
            names.map { name in
                guard let control = RedControl(rawValue: name) else { fatalError("No mutant is called \(name).") }
                return control
            }
        )
    }()

    /// Whether this protection is removed in this process.
    package static func isActive(_ control: RedControl) -> Bool { self.chosen.contains(control) }
}
