import WebSocketProtocol

extension Transcript {
    /// Adds the content of a batch, in the order of the wire.
    mutating func append(_ batch: InboundBatch) {
        var controls = batch.controls[...]
        for index in 0...batch.count {
            while let control = controls.first, control.messagesBefore == index {
                self.append(control.content)
                controls.removeFirst()
            }
            guard index < batch.count else { break }
            let message = batch[index]
            message.bytes.withUnsafeBytes { self.appendMessage(message.kind, $0) }
        }
        require(controls.isEmpty, "A control frame has no position between the messages.")
        guard let violation = batch.violation else { return }
        self.append("violation")
        self.append(violation.code.description)
        self.append(violation.message)
        self.append(Int(violation.closeCode.rawValue))
    }

    /// Adds a message.
    mutating func appendMessage(_ kind: MessageKind, _ payload: UnsafeRawBufferPointer) {
        self.append(kind == .text ? 1 : 2)
        self.append(payload)
    }

    /// Adds a control frame.
    mutating func append(_ content: ControlFrame.Content) {
        switch content {
        case .ping(let payload):
            self.append(9)
            self.append(payload)
        case .pong(let payload):
            self.append(10)
            self.append(payload)
        case .close(let frame):
            self.append(8)
            self.append(frame.payload)
        }
    }
}
