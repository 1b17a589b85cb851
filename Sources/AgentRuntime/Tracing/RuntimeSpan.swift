package import Tracing
import WebSocketProtocol

/// One span of a trace; nobody makes one if no tracer is set up.
///
/// A span holds codes, numbers and paths with placeholders, but never a message, a token, a query or what a user has
/// written.
package struct RuntimeSpan: Sendable {
    private let span: any Span
    private let tracer: any Tracer

    /// Begins a span below that of the task.
    ///
    /// - Parameters:
    ///   - name: The name.
    ///   - tracer: The tracer; nil makes no span.
    ///   - isInternal: Whether it is about no single request to the runtime.
    package init?(_ name: String, _ tracer: (any Tracer)?, isInternal: Bool = false) {
        guard let tracer else { return nil }
        self.tracer = tracer
        self.span = tracer.startSpan(name, context: .current ?? .topLevel, ofKind: isInternal ? .internal : .client)
    }

    /// Sets an attribute; nil leaves it out.
    package func set(_ name: String, _ value: String?) {
        if let value { self.span.attributes[name] = value }
    }

    /// Sets an attribute.
    package func set(_ name: String, _ value: Int) { self.span.attributes[name] = value }

    /// Sets where the runtime is.
    package func set(_ endpoint: RuntimeEndpoint) {
        self.set("server.address", endpoint.baseURL.socketPath ?? endpoint.baseURL.host)
        if endpoint.baseURL.socketPath == nil { self.set("server.port", endpoint.baseURL.port) }
        self.set("agentctl.instance.id", endpoint.instanceID)
    }

    /// Runs `body`; spans that begin in it, also in its tasks, are below this one.
    ///
    /// - Parameter body: What the span is about.
    /// - Returns: The value of `body`.
    /// - Throws: The error of `body`.
    package func run<Value>(_ body: () async throws -> Value) async rethrows -> Value {
        try await InstrumentationContext.$current.withValue(self.span.context) { try await body() }
    }

    /// Runs `body`, and ends the span after it.
    ///
    /// - Parameter body: What the span is about.
    /// - Returns: The value of `body`.
    /// - Throws: The error of `body`.
    package func whole<Value>(_ body: () async throws -> Value) async throws -> Value {
        do {
            let value = try await self.run(body)
            self.end()
            return value
        } catch {
            self.end(error)
            throw error
        }
    }

    /// Ends the span.
    ///
    /// - Parameter error: What went wrong; only its code is kept. Nil if nothing did.
    package func end(_ error: (any Error)? = nil) {
        if let error { self.fail(Self.code(error)) }
        self.span.end()
    }

    /// Ends the span as failed.
    package func end(failure: String) {
        self.fail(failure)
        self.span.end()
    }

    private func fail(_ code: String) {
        self.set("error.type", code)
        self.span.setStatus(SpanStatus(code: .error))
    }

    private static func code(_ error: any Error) -> String {
        switch error {
        case let error as AgentRuntimeError: error.code.description
        case is CancellationError: "cancelled"
        default: "other"
        }
    }

    // MARK: Telling the runtime

    /// The fields that tell the runtime of this span: with W3C Trace Context, `traceparent` and `tracestate`.
    ///
    /// A field that can't be added to a request is left out: a tracer must not make a dial fail.
    var fields: HTTPFields {
        var fields: HTTPFields = [:]
        for (name, value) in Self.carrier(self.tracer, self.span.context).sorted(by: { $0.key < $1.key }) {
            var field: HTTPFields = [:]
            field.append(name: name, value: value)
            if (try? field.validateAsAdditions()) != nil { fields.append(name: name, value: value) }
        }
        return fields
    }

    /// What tells the runtime of the span of the task, for the `metadata` of an envelope; empty if there is none.
    static func metadata(_ tracer: (any Tracer)?) -> [String: String] {
        guard let tracer, let context = InstrumentationContext.current else { return [:] }
        return Self.carrier(tracer, context)
    }

    private static func carrier(_ tracer: any Tracer, _ context: InstrumentationContext) -> [String: String] {
        var carrier: [String: String] = [:]
        tracer.inject(context, into: &carrier, using: CarrierInjector())
        return carrier
    }
}

private struct CarrierInjector: Injector {
    func inject(_ value: String, forKey key: String, into carrier: inout [String: String]) { carrier[key] = value }
}

extension AgentRuntimeConfiguration {
    /// The tracer to use now; nil if none is set up, which is found out in less than a microsecond.
    package var activeTracer: (any Tracer)? {
        if let tracer = self.tracer { return tracer }
        guard !(InstrumentationSystem.instrument is NoOpInstrument) else { return nil }
        let tracer = InstrumentationSystem.tracer
        return tracer is NoOpTracer ? nil : tracer
    }
}

extension HTTPFields {
    /// Adds fields of a trace, except those that the user has set.
    mutating func append(trace fields: HTTPFields) {
        for field in fields where !self.contains(field.name) { self.append(name: field.name, value: field.value) }
    }
}
