import Testing

@testable import WebSocketProtocol

@Suite("The life of a connection")
struct ConnectionLifeTests {
    typealias Life = ConnectionLife<LifeFailure>

    static let closed = CloseFrame(.goingAway, reason: "theirs")
    static let reason = CloseFrame(.protocolError, reason: "why")
    static let answer = Life.Debt.answer(closed)
    static let explanation = Life.Debt.explanation(reason, .violation)

    /// The events of a connection; the failure of an event always differs from the failure in the state.
    enum Event: CaseIterable {
        case opened, receivedClose, failed, consumerCaughtUp, answerTimeIsOver, closeQueued, allWritten, closeTimeIsOver
        case limited, limitedToNothing, socketFailed, aborted, channelClosed

        func happens(to life: inout Life) -> [Life.Action] {
            switch self {
            case .opened: life.opened()
            case .receivedClose: life.receivedClose(closed)
            case .failed: life.failed(.silence, telling: reason)
            case .consumerCaughtUp: life.consumerCaughtUp()
            case .answerTimeIsOver: life.answerTimeIsOver()
            case .closeQueued: life.closeQueued()
            case .allWritten: life.allWritten()
            case .closeTimeIsOver: life.closeTimeIsOver()
            case .limited: life.limited(to: .seconds(5), now: .seconds(10))
            case .limitedToNothing: life.limited(to: .zero, now: .seconds(10))
            case .socketFailed: life.socketFailed(.reset)
            case .aborted: life.end(.aborted)
            case .channelClosed: life.channelClosed()
            }
        }
    }

    /// One row of the table: what an event does in a state.
    struct Row {
        var state: Life.State
        var event: Event
        var next: Life.State
        var actions: [Life.Action]

        init(_ state: Life.State, _ event: Event, _ next: Life.State, _ actions: [Life.Action]) {
            (self.state, self.event, self.next, self.actions) = (state, event, next, actions)
        }
    }

    private static func lingering(_ failure: LifeFailure? = nil, isAllWritten: Bool = false) -> Life.State {
        .lingering(Life.Lingering(failure: failure, isAllWritten: isAllWritten))
    }

    private static func ending(_ end: Life.End, _ debt: Life.Debt? = nil) -> Life.State {
        .ending(Life.Ending(end: end, debt: debt))
    }

    /// The actions that send the owed Close frames, when we no longer wait for the consumer.
    private static func settled(_ steps: Life.Action...) -> [Life.Action] {
        [.stopAnswerTimer, .start(.close), .readOn] + steps + [.awaitOutput]
    }

    static let saying = lingering()
    static let saidAll = lingering(isAllWritten: true)
    static let gaveUp = lingering(.violation)
    static let gaveUpAndSaidAll = lingering(.violation, isAllWritten: true)

    static let states: [Life.State] = [
        .opening, .open, .owing(answer), .owing(explanation), .closing, saying, saidAll,
        gaveUp, gaveUpAndSaidAll, ending(.aborted), ending(.aborted, answer),
        .ended(.aborted),
    ]

    /// The events that do something; all other combinations of state and event do nothing.
    static let rows: [Row] = [
        Row(.opening, .opened, .open, [.watch]),
        Row(.opening, .limited, .opening, [.endLater(at: .seconds(15))]),
        Row(.opening, .limitedToNothing, ending(.aborted), [.closeChannel]),
        Row(.opening, .socketFailed, ending(.failed(.reset)), [.closeChannel]),
        Row(.opening, .aborted, ending(.aborted), [.closeChannel]),
        Row(.opening, .channelClosed, .ended(.socketClosed), [.finish(.socketClosed)]),

        Row(.open, .receivedClose, .owing(answer), [.awaitConsumer]),
        Row(.open, .failed, .owing(.explanation(reason, .silence)), [.awaitConsumer]),
        Row(.open, .closeQueued, .closing, [.start(.close), .readOn]),
        Row(.open, .limited, .open, [.endLater(at: .seconds(15))]),
        Row(.open, .limitedToNothing, ending(.aborted), [.closeChannel]),
        Row(.open, .socketFailed, ending(.failed(.reset)), [.closeChannel]),
        Row(.open, .aborted, ending(.aborted), [.closeChannel]),
        Row(.open, .channelClosed, .ended(.socketClosed), [.finish(.socketClosed)]),

        Row(.owing(answer), .receivedClose, saying, settled(.answer(closed), .answer(closed))),
        Row(.owing(answer), .failed, lingering(.silence), settled(.answer(closed), .explain(reason))),
        Row(.owing(answer), .consumerCaughtUp, saying, settled(.answer(closed))),
        Row(.owing(answer), .answerTimeIsOver, saying, settled(.answer(closed))),
        Row(.owing(answer), .closeQueued, saying, settled(.answer(closed))),
        Row(.owing(answer), .limited, .owing(answer), [.endLater(at: .seconds(15))]),
        Row(.owing(answer), .limitedToNothing, ending(.aborted, answer), [.closeChannel]),
        Row(.owing(answer), .socketFailed, ending(.socketClosed), [.stopAnswerTimer, .answer(closed), .closeChannel]),
        Row(.owing(answer), .aborted, ending(.aborted, answer), [.closeChannel]),
        Row(.owing(answer), .channelClosed, .ended(.socketClosed), [.answer(closed), .finish(.socketClosed)]),

        Row(.owing(explanation), .receivedClose, gaveUp, settled(.explain(reason), .answer(closed))),
        Row(.owing(explanation), .failed, gaveUp, settled(.explain(reason), .explain(reason))),
        Row(.owing(explanation), .consumerCaughtUp, gaveUp, settled(.explain(reason))),
        Row(.owing(explanation), .answerTimeIsOver, gaveUp, settled(.explain(reason))),
        Row(.owing(explanation), .closeQueued, gaveUp, settled(.explain(reason))),
        Row(.owing(explanation), .limited, .owing(explanation), [.endLater(at: .seconds(15))]),
        Row(.owing(explanation), .limitedToNothing, ending(.failed(.violation), explanation), [.closeChannel]),
        Row(
            .owing(explanation),
            .socketFailed,
            ending(.failed(.violation)),
            [.stopAnswerTimer, .explain(reason), .closeChannel]
        ),
        Row(.owing(explanation), .aborted, ending(.failed(.violation), explanation), [.closeChannel]),
        Row(
            .owing(explanation),
            .channelClosed,
            .ended(.failed(.violation)),
            [.explain(reason), .finish(.failed(.violation))]
        ),

        Row(.closing, .receivedClose, saying, [.answer(closed), .awaitOutput]),
        Row(.closing, .failed, lingering(.silence), [.explain(reason), .awaitOutput]),
        Row(.closing, .closeTimeIsOver, ending(.closeTimedOut), [.closeChannel]),
        Row(.closing, .limited, .closing, [.endLater(at: .seconds(15))]),
        Row(.closing, .limitedToNothing, ending(.aborted), [.closeChannel]),
        Row(.closing, .socketFailed, ending(.failed(.reset)), [.closeChannel]),
        Row(.closing, .aborted, ending(.aborted), [.closeChannel]),
        Row(.closing, .channelClosed, .ended(.socketClosed), [.finish(.socketClosed)]),

        Row(saying, .receivedClose, saying, [.answer(closed)]),
        Row(saying, .failed, lingering(.silence), [.explain(reason)]),
        Row(saying, .allWritten, saidAll, [.start(.linger)]),
        Row(saying, .closeTimeIsOver, ending(.closeTimedOut), [.closeChannel]),
        Row(saying, .limited, saying, [.endLater(at: .seconds(15))]),
        Row(saying, .limitedToNothing, ending(.aborted), [.closeChannel]),
        Row(saying, .socketFailed, ending(.socketClosed), [.closeChannel]),
        Row(saying, .aborted, ending(.aborted), [.closeChannel]),
        Row(saying, .channelClosed, .ended(.socketClosed), [.finish(.socketClosed)]),

        Row(saidAll, .receivedClose, saidAll, [.answer(closed)]),
        Row(saidAll, .failed, lingering(.silence, isAllWritten: true), [.explain(reason)]),
        Row(saidAll, .closeTimeIsOver, ending(.socketClosed), [.closeChannel]),
        Row(saidAll, .limited, saidAll, [.endLater(at: .seconds(15))]),
        Row(saidAll, .limitedToNothing, ending(.aborted), [.closeChannel]),
        Row(saidAll, .socketFailed, ending(.socketClosed), [.closeChannel]),
        Row(saidAll, .aborted, ending(.aborted), [.closeChannel]),
        Row(saidAll, .channelClosed, .ended(.socketClosed), [.finish(.socketClosed)]),

        Row(gaveUp, .receivedClose, gaveUp, [.answer(closed)]),
        Row(gaveUp, .failed, gaveUp, [.explain(reason)]),
        Row(gaveUp, .allWritten, gaveUpAndSaidAll, [.start(.linger)]),
        Row(gaveUp, .closeTimeIsOver, ending(.failed(.violation)), [.closeChannel]),
        Row(gaveUp, .limited, gaveUp, [.endLater(at: .seconds(15))]),
        Row(gaveUp, .limitedToNothing, ending(.failed(.violation)), [.closeChannel]),
        Row(gaveUp, .socketFailed, ending(.failed(.violation)), [.closeChannel]),
        Row(gaveUp, .aborted, ending(.failed(.violation)), [.closeChannel]),
        Row(gaveUp, .channelClosed, .ended(.failed(.violation)), [.finish(.failed(.violation))]),

        Row(gaveUpAndSaidAll, .receivedClose, gaveUpAndSaidAll, [.answer(closed)]),
        Row(gaveUpAndSaidAll, .failed, gaveUpAndSaidAll, [.explain(reason)]),
        Row(gaveUpAndSaidAll, .closeTimeIsOver, ending(.failed(.violation)), [.closeChannel]),
        Row(gaveUpAndSaidAll, .limited, gaveUpAndSaidAll, [.endLater(at: .seconds(15))]),
        Row(gaveUpAndSaidAll, .limitedToNothing, ending(.failed(.violation)), [.closeChannel]),
        Row(gaveUpAndSaidAll, .socketFailed, ending(.failed(.violation)), [.closeChannel]),
        Row(gaveUpAndSaidAll, .aborted, ending(.failed(.violation)), [.closeChannel]),
        Row(gaveUpAndSaidAll, .channelClosed, .ended(.failed(.violation)), [.finish(.failed(.violation))]),

        Row(ending(.aborted), .channelClosed, .ended(.aborted), [.finish(.aborted)]),
        Row(ending(.aborted, answer), .channelClosed, .ended(.aborted), [.answer(closed), .finish(.aborted)]),
    ]

    @Test("In each state, each event does what its row says, and without a row nothing", arguments: Event.allCases)
    func table(event: Event) {
        for state in Self.states {
            let row = Self.rows.first { $0.state == state && $0.event == event }
            var life = Life(role: .client)
            life.state = state
            let actions = event.happens(to: &life)
            #expect(actions == row?.actions ?? [], "in \(state)")
            #expect(life.state == row?.next ?? state, "in \(state)")
        }
    }

    @Test("Each row is about a state of the list, and no two are about the same")
    func rowsAreKnown() {
        #expect(Self.rows.allSatisfy { Self.states.contains($0.state) })
        for (index, row) in Self.rows.enumerated() {
            #expect(!Self.rows[..<index].contains { $0.state == row.state && $0.event == row.event })
        }
    }

    @Test("A server ends its output first, a client waits for the server's end")
    func serverEndsFirst() {
        var life = Life(role: .server)
        life.state = Self.lingering()
        #expect(life.allWritten() == [.endOutput, .start(.linger)])
        #expect(life.allWritten() == [])
    }

    @Test("If there are several limits, the earliest counts, in any order of the calls")
    func limits() {
        var life = Life(role: .client)
        #expect(life.limited(to: .seconds(5), now: .zero) == [.endLater(at: .seconds(5))])
        #expect(life.limited(to: .seconds(5), now: .zero) == [])
        #expect(life.limited(to: .seconds(1), now: .seconds(4)) == [])
        #expect(life.limited(to: .seconds(3), now: .seconds(1)) == [.endLater(at: .seconds(4))])
    }

    @Test("Each question about the state is true exactly in the states of its list")
    func questions() {
        func states(_ isSo: (Life) -> Bool) -> [Life.State] {
            Self.states.filter { state in
                var life = Life(role: .client)
                life.state = state
                return isSo(life)
            }
        }
        #expect(states(\.takesBytes) == Array(Self.states.dropLast(3)))
        #expect(states(\.isOpen) == [.open, .owing(Self.answer), .owing(Self.explanation)])
        #expect(states(\.expectsMessages) == [.open])
        #expect(states(\.awaitsOutput) == [Self.saying, Self.gaveUp])
    }
}

/// The failures of a connection in these tests.
enum LifeFailure: Error, Hashable { case violation, silence, reset, tooMuch }
