import Testing
import WorkspaceFollowing
import WorkspaceProtocol

/// The oracle itself must see what is wrong.
@Suite("The oracle of deliveries")
struct DeliveryOracleTests {
    /// Five pieces of shell output, five outputs of a process, five commits and five files.
    private let made: MadeEvents
    private let elements: [FollowedElement]

    init() {
        var made = MadeEvents(seed: 1)
        var events = [made.begin()]
        for _ in 0..<5 { events += [made.shell(), made.output(), made.file()] + made.commit(1) }
        (self.made, self.elements) = (made, events.map(FollowedElement.event))
    }

    private func problems(_ elements: [FollowedElement]) -> [String] { DeliveryOracle(elements, self.made).problems }

    /// The places of the elements of a kind.
    private func places(_ type: WorkspaceMessageType) -> [Int] {
        self.elements.indices.filter { self.elements[$0].event?.type == type }
    }

    private static func gap(
        _ scope: Gap.Scope,
        _ cause: Gap.Cause = .disconnected,
        _ certainty: Gap.Certainty = .exact
    ) -> FollowedElement {
        .gap(Gap(scope, cause: cause, since: .init(local: 0), until: .init(local: 0), certainty: certainty))
    }

    /// Each kind of event, with the scope that covers it.
    static let kinds: [(WorkspaceMessageType, Gap.Scope)] = [
        (.shellOutput, .shell), (.processOutput, .process(id: "p1")), (.gitCommit, .git(repository: nil)),
        (.fileChange, .stream),
    ]

    @Test("Everything once, in order, is right")
    func right() {
        #expect(self.problems(self.elements) == [])
        #expect(self.problems(self.elements + [Self.gap(.stream)]) == [])
    }

    @Test("A missing event is seen, unless a gap of its scope is in its place", arguments: Self.kinds.indices)
    func missing(kind: Int) {
        let (type, scope) = Self.kinds[kind]
        let place = self.places(type)[2]
        var elements = self.elements
        elements.remove(at: place)
        #expect(self.problems(elements).count == 1)
        for (_, other) in Self.kinds where other != scope {
            var wrong = elements
            wrong.insert(Self.gap(other), at: place)
            #expect(self.problems(wrong).count == 1)
        }
        for wrongPlace in [0, elements.count] {
            var wrong = elements
            wrong.insert(Self.gap(scope), at: wrongPlace)
            // The neighbours of a commit are those of other bursts.
            if type != .gitCommit { #expect(self.problems(wrong).count == 1) }
        }
        elements.insert(Self.gap(scope), at: place)
        #expect(self.problems(elements) == [])
    }

    @Test(
        "A doubled event is seen; only an ambiguous gap of the shell allows doubled text",
        arguments: Self.kinds.indices
    )
    func doubled(kind: Int) {
        let (type, _) = Self.kinds[kind]
        let place = self.places(type)[2]
        let again = self.elements[place]
        for ambiguous in [false, true] {
            var elements = self.elements
            elements.insert(again, at: place + 1)
            if ambiguous {
                let gap = Self.gap(.shell, .disconnected, .ambiguous)
                elements.insert(contentsOf: [.connection(.recovering), gap], at: place + 1)
            }
            #expect(self.problems(elements).isEmpty == (ambiguous && type == .shellOutput))
        }
    }

    @Test("An event that comes after a later one is seen", arguments: Self.kinds.indices)
    func order(kind: Int) {
        let (type, _) = Self.kinds[kind]
        let places = self.places(type)
        var elements = self.elements
        elements.swapAt(places[1], places[3])
        #expect(!self.problems(elements).isEmpty)
    }

    @Test("A text that was cut is seen")
    func cut() {
        let place = self.places(.shellOutput)[2]
        var elements = self.elements
        guard case .shellOutput(let text)? = elements[place].event?.content else { return }
        elements[place] = .recovered(Sent.shell(String(text.dropLast(6))), by: .shellBuffer)
        #expect(self.problems(elements).count == 1)
    }
}
