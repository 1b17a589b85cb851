import Foundation
import TestSupport
import Testing
import WebSocketProtocol
import WebSocketTransport

/// A browser visits pages of our own servers and reports to them what it saw.
@Suite("Chromium", .enabled(if: Peer.browser.isAvailable, "run scripts/interop-env"), .timeLimit(.minutes(3)))
struct BrowserTests {
    /// How our servers compress; a browser offers a bare `client_max_window_bits`.
    private static let servers: [DeflateWish] = [
        DeflateWish(),
        DeflateWish(serverTakeover: false, clientTakeover: false),
        DeflateWish(serverBits: 9, clientBits: .bits(9)),
    ]
    private static let offer = DeflateWish(clientBits: .bare)

    private enum Ending: Sendable, CaseIterable { case byPage, byServer, refused }

    private struct Visit: Sendable {
        var server: Int
        var ending: Ending
        /// The server that the page was loaded from.
        var origin: Int
    }

    /// On each server first the page closes, then the server; the last visit is a page of another origin, which is
    /// refused.
    private static let visits =
        Self.servers.indices.flatMap { server in
            [Ending.byPage, .byServer].map { Visit(server: server, ending: $0, origin: server) }
        } + [Visit(server: 0, ending: .refused, origin: 1)]

    /// The reports of a page, by the names in its query.
    private let seen = Recorder<[String: String]>()
    private let refusals = Recorder<WebSocketError>()
    private let ports = Recorder<[Int]>()

    @Test("A page exchanges every kind of message with our server, and one of another origin is refused")
    func pages() async throws {
        let page = Peer.root.appending(path: "Tests/InteropTests/Peers/browser/page.html")
        let html = Array(try Data(contentsOf: page))
        let handle: @Sendable (Int, ServerRequest) async throws -> Void = { server, request in
            try await self.handle(request, of: server, html)
        }
        try await withOurServers(Self.servers.map { $0.configuration(as: .server) }, handle) { ports in
            self.ports.append(ports)
            try await Self.withBrowser(at: self.url(0)) {
                try await eventually("the last page", within: .seconds(90)) {
                    self.seen.values.count == Self.visits.count
                }
            }
        }
        for (index, seen) in self.seen.values.enumerated() { self.check(seen, Self.visits[index], index) }
        #expect(self.refusals.values.count == 1)
        #expect(self.refusals.values.first?.code == .handshakeFailed)
    }

    /// Runs the browser with a new profile, which is removed at the end.
    private static func withBrowser(at url: String, _ body: () async throws -> Void) async throws {
        let profile = FileManager.default.temporaryDirectory.appending(path: "interop-\(UUID())")
        defer { try? FileManager.default.removeItem(at: profile) }
        let browser = try Peer.browser.start(["--user-data-dir=\(profile.path)", url])
        do {
            try await body()
        } catch {
            Issue.record(error, "the browser said: \(browser.output)")
        }
        browser.end(isAsked: true)
        try await browser.waitUntilGone()
    }

    private func url(_ index: Int) -> String {
        guard Self.visits.indices.contains(index), let ports = self.ports.values.first else { return "" }
        let visit = Self.visits[index]
        let elsewhere = visit.server == visit.origin ? "" : "&server=127.0.0.1:\(ports[visit.server])"
        return "http://127.0.0.1:\(ports[visit.origin])/page?visit=\(index)\(elsewhere)"
    }

    private func handle(_ request: ServerRequest, of server: Int, _ html: [UInt8]) async throws {
        let parts = try #require(URLComponents(string: request.head.target))
        let items = (parts.queryItems ?? []).map { ($0.name, $0.value ?? "") }
        let query = Dictionary(items) { first, _ in first }
        let index = query["visit"].flatMap { Int($0) } ?? -1
        switch parts.path {
        case "/page":
            try request.respond(status: 200, contentType: "text/html", body: html)
        case "/seen":
            self.seen.append(query)
            try request.respond(status: 200, contentType: "text/plain", body: Array(self.url(index + 1).utf8))
        case "/socket" where Self.visits.indices.contains(index):
            try await self.exchange(request, Self.visits[index])
        default:
            try request.respond(status: 404)
        }
    }

    private func exchange(_ request: ServerRequest, _ visit: Visit) async throws {
        let connection: WebSocketConnection
        do {
            connection = try await request.accept()
        } catch let error as WebSocketError where visit.ending == .refused {
            return self.refusals.append(error)
        }
        let agreed = NegotiatedDeflate.agreement(
            client: Self.offer,
            server: Self.servers[visit.server],
            seenBy: .server
        )
        #expect(connection.compression == agreed)
        let exchange = Exchange(connection: connection, peer: .browser)
        try await exchange.everything()
        if visit.ending == .byPage { try await exchange.letPeerClose() } else { await exchange.closeOurselves() }
    }

    private func check(_ seen: [String: String], _ visit: Visit, _ index: Int) {
        #expect(seen["visit"] == "\(index)")
        guard visit.ending != .refused else {
            // A browser tells a page only this, so that pages can't explore a network.
            #expect(seen["code"] == "1006")
            #expect(seen["wasClean"] == "false")
            return
        }
        #expect(seen["wasClean"] == "true")
        #expect(seen["protocol"] == "v1")
        #expect(seen["extensions"]?.hasPrefix("permessage-deflate") == true, "\(seen)")
        // An answer repeats the code and has no reason.
        let (code, reason) = visit.ending == .byPage ? ("4002", "") : ("4321", "Schluß")
        #expect(seen["code"] == code)
        #expect(seen["reason"] == reason)
    }
}
