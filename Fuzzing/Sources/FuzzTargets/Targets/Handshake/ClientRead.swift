import WebSocketProtocol

/// A client that reads the answer to a fixed request.
struct ClientRead: HandshakeRead {
    private static let subprotocols = ["chat", "v2"]
    private static let handshake: ClientHandshake = {
        do {
            // The key of RFC 6455 §1.3.
            let key = try SecWebSocketKey(validating: "dGhlIHNhbXBsZSBub25jZQ==")
            var request = ClientHandshakeRequest(url: try WebSocketURL("ws://127.0.0.1/"), key: key)
            request.subprotocols = Self.subprotocols
            request.extensions = [.init(name: "permessage-deflate"), .init(name: "x")]
            return try ClientHandshake(request)
        } catch {
            fatalError("The request is wrong: \(error)")
        }
    }()

    private var reader: ClientHandshakeReader
    private let limits: HandshakeLimits
    private var received = 0
    private var isDone = false

    init(limits: HandshakeLimits) {
        self.limits = limits
        do {
            self.reader = try ClientHandshakeReader(for: Self.handshake, limits: limits)
        } catch {
            fatalError("The limits are wrong: \(error)")
        }
    }

    mutating func receive(_ bytes: UnsafeRawBufferPointer, into transcript: inout Transcript) {
        guard !self.isDone else { return }
        do throws(HandshakeError) {
            let outcome = try self.reader.receive(Span(_unsafeElements: bytes.bindMemory(to: UInt8.self)))
            if case .opened(let result, let consumed) = outcome {
                self.opened(result, after: self.received + consumed, into: &transcript)
            }
            self.received += bytes.count
        } catch {
            self.failed(error, into: &transcript)
        }
    }

    mutating func finish(into transcript: inout Transcript) {
        guard !self.isDone else { return }
        self.failed(self.reader.errorAtEndOfStream(), into: &transcript)
    }

    private mutating func opened(
        _ result: ClientHandshakeResult,
        after count: Int,
        into transcript: inout Transcript
    ) {
        self.isDone = true
        transcript.append(count)
        transcript.append(result.subprotocol ?? "-")
        transcript.append(result.fields)
        for element in result.extensions {
            transcript.append(element)
            require(element.name == "permessage-deflate" || element.name == "x", "An extension was not offered.")
        }
        require(result.subprotocol.map(Self.subprotocols.contains) ?? true, "The subprotocol was not offered.")
        require(result.fields.count <= self.limits.maximumFields, "There are too many fields.")
    }

    private mutating func failed(_ error: HandshakeError, into transcript: inout Transcript) {
        self.isDone = true
        transcript.append(error)
        if let refusal = error.refusal {
            require(refusal.body.count <= self.limits.maximumBodyBytes, "The body exceeds the limit.")
            require(refusal.fields.count <= self.limits.maximumFields, "There are too many fields.")
        }
        do throws(HandshakeError) {
            _ = try self.reader.receive([UInt8]().span)
            fatalError("A failure is forgotten.")
        } catch {
            transcript.append(error)
        }
    }
}
