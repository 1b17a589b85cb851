#if canImport(Glibc)
internal import Glibc
#elseif canImport(Darwin)
internal import Darwin
#endif

/// The mutants: protections that can be removed when a process of this build runs.
///
/// Compiled only for `make red-controls`; `controls.txt` lists the tests that must fail for each.
package enum RedControl: String, Sendable {
    // The protections that prevent two runtimes of a workspace.
    case gateOff = "gate-off"
    case startLockOff = "start-lock-off"
    case lifeLockOff = "life-lock-off"
    case inspectionOff = "inspection-off"
    case onePlaceForAll = "one-place-for-all"

    // The gate and the locks.
    case gateServesLastFirst = "gate-serves-last-first"
    case gateWaiterStays = "gate-waiter-stays"
    case startLockNotUnlocked = "start-lock-not-unlocked"
    case lifeLockNotUnlocked = "life-lock-not-unlocked"
    case ownershipNotChecked = "ownership-not-checked"
    case lifeLockOwnerNotChecked = "life-lock-owner-not-checked"

    // The order of the steps of a cycle.
    case generationNotRaised = "generation-not-raised"
    case startWithoutTombstone = "start-without-tombstone"
    case commitBeforeRecord = "commit-before-record"
    case stopWithoutTombstone = "stop-without-tombstone"
    case commandNotChecked = "command-not-checked"
    case lateFailureBelieved = "late-failure-believed"
    case leftoversStay = "leftovers-stay"

    // Checks of identity.
    case identityNotChecked = "identity-not-checked"
    case reportNotChecked = "report-not-checked"
    case bootNotChecked = "boot-not-checked"
    case startTimeNotChecked = "start-time-not-checked"

    // The files on disk.
    case journalNotSynced = "journal-not-synced"
    case journalRenameNotSynced = "journal-rename-not-synced"
    case newDirectoryNotSynced = "new-directory-not-synced"
    case checksumNotChecked = "checksum-not-checked"
    case lostRecordIsNone = "lost-record-is-none"
    case copyNotNoticed = "copy-not-noticed"
    case corruptRecordIsNone = "corrupt-record-is-none"

    // The lane, and the work of callers that have left.
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

    // How a runtime begins; the mutants of the stub are in C.
    case logNotEmptied = "log-not-emptied"
    case stubSignalsNotReset = "stub-signals-not-reset"
    case stubKeepsDescriptors = "stub-keeps-descriptors"
    case stubDoesNotWait = "stub-does-not-wait"
    case stubKeepsSession = "stub-keeps-session"
    case stubSetsUmask = "stub-sets-umask"

    // Time limits, the order of calls, and a full disk.
    case reserveNotUsed = "reserve-not-used"
    case roomNotChecked = "room-not-checked"
    case fullLogStays = "full-log-stays"
    case unrecordedStopEndsNothing = "unrecorded-stop-ends-nothing"
    case lanePlaceTakenLate = "lane-place-taken-late"
    case gatePlaceTakenLate = "gate-place-taken-late"
    case probePeriodFixed = "probe-period-fixed"
    case unusableEndpointAwaited = "unusable-endpoint-awaited"
    case endpointWithoutProbeAwaited = "endpoint-without-probe-awaited"
    case endNotSaid = "end-not-said"
    case graceNotAnOption = "grace-not-an-option"
    case adoptionTimeoutNotAnOption = "adoption-timeout-not-an-option"

    // The command as a process: its descriptors, signals, messages and exit code.
    case outputPatienceEndless = "output-patience-endless"
    case readerLeftUnnoticed = "reader-left-unnoticed"
    case closedDescriptorsStay = "closed-descriptors-stay"
    case everySignalImpatient = "every-signal-impatient"
    case ignoredSignalTaken = "ignored-signal-taken"
    case hangUpNotTaken = "hang-up-not-taken"
    case textNotEscaped = "text-not-escaped"
    case secretsShown = "secrets-shown"
    case refusalsAlike = "refusals-alike"

    // The close barrier of a client, and memory that threads share.
    case publishBeforeRegister = "publish-before-register"
    case registerInTheTask = "register-in-the-task"
    case noRecheckAfterDial = "no-recheck-after-dial"
    case identityCheckDropped = "identity-check-dropped"
    case slotClearedEarly = "slot-cleared-early"
    case closeWithoutWait = "close-without-wait"
    case dialNotAwaited = "dial-not-awaited"
    case writerEndIgnored = "writer-end-ignored"
    case resumeUnderTheLock = "resume-under-the-lock"
    case secondWaiterLost = "second-waiter-lost"
    case blockTakenTwice = "block-taken-twice"
    case announcedBytesReserved = "announced-bytes-reserved"
    case usedBlockTaken = "used-block-taken"

    // What a failure means, and which deviations a client accepts in an answer.
    case cutAnswerIsAViolation = "cut-answer-is-a-violation"
    case retryAfterIgnored = "retry-after-ignored"
    case tooManyRequestsIsFinal = "too-many-requests-is-final"
    case responseReadStrictly = "response-read-strictly"
    case reasonRequired = "reason-required"
    case switchMayHaveNoLength = "switch-may-have-no-length"
    case absoluteFormIgnored = "absolute-form-ignored"

    // The life of a connection.
    case closeWaitsForNoConsumer = "close-waits-for-no-consumer"
    case closeWithoutTime = "close-without-time"
    case lastCauseOfAnEndCounts = "last-cause-of-an-end-counts"
    case debtForgotten = "debt-forgotten"
    case readingNeverPauses = "reading-never-pauses"
    case holeInTheMessages = "hole-in-the-messages"

    // The limits of heads and messages.
    case headLimitFixed = "head-limit-fixed"
    case messageLimitOfTheLayer = "message-limit-of-the-layer"
    case limitNotNamed = "limit-not-named"

    // The meaning of values of the runtime.
    case unreadMembersNotNoted = "unread-members-not-noted"
    case nullListIsEmpty = "null-list-is-empty"
    case halfOfAPairFails = "half-of-a-pair-fails"
    case peerTextNotEscaped = "peer-text-not-escaped"
    case noBranchIsABranch = "no-branch-is-a-branch"

    // A client with several slots.
    case opensAfterTheClose = "opens-after-the-close"
    case oneSlotCaptured = "one-slot-captured"
    case oneSlotAwaited = "one-slot-awaited"
    case membersNotCaptured = "members-not-captured"
    case membersNotAwaited = "members-not-awaited"
    case registersAfterTheClose = "registers-after-the-close"
    case closeStreamsWithoutWait = "close-streams-without-wait"
    case oneRefusalIsEnough = "one-refusal-is-enough"
    case goneInstanceIgnored = "gone-instance-ignored"
    case credentialsAskedOnce = "credentials-asked-once"
    case sameTokenSentAgain = "same-token-sent-again"
    case credentialsUnbounded = "credentials-unbounded"
    case leavingTaskNotAwaited = "leaving-task-not-awaited"

    // Opening the next stream, and which object keeps which alive.
    case refusedWhileClosing = "refused-while-closing"
    case openerNotWoken = "opener-not-woken"
    case openerNotWokenByDial = "opener-not-woken-by-dial"
    case openerNotWokenByClose = "opener-not-woken-by-close"
    case openerUnbounded = "opener-unbounded"
    case eventsEndEarly = "events-end-early"
    case clientNotHeld = "client-not-held"

    // Closing with a time limit, or without waiting.
    case closeUnbounded = "close-unbounded"
    case closeLimitIgnored = "close-limit-ignored"
    case laterLimitLost = "later-limit-lost"
    case abortLost = "abort-lost"
    case streamCloseRequestLost = "stream-close-request-lost"
    case clientCloseRequestLost = "client-close-request-lost"
    case discardedEventsKept = "discarded-events-kept"
    case discardHoldsTheReader = "discard-holds-the-reader"

    // The time limits of pings and commands.
    case latePongBelieved = "late-pong-believed"
    case doubtfulPongBelieved = "doubtful-pong-believed"
    case lostPongNotNoticed = "lost-pong-not-noticed"
    case unansweredPingsSent = "unanswered-pings-sent"
    case unansweredPingsKept = "unanswered-pings-kept"
    case pingUnboundedInTheQueue = "ping-unbounded-in-the-queue"
    case timedOutPingSent = "timed-out-ping-sent"
    case commandUnbounded = "command-unbounded"
    case timedOutCommandSent = "timed-out-command-sent"
    case cancelledCommandSent = "cancelled-command-sent"
    case takenCommandToldNotSent = "taken-command-told-not-sent"
    case commandTakenWithoutRoom = "command-taken-without-room"
    case sentPingToldNotSent = "sent-ping-told-not-sent"

    // Control calls.
    case unknownCallSentAgain = "unknown-call-sent-again"
    case staleConnectionNotReplaced = "stale-connection-not-replaced"
    case failedCallKeepsPermit = "failed-call-keeps-permit"
    case callNotAborted = "call-not-aborted"
    case ownEndEndsBody = "own-end-ends-body"
    case lastWaitingCallFirst = "last-waiting-call-first"
    case connectionsUnbounded = "connections-unbounded"
    case keptConnectionsStayOpen = "kept-connections-stay-open"
    case answersUnbounded = "answers-unbounded"
    case unsolicitedAnswerIgnored = "unsolicited-answer-ignored"
    case unknownCallToldLost = "unknown-call-told-lost"
    case closeWaitsForNoCall = "close-waits-for-no-call"
    case idsNotEncoded = "ids-not-encoded"
    // The agent stream.
    case agentTableUnbounded = "agent-table-unbounded"
    case agentRequestToldNotSent = "agent-request-told-not-sent"
    case agentRequestsOutliveTheStream = "agent-requests-outlive-the-stream"
    case agentPlaceNotPassedOn = "agent-place-not-passed-on"
    case agentRequestOutlivesItsCaller = "agent-request-outlives-its-caller"
    case agentAnswerWaitsForTheConsumer = "agent-answer-waits-for-the-consumer"
    case agentHeldBytesUnbounded = "agent-held-bytes-unbounded"
    case agentHandlersUnbounded = "agent-handlers-unbounded"
    case agentHandlersNotCancelled = "agent-handlers-not-cancelled"
    case agentOptionNotChecked = "agent-option-not-checked"
    case agentPermissionAnsweredTwice = "agent-permission-answered-twice"
    case agentTurnEndsWithAnother = "agent-turn-ends-with-another"
    case agentInitializedTwice = "agent-initialized-twice"

    // Terminals.
    case terminalsShareASlot = "terminals-share-a-slot"
    case emptyScrollbackMarked = "empty-scrollback-marked"
    case scrollbackNotMarked = "scrollback-not-marked"
    case resizeWithoutMark = "resize-without-mark"
    case inputTakenForSize = "input-taken-for-size"
    case cutCharacterNotJoined = "cut-character-not-joined"
    case terminalNotDeleted = "terminal-not-deleted"

    // Followed streams: dials, waits, and the agent.
    case dialsAtOnceUnbounded = "dials-at-once-unbounded"
    case dialsPerSecondUnbounded = "dials-per-second-unbounded"
    case dialsCountedByPath = "dials-counted-by-path"
    case dialPermitLost = "dial-permit-lost"
    case wakingUpUnnoticed = "waking-up-unnoticed"
    case agentEventsOfALostReturn = "agent-events-of-a-lost-return"
    case agentInitializationForgotten = "agent-initialization-forgotten"
    case agentTakenBack = "agent-taken-back"

    // Followed workspaces.
    case asksBeforeTheAttach = "asks-before-the-attach"
    case backOffIsNoMember = "back-off-is-no-member"
    case gapSwallowed = "gap-swallowed"
    case overlapUnchecked = "overlap-unchecked"
    case nothingHeldBack = "nothing-held-back"
    case headOfTheStatus = "head-of-the-status"
    case borderRuleOff = "border-rule-off"

    // The fleet.
    case fleetForgetsALeavingMember = "fleet-forgets-a-leaving-member"
    case fleetCloseForgetsLateAdd = "fleet-close-forgets-late-add"
    case quantumIgnored = "quantum-ignored"
    case greediestNotPaused = "greediest-not-paused"

    /// The mutants that the environment variable `WSSTREAM_RED_CONTROL` names; `+` separates several names.
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
