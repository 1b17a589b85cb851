import WebSocketProtocol

extension RawPeer {
    /// The head of the received HTTP message and its end, if it is complete.
    private var head: (text: String, end: Int)? {
        let bytes = self.received
        guard bytes.count >= 4 else { return nil }
        for end in 4...bytes.count where bytes[end - 4..<end].elementsEqual([13, 10, 13, 10]) {
            return (String(decoding: bytes[..<end], as: UTF8.self), end)
        }
        return nil
    }

    /// Waits for the head of a request or a response.
    package func receiveHead() async throws -> String {
        try await eventually("an HTTP head") { self.head != nil || self.isInputEnded }
        return self.head?.text ?? String(decoding: self.received, as: UTF8.self)
    }

    /// A valid 101 for the request that was just received.
    package func acceptance(subprotocol: String? = nil) async throws -> [UInt8] {
        let request = try await self.receiveHead()
        let lines = request.split(separator: "\r\n")
        let prefix = "sec-websocket-key: "
        let key = lines.first { $0.lowercased().hasPrefix(prefix) }?.dropFirst(prefix.count) ?? ""
        let accept = try SecWebSocketKey(validating: String(key)).acceptValue
        let chosen = subprotocol.map { "Sec-WebSocket-Protocol: \($0)\r\n" } ?? ""
        let head = """
            HTTP/1.1 101 Switching Protocols\r
            Upgrade: websocket\r
            Connection: Upgrade\r
            Sec-WebSocket-Accept: \(accept)\r
            \(chosen)\r

            """
        return Array(head.utf8)
    }

    /// The frames received after the HTTP head; the reading is strict.
    package func frames(masked: Bool) throws -> [WireFrame] {
        guard let end = self.head?.end else { return [] }
        return try WireFrame.parse(Array(self.received[end...]), masked: masked)
    }

    /// Waits for frames, and returns all received ones.
    package func receiveFrames(_ count: Int, masked: Bool = true) async throws -> [WireFrame] {
        var seen = -1
        var frames: [WireFrame] = []
        try await eventually("\(count) frames") {
            guard self.receivedCount != seen else { return false }
            seen = self.receivedCount
            frames = try self.frames(masked: masked)
            return frames.count >= count
        }
        return frames
    }

    /// Waits until the other end takes no more bytes.
    package func expectSendBlocked() async throws {
        var before = -1
        try await eventually("the peer's send to block") {
            let unsent = try await self.unsentBytes()
            defer { before = unsent }
            try await Task.sleep(for: .milliseconds(20))
            return unsent > 0 && unsent == before
        }
    }

    package func send(_ frames: WireFrame...) async throws { try await self.send(frames.flatMap(\.bytes)) }

    /// Waits until the other end has closed the connection.
    package func expectClosed(within limit: Duration = .seconds(30)) async throws {
        // A half-closed end learns only from a failed send that the other direction is closed too. So the end of the
        // input has to be enough here.
        try await eventually("end of the connection", within: limit) { self.isInputEnded }
    }
}
