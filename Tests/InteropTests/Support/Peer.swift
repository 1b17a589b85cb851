import Foundation
import TestSupport

/// An implementation of others, made by `scripts/interop-env`; what it does is in `Peers/README.md`.
enum Peer: String, Sendable {
    /// `websockets` of PyPI.
    case python
    /// `ws` of npm.
    case node
    /// `gorilla/websocket`.
    case go
    /// libwebsockets.
    case c
    /// Chromium; a client only.
    case browser

    /// The folder of the package.
    static let root = URL(filePath: #filePath).appending(path: "../../../..").standardizedFileURL

    private var executable: URL { Self.root.appending(path: ".build/interop/\(self.rawValue)") }

    /// Whether it was made; says so when it was not.
    var isAvailable: Bool {
        if FileManager.default.isExecutableFile(atPath: self.executable.path) { return true }
        print("Interop tests are skipped: no \(self.executable.path); run scripts/interop-env.")
        return false
    }

    /// Whether it gets along with empty messages, messages that are not compressed, and Pongs, where compression is on.
    ///
    /// libwebsockets 4.1 fails an assertion when it compresses nothing; and as a client, it delivers a message that is not
    /// compressed over and over again, and hangs when it gets a Pong.
    var mixesMessages: Bool { self != .c }

    /// Whether it can be told to send Pings and to fragment: a page can't.
    var hasFrames: Bool { self != .browser }

    /// Whether every parameter that it is told to use ends up as it should.
    ///
    /// gorilla knows no context takeover at all, and libwebsockets, as a server, only the client's wishes.
    var followsParameters: Bool { self == .python || self == .node }

    /// Whether, as a server, it does what `server_max_window_bits` asks, or declines.
    ///
    /// gorilla and libwebsockets say yes and leave it out, which RFC 7692 §7.1.2.1 does not allow.
    var keepsServerWindow: Bool { self != .go && self != .c }

    /// Starts the peer.
    func start(_ arguments: [String]) throws -> RunningProgram {
        try RunningProgram.start(self.executable, arguments)
    }
}
