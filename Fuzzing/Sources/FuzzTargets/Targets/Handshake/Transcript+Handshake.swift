import WebSocketProtocol

extension Transcript {
    /// Adds all parts of an error.
    mutating func append(_ error: HandshakeError) {
        self.append(error.code.description)
        self.append(error.message)
        if let cause = error.cause as? HandshakeError { self.append(cause) }
        guard let refusal = error.refusal else { return }
        self.append(refusal.status)
        self.append(refusal.reason)
        self.append(refusal.fields)
        self.append(refusal.body)
        self.append(refusal.isBodyComplete ? 1 : 0)
    }

    /// Adds all fields.
    mutating func append(_ fields: HTTPFields) {
        for field in fields {
            self.append(field.name)
            self.append(field.value)
        }
    }

    /// Adds an extension with its parameters.
    mutating func append(_ element: ExtensionHeader.Element) {
        self.append(element.name)
        for parameter in element.parameters {
            self.append(parameter.name)
            self.append(parameter.value ?? "-")
        }
    }
}
