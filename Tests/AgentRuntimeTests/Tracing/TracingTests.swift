import InMemoryTracing
import MockAgentServer
import TestSupport
import Testing
import Tracing
import WebSocketProtocol
import WorkspaceProtocol

@testable import AgentRuntime

@Suite("Spans", .timeLimit(.minutes(1)))
struct TracingTests {
    private static let secret = "SECRET"
    private let tracer = InMemoryTracer()

    private func withClient(
        _ change: (inout MockServerConfiguration) -> Void = { _ in },
        _ configure: (inout AgentRuntimeConfiguration) -> Void = { _ in },
        _ body: (MockServer, AgentRuntimeClient) async throws -> Void
    ) async throws {
        var server = MockServerConfiguration()
        server.token = Self.secret
        change(&server)
        var configuration = AgentRuntimeConfiguration()
        configuration.tracer = self.tracer
        configure(&configuration)
        try await withMockServer(server) { server in
            let endpoint = try RuntimeEndpoint(server.url, token: Self.secret)
            try await AgentRuntimeClient.withClient(endpoint: endpoint, configuration: configuration) { client in
                try await body(server, client)
            }
        }
        // No attribute has anything secret.
        for span in self.tracer.finishedSpans {
            span.attributes.forEach { _, value in #expect(!"\(value)".contains(Self.secret)) }
            #expect(span.errors.isEmpty)
        }
        #expect(self.tracer.activeSpans.isEmpty)
    }

    private func spans(_ name: String) -> [FinishedInMemorySpan] {
        self.tracer.finishedSpans.filter { $0.operationName == name }
    }

    /// The ids of the span that the fields tell of.
    private func ids(_ fields: HTTPFields?) -> [String?] {
        [fields?.first(InMemoryTracer.traceIDKey), fields?.first(InMemoryTracer.spanIDKey)]
    }

    @Test("A dial is a span below that of the task, and the upgrade tells the runtime of it")
    func dial() async throws {
        try await self.withClient { server, client in
            try await self.tracer.withSpan("outer") { _ in
                let stream = try await client.openWorkspaceStream()
                await stream.close()
            }
            let span = try #require(self.spans("agentctl.dial").first)
            let outer = try #require(self.spans("outer").first)
            #expect(span.parentSpanID == outer.spanID && span.traceID == outer.traceID && span.kind == .client)
            #expect(self.ids(server.upgrades.last?.fields) == [span.traceID, span.spanID])
            #expect(span.attributes.get("url.template") == .string("/api/v1/workspace/stream"))
            #expect(span.attributes.get("server.address") == .string("127.0.0.1"))
            #expect(span.status == nil)
        }
    }

    @Test("A dial with a provider of tokens tells of its span, too, and one of a terminal hides its id")
    func provider() async throws {
        try await withMockServer { server in
            var configuration = AgentRuntimeConfiguration()
            configuration.tracer = self.tracer
            let endpoint = try RuntimeEndpoint(server.url, credentials: .provider { Self.secret })
            try await AgentRuntimeClient.withClient(endpoint: endpoint, configuration: configuration) { client in
                try await client.withTerminal { _ in }
            }
            let span = try #require(self.spans("agentctl.dial").first)
            #expect(span.attributes.get("url.template") == .string("/api/v1/shell/terminal/:id/stream"))
            let upgrade = server.requests.first { $0.target.contains("/stream") }
            #expect(self.ids(upgrade?.fields) == [span.traceID, span.spanID])
            // What the dial asks for before it connects is below it.
            let buffer = self.spans("agentctl.control").first {
                $0.attributes.get("url.template") == .string("/api/v1/shell/terminal/:id/buffer")
            }
            #expect(buffer?.parentSpanID == span.spanID)
        }
    }

    @Test("A dial that fails has the code of its error, and nothing of its message")
    func failure() async throws {
        try await withMockServer { server in
            await server.stop()
            var configuration = AgentRuntimeConfiguration()
            configuration.tracer = self.tracer
            let client = try AgentRuntimeClient(endpoint: RuntimeEndpoint(server.url), configuration: configuration)
            await #expect(throws: AgentRuntimeError.self) { try await client.openWorkspaceStream() }
            let span = try #require(self.spans("agentctl.dial").first)
            #expect(span.status?.code == .error && span.status?.message == nil)
            #expect(span.attributes.get("error.type") == .string("connectFailed"))
            await client.close()
        }
    }

    @Test("A control call is a span with method, path and status, and its request tells the runtime of it")
    func control() async throws {
        try await self.withClient { server, client in
            _ = try await client.control.processes(sessionID: Self.secret)
            _ = try await client.control.process(id: Self.secret)
            let spans = self.spans("agentctl.control")
            try #require(spans.count == 2)
            #expect(spans.map { $0.attributes.get("http.request.method") } == [.string("GET"), .string("GET")])
            let templates = [SpanAttribute.string("/api/v1/processes"), .string("/api/v1/processes/:id")]
            #expect(spans.map { $0.attributes.get("url.template") } == templates)
            #expect(spans.map { $0.attributes.get("http.response.status_code") } == [.int64(200), .int64(404)])
            for (span, request) in zip(spans, server.requests.suffix(2)) {
                #expect(self.ids(request.fields) == [span.traceID, span.spanID])
            }
        }
    }

    @Test("A turn is a span from its prompt to its last event, and the prompt tells the agent of it")
    func turn() async throws {
        try await self.withClient { server, client in
            try await client.control.start()
            try await client.withAgentStream { stream in
                _ = try await stream.initialize(clientName: "tests", clientVersion: "1")
                _ = try await stream.newSession(directory: "/srv/ws")
                let turn = try await stream.prompt("say \(Self.secret)")
                #expect(self.spans("agentctl.turn").isEmpty)
                for try await _ in turn.events {}
                let span = try #require(self.spans("agentctl.turn").first)
                #expect(span.attributes.get("agentctl.turn.end") == .string("completed"))
                #expect(span.attributes.get("agentctl.prompt.generation") == .int64(turn.generation))
                #expect(span.status == nil)
                let metadata = server.agentRequests.last?["metadata"]
                #expect(metadata?[InMemoryTracer.spanIDKey]?.text == span.spanID)
                #expect(metadata?[InMemoryTracer.traceIDKey]?.text == span.traceID)
                // A request that is part of no span has no metadata.
                #expect(server.agentRequests.first?["metadata"] == nil)
            }
        }
    }

    @Test("A turn whose end is not seen ends its span when it is released")
    func turnUnseen() async throws {
        try await self.withClient { _, client in
            try await client.control.start()
            try await client.withAgentStream { stream in
                _ = try await stream.initialize(clientName: "tests", clientVersion: "1")
                _ = try await stream.newSession(directory: "/srv/ws")
                _ = try await stream.prompt("hello")
            }
            let span = try #require(self.spans("agentctl.turn").first)
            #expect(span.attributes.get("agentctl.turn.end") == .string("unseen"))
            #expect(span.status?.code == .error)
        }
    }

    @Test("A field that the user has set is not sent twice, and a field that can't be sent is left out")
    func fields() async throws {
        try await self.withClient({ _ in }) {
            $0.tracer = OddTracer(tracer: self.tracer)
            $0.fields = ["traceparent": "mine"]
        } _: { server, client in
            let stream = try await client.openWorkspaceStream()
            await stream.close()
            _ = try await client.control.health()
            for fields in [server.upgrades.last?.fields, server.requests.last?.fields] {
                #expect(fields?.values(for: "traceparent") == ["mine"])
                #expect(fields?.values(for: "tracestate") == ["a=b"])
                #expect(fields?.values(for: "Host").count == 1)
                #expect(fields?.contains("bad name") == false)
            }
        }
    }

    @Test("Without a tracer there are no spans and no fields; one of the task counts")
    func none() async throws {
        #expect(AgentRuntimeConfiguration().activeTracer == nil)
        try await self.withClient({ _ in }, { $0.tracer = nil }) { server, client in
            _ = try await client.control.health()
            #expect(server.requests.last?.fields.contains(InMemoryTracer.traceIDKey) == false)
            try await withTracer(self.tracer) { _ = try await client.control.health() }
            #expect(server.requests.last?.fields.contains(InMemoryTracer.traceIDKey) == true)
        }
        #expect(self.spans("agentctl.control").count == 1)
    }

    @Test(
        "A path with something chosen by a caller has a placeholder",
        arguments: [
            ("/health", "/health"), ("/api/v1/instances", "/api/v1/instances"),
            ("/api/v1/instances/a%2Fb", "/api/v1/instances/:id"),
            ("/api/v1/processes/start", "/api/v1/processes/start"),
            ("/api/v1/processes/stop", "/api/v1/processes/stop"), ("/api/v1/processes/x", "/api/v1/processes/:id"),
            ("/api/v1/git/commit/abc", "/api/v1/git/commit/:id"),
            ("/api/v1/shell/terminal/start", "/api/v1/shell/terminal/start"),
            ("/api/v1/shell/terminal/t/buffer", "/api/v1/shell/terminal/:id/buffer"),
        ]
    )
    func template(path: String, template: String) {
        #expect(AgentctlAPI.template(of: path) == template)
    }
}

/// A tracer that injects what can't be sent, besides a W3C trace context.
private struct OddTracer: Tracer {
    let tracer: InMemoryTracer

    func startSpan<Instant: TracerInstant>(
        _ operationName: String,
        context: @autoclosure () -> InstrumentationContext,
        ofKind kind: SpanKind,
        at instant: @autoclosure () -> Instant,
        function: String,
        file fileID: String,
        line: UInt
    ) -> InMemorySpan {
        self.tracer.startSpan(
            operationName,
            context: context(),
            ofKind: kind,
            at: instant(),
            function: function,
            file: fileID,
            line: line
        )
    }

    func forceFlush() {}

    func extract<Carrier, Extract: Extractor>(
        _ carrier: Carrier,
        into context: inout InstrumentationContext,
        using extractor: Extract
    ) where Extract.Carrier == Carrier {}

    func inject<Carrier, Inject: Injector>(
        _ context: InstrumentationContext,
        into carrier: inout Carrier,
        using injector: Inject
    ) where Inject.Carrier == Carrier {
        for (name, value) in [
            ("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"), ("tracestate", "a=b"),
            ("Host", "elsewhere"), ("bad name", "x"), ("bad-value", "a\r\nInjected: yes"),
        ] { injector.inject(value, forKey: name, into: &carrier) }
    }
}
