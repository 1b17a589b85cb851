import Testing
import WebSocketProtocol

@Suite("Closing handshake")
struct ClosingHandshakeTests {
    /// The public state of a handshake.
    private struct View: Equatable {
        var sent: CloseFrame?
        var received: CloseFrame?
        var initiator: ClosingHandshake.Initiator?
        var hasEnded = false

        init(
            sent: CloseFrame? = nil,
            received: CloseFrame? = nil,
            initiator: ClosingHandshake.Initiator? = nil,
            hasEnded: Bool = false
        ) {
            (self.sent, self.received, self.initiator, self.hasEnded) = (sent, received, initiator, hasEnded)
        }

        init(_ handshake: ClosingHandshake) {
            self.init(
                sent: handshake.sent,
                received: handshake.received,
                initiator: handshake.initiator,
                hasEnded: handshake.hasEnded
            )
        }
    }

    private enum Event { case close, fail, receivedClose }

    private static let closed = CloseFrame(.goingAway, reason: "close")
    private static let failed = CloseFrame(.protocolError, reason: "fail")
    private static let theirs = CloseFrame(.normalClosure, reason: "theirs")
    private static let reply = CloseFrame(.normalClosure)

    private static func apply(_ event: Event, to handshake: inout ClosingHandshake) -> ClosingHandshake.OnClose {
        switch event {
        case .close: handshake.close(Self.closed)
        case .fail: handshake.fail(Self.failed)
        case .receivedClose: handshake.receivedClose(Self.theirs)
        }
    }

    /// Runs `events`, and compares the last action and the public state after it.
    private func expect(_ events: Event..., action: ClosingHandshake.OnClose, view: View, line: Int = #line) {
        var handshake = ClosingHandshake()
        var last = ClosingHandshake.OnClose.nothing
        for event in events { last = Self.apply(event, to: &handshake) }
        let location = SourceLocation(fileID: #fileID, filePath: #filePath, line: line, column: 1)
        #expect(last == action, sourceLocation: location)
        #expect(View(handshake) == view, sourceLocation: location)
        #expect(handshake.allowsSending == (view.sent == nil), sourceLocation: location)
        #expect(handshake.isComplete == (view.sent != nil && view.received != nil), sourceLocation: location)
    }

    @Test("An open connection has sent and received nothing")
    func beginsOpen() {
        let handshake = ClosingHandshake()
        #expect(View(handshake) == View())
        #expect(handshake.allowsSending)
        #expect(!handshake.isComplete)
    }

    @Test("When open, every event sends the one Close frame")
    func whenOpen() {
        self.expect(.close, action: .send(Self.closed), view: View(sent: Self.closed, initiator: .local))
        self.expect(.fail, action: .send(Self.failed), view: View(sent: Self.failed, initiator: .local, hasEnded: true))
        self.expect(
            .receivedClose,
            action: .send(Self.reply),
            view: View(sent: Self.reply, received: Self.theirs, initiator: .remote, hasEnded: true)
        )
    }

    @Test("When ours is sent, a second one is not; the peer's ends the handshake, a failure ends the wait for it")
    func whenCloseSent() {
        self.expect(.close, .close, action: .nothing, view: View(sent: Self.closed, initiator: .local))
        self.expect(.close, .fail, action: .nothing, view: View(sent: Self.closed, initiator: .local, hasEnded: true))
        self.expect(
            .close,
            .receivedClose,
            action: .nothing,
            view: View(sent: Self.closed, received: Self.theirs, initiator: .local, hasEnded: true)
        )
    }

    @Test("When both are exchanged, nothing happens any more", arguments: [true, false])
    func whenComplete(weBegan: Bool) {
        let first: Event = weBegan ? .close : .receivedClose
        let view = View(
            sent: weBegan ? Self.closed : Self.reply,
            received: Self.theirs,
            initiator: weBegan ? .local : .remote,
            hasEnded: true
        )
        self.expect(first, .receivedClose, .close, action: .nothing, view: view)
        self.expect(first, .receivedClose, .fail, action: .nothing, view: view)
        self.expect(first, .receivedClose, .receivedClose, action: .nothing, view: view)
    }

    @Test("When failed, what the peer still says is kept and not answered")
    func whenFailed() {
        let view = View(sent: Self.failed, initiator: .local, hasEnded: true)
        self.expect(.fail, .close, action: .nothing, view: view)
        self.expect(.fail, .fail, action: .nothing, view: view)
        let heard = View(sent: Self.failed, received: Self.theirs, initiator: .local, hasEnded: true)
        self.expect(.fail, .receivedClose, action: .nothing, view: heard)
        self.expect(.fail, .receivedClose, .receivedClose, action: .nothing, view: heard)
    }

    @Test("The reply carries the peer's code without its reason, and is empty when the peer's frame was")
    func echoesTheCode() {
        var handshake = ClosingHandshake()
        #expect(handshake.receivedClose(.empty) == .send(.empty))
        var other = ClosingHandshake()
        let frame = CloseFrame(CloseCode(rawValue: 4321), reason: "private")
        #expect(other.receivedClose(frame) == .send(CloseFrame(CloseCode(rawValue: 4321))))
    }

    @Test("The first Close frame of the peer counts, a second is ignored")
    func keepsTheFirst() {
        var handshake = ClosingHandshake()
        _ = handshake.receivedClose(Self.theirs)
        #expect(handshake.receivedClose(.empty) == .nothing)
        #expect(handshake.received == Self.theirs)
    }
}
