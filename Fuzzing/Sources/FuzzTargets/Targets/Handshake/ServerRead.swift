import WebSocketProtocol

/// A server that reads a request and answers it, with the same calls as the transport.
struct ServerRead: HandshakeRead {
    private static let handshake: ServerHandshake = {
        var policy = ServerHandshakePolicy()
        policy.subprotocols = ["chat", "v2"]
        policy.fields = ["Server": "fuzz"]
        do {
            return try ServerHandshake(policy: policy)
        } catch {
            fatalError("The policy is wrong: \(error)")
        }
    }()

    private var parser: HTTPHeadParser<HTTPRequestHead>
    private let limits: HandshakeLimits
    private let checksWriting: Bool
    private var received = 0
    private var isDone = false

    /// Creates a server.
    ///
    /// - Parameters:
    ///   - limits: The limits for reading.
    ///   - checksWriting: Whether to read written heads again; once per input is enough.
    init(limits: HandshakeLimits, checksWriting: Bool) {
        self.limits = limits
        self.checksWriting = checksWriting
        self.parser = HTTPHeadParser(limits: limits)
    }

    mutating func receive(_ bytes: UnsafeRawBufferPointer, into transcript: inout Transcript) {
        guard !self.isDone else { return }
        do throws(HandshakeError) {
            let outcome = try self.parser.receive(Span(_unsafeElements: bytes.bindMemory(to: UInt8.self)))
            if case .complete(let head, let consumed) = outcome {
                self.completed(head, after: self.received + consumed, into: &transcript)
            }
            self.received += bytes.count
        } catch {
            self.isDone = true
            transcript.append(error)
            self.refuse(ServerHandshakeRefusal(error), into: &transcript)
        }
    }

    mutating func finish(into transcript: inout Transcript) {
        guard !self.isDone else { return }
        transcript.append(self.parser.errorAtEndOfStream())
    }

    private mutating func completed(_ head: HTTPRequestHead, after count: Int, into transcript: inout Transcript) {
        self.isDone = true
        let written = head.serialize()
        transcript.append(count)
        transcript.append(written)
        require(count <= self.limits.maximumHeadBytes, "The head exceeds the limit.")
        require(head.fields.count <= self.limits.maximumFields, "There are too many fields.")
        if self.checksWriting {
            require(Reread<HTTPRequestHead>(written)?.head == head, "A value that was read is written differently.")
        }
        switch Self.handshake.evaluate(head) {
        case .accept(let acceptance): self.accept(acceptance, into: &transcript)
        case .refuse(let refusal), .notUpgrade(let refusal): self.refuse(refusal, into: &transcript)
        }
    }

    private func accept(_ acceptance: ServerHandshakeAcceptance, into transcript: inout Transcript) {
        do {
            let response = try acceptance.response(acceptedExtensions: acceptance.offeredExtensions)
            let written = response.serialize()
            transcript.append(written)
            guard self.checksWriting else { return }
            require(Reread<HTTPResponseHead>(written)?.head == response, "The response can't be read.")
        } catch {
            fatalError("An acceptance has no response: \(error)")
        }
    }

    private func refuse(_ refusal: ServerHandshakeRefusal, into transcript: inout Transcript) {
        let written = refusal.serialize()
        transcript.append(written)
        guard self.checksWriting else { return }
        guard let read = Reread<HTTPResponseHead>(written) else { fatalError("The refusal can't be read.") }
        require(read.head == refusal.response, "The refusal is read back differently.")
        let length = read.head.fields.first("Content-Length")
        require(length == "\(written.count - read.size)", "The length of the refusal is wrong.")
    }
}

/// A head that was written and is read again, without limits.
private struct Reread<Head: HTTPHead> {
    let head: Head
    let size: Int

    /// Reads the head; other bytes may follow it; nil if it can't be read.
    init?(_ bytes: [UInt8]) {
        var limits = HandshakeLimits()
        limits.maximumHeadBytes = .max
        limits.maximumLineBytes = .max
        limits.maximumFields = .max
        var parser = HTTPHeadParser<Head>(limits: limits)
        guard case .complete(let head, let consumed)? = try? parser.receive(bytes.span) else { return nil }
        (self.head, self.size) = (head, consumed)
    }
}
