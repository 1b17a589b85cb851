import ConcurrencyPrimitives
import WebSocketProtocol

/// Checks a request in agentctl's order, and lets its endpoint answer it.
struct RequestRouter: Sendable {
    let table: EndpointTable
    let authorization: AgentAuthorization
    let faults: FaultTable
    let clock: any Clock<Duration>

    func handle(_ request: MockRequest) async {
        let found = self.table.find(request.head)
        // gin redirects before any check.
        if case .redirect(let path) = found {
            return request.respond(.redirect(to: path, method: request.head.method))
        }
        if let refusal = self.authorization.refusal(of: request.head) { return request.respond(refusal) }
        guard case .endpoint(let endpoint, let id) = found else { return request.respond(.notFound) }
        guard let fault = self.faults.take("\(endpoint.method) \(endpoint.path)") else {
            return await endpoint(request, id: id)
        }
        await self.answer(request, with: fault) { await endpoint(request, id: id) }
    }

    private func answer(_ request: MockRequest, with fault: AnswerFault.Kind, _ answer: () async -> Void) async {
        switch fault {
        case .silence:
            // Until the server stops; the client may go away before.
            _ = try? await Promise<Void>().waitUnlessCancelled()
            request.abort()
        case .late(let duration):
            guard (try? await self.clock.sleep(for: duration)) != nil else { return request.abort() }
            await answer()
        case .twice:
            request.repeatsAnswer()
            await answer()
        case .drop:
            // The request takes effect, but the client does not learn it.
            request.losesAnswer()
            await answer()
        case .failure(let status, let message): request.respond(.error(status, message))
        case .otherID: await answer()
        }
    }
}
