import Foundation
import TestSupport

/// A foreign implementation, installed by `scripts/interop-env`; `Peers/README.md` says what it does.
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

    /// Whether it is installed; prints a note if it is not.
    var isAvailable: Bool {
        if FileManager.default.isExecutableFile(atPath: self.executable.path) { return true }
        print("Interop tests are skipped: no \(self.executable.path); run scripts/interop-env.")
        return false
    }

    /// Whether it handles empty messages, uncompressed messages and Pongs when compression is on.
    ///
    /// libwebsockets 4.1 fails an assertion when it compresses an empty message. As a client, it delivers an
    /// uncompressed message again and again, and hangs when it gets a Pong.
    var mixesMessages: Bool { self != .c }

    /// Whether it can send Pings and fragments on request: a page can't.
    var hasFrames: Bool { self != .browser }

    /// Whether it really uses every parameter that it is asked to use.
    ///
    /// gorilla has no context takeover at all. libwebsockets, as a server, follows only the client's wishes.
    var followsParameters: Bool { self == .python || self == .node }

    /// Whether, as a server, it follows `server_max_window_bits` or declines the offer.
    ///
    /// gorilla and libwebsockets accept the offer and omit the parameter, which RFC 7692 §7.1.2.1 does not allow.
    var keepsServerWindow: Bool { self != .go && self != .c }

    /// Starts the peer.
    func start(_ arguments: [String]) throws -> RunningProgram {
        try RunningProgram.start(self.executable, arguments)
    }
}
