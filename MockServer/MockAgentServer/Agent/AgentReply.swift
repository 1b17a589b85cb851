/// A request on the agent stream.
struct AgentCall: Sendable {
    let id: String
    let action: String
    let payload: MockJSON
}

/// Sends the answer to one request, with a fault if one is wanted.
struct AgentReply: Sendable {
    /// What happens to the answer.
    enum Delivery: Sendable { case once, twice, otherID, drop }

    let call: AgentCall
    let socket: MockSocket
    let events: MockAgentEvents
    private var delivery = Delivery.once

    init(call: AgentCall, socket: MockSocket, events: MockAgentEvents) {
        (self.call, self.socket, self.events) = (call, socket, events)
    }

    func changed(_ delivery: Delivery) -> AgentReply {
        var reply = self
        reply.delivery = delivery
        return reply
    }

    func succeed(_ payload: MockJSON) { self.send("response", payload) }

    func fail(_ code: String, _ message: String, details: MockJSON? = nil) {
        let payload: MockJSON = ["code": .string(code), "message": .string(message)]
        self.send("error", payload.setting("details", details))
    }

    private func send(_ type: MockJSON, _ payload: MockJSON) {
        let id = self.delivery == .otherID ? UniqueID.next() : self.call.id
        let answer: MockJSON = [
            "id": .string(id), "type": type, "action": .string(self.call.action), "payload": payload,
            "timestamp": WallClock.json,
        ]
        guard self.delivery != .drop else { return self.socket.abort() }
        self.events.send(answer, on: self.socket)
        if self.delivery == .twice { self.events.send(answer, on: self.socket) }
    }
}
