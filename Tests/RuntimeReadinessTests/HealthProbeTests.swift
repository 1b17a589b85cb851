import RuntimeLifecycle
import TestSupport
import Testing

@testable import RuntimeReadiness

@Suite("The probe of runtimes", .timeLimit(.minutes(5)))
struct HealthProbeTests {
    @Test(
        "Endpoints are numeric and local; anything else has a reason",
        arguments: [
            "", "http://", "https://127.0.0.1:1", "http://127.0.0.1", "http://127.0.0.1:0", "http://127.0.0.1:65536",
            "http://example.org:80", "http://256.0.0.1:80", "http://1.2.3:80", "http://[::1:80", "http://[::1]",
            "http://::1:80", "http://[::g]:80", "http://[127.0.0.1]:80", "http://user@127.0.0.1:80",
            "http://127.0.0.1:+80", "ftp://127.0.0.1:80", "http://127.0.0.1\0x:80", "http://[::1\0]:80",
            "http://[::1%25lo]:80",
        ]
    )
    func refused(endpoint: String) async {
        #expect(HealthProbe().reasonNotToAsk(endpoint)?.isEmpty == false)
        #expect(await HealthProbe().identity(at: endpoint, within: .seconds(60)) == nil)
    }

    @Test("An endpoint may have a path, be of IPv6, say localhost, and be of any case")
    func accepted() throws {
        for text in ["http://localhost:8080/api", "HTTP://LocalHost:8080", "http://localhost:8080?x#y"] {
            #expect(try ProbeEndpoint.parse(text).urls == ["http://127.0.0.1:8080", "http://[::1]:8080"])
        }
        #expect(try ProbeEndpoint.parse("http://127.0.0.1:1").urls == ["http://127.0.0.1:1"])
        #expect(try ProbeEndpoint.parse("http://[::1]:1/").urls == ["http://[::1]:1"])
        let addresses = ["http://[::1]:1", "Http://[::FFFF:1.2.3.4]:1", "http://[1:2:3:4:5:6:7::]:1"]
        for text in addresses + ["http://localhost:80"] {
            #expect(HealthProbe().reasonNotToAsk(text) == nil)
        }
    }

    @Test("A path that is none is a reason not to ask", arguments: ["health", "/a b", "/\0"])
    func path(path: String) {
        var probe = HealthProbe()
        probe.path = path
        #expect(probe.reasonNotToAsk("http://127.0.0.1:1")?.contains("path") == true)
    }

    @Test("It asks for the path at the root of the endpoint, and names the host")
    func request() async throws {
        let server = try await RawServer.start()
        let port = server.port
        let asking = Task { await HealthProbe().identity(at: "http://127.0.0.1:\(port)/api", within: .seconds(60)) }
        let peer = try await server.peer()
        try await eventually("the request") { peer.received.suffix(4) == Array("\r\n\r\n".utf8) }
        let request = String(decoding: peer.received, as: UTF8.self)
        #expect(request.hasPrefix("GET /health HTTP/1.1\r\n") && request.contains("\r\nHost: 127.0.0.1:\(port)\r\n"))
        // A cancelled task gets nothing, soon, and its connection ends.
        let began = ContinuousClock.now
        asking.cancel()
        #expect(await asking.value == nil && ContinuousClock.now - began < .seconds(10))
        try await eventually("the end of the connection") { peer.isInputEnded }
        await server.close()
    }

    @Test("A server that accepts and does not answer is given up at the limit, and one that is not there at once")
    func limits() async throws {
        let server = try await RawServer.start()
        let (port, began) = (server.port, ContinuousClock.now)
        #expect(await HealthProbe().identity(at: "http://127.0.0.1:\(port)", within: .milliseconds(200)) == nil)
        #expect(ContinuousClock.now - began >= .milliseconds(200) && ContinuousClock.now - began < .seconds(10))
        let peer = try await server.peer()
        try await eventually("the end of the connection") { peer.isInputEnded }
        await server.close()
        let second = ContinuousClock.now
        #expect(await HealthProbe().identity(at: "http://localhost:\(port)", within: .seconds(60)) == nil)
        #expect(await HealthProbe().identity(at: "http://127.0.0.1:\(port)", within: .zero) == nil)
        #expect(ContinuousClock.now - second < .seconds(30))
    }
}
