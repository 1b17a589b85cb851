extension JSONScanner {
    /// Whether a message begins as agentctl writes it.
    var beginsWithType: Bool {
        var ahead = self
        return ahead.consume(UInt8(ascii: "{")) && ahead.consumeKey(WorkspaceMember.type.name)
    }

    /// Finds the `type` of a message, wherever it is among the members, and reads no further.
    mutating func messageType() throws(JSONFailure) -> JSONStringToken {
        guard try self.openObject() else { throw JSONFailure(.missingType, at: self.offset &- 1) }
        repeat {
            let key = try self.key()
            guard try self.name(key, from: 0) == WorkspaceMember.type else {
                try self.skipValue()
                continue
            }
            return try self.typeToken()
        } while try self.hasNext(before: UInt8(ascii: "}"))
        throw JSONFailure(.missingType, at: self.offset &- 1)
    }

    /// Finds the `type` and the `timestamp` of a message, and reads no further than needed.
    mutating func envelope() throws(JSONFailure) -> WorkspaceEnvelope {
        var members = JSONMembers<WorkspaceMember>()
        var type: WorkspaceMessageType?
        var timestamp: Int64??
        self.skipWhitespace()
        guard try self.openObject() else { throw JSONFailure(.missingType, at: self.offset &- 1) }
        repeat {
            switch try members.next(in: &self) {
            case .type: type = try self.type(named: try self.typeToken())
            case .timestamp: timestamp = .some(try self.timestamp())
            default: try self.skipValue()
            }
            if let type, let timestamp { return WorkspaceEnvelope(type: type, timestamp: timestamp) }
        } while try self.hasNext(before: UInt8(ascii: "}"))
        try self.finish()
        guard let type else { throw JSONFailure(.missingType, at: self.offset &- 1) }
        return WorkspaceEnvelope(type: type, timestamp: nil)
    }

    /// Reads the value of `type`; `null` is the same as none.
    private mutating func typeToken() throws(JSONFailure) -> JSONStringToken {
        let start = self.offset
        guard !(try self.consumeNull()) else { throw JSONFailure(.missingType, at: start) }
        do throws(JSONFailure) {
            return try self.stringToken()
        } catch {
            throw error.inside(.member("type"))
        }
    }

    private func type(named token: JSONStringToken) throws(JSONFailure) -> WorkspaceMessageType {
        if let kind: WorkspaceMessageKind = try self.name(token) { return kind.type }
        return WorkspaceMessageType(rawValue: try self.value(of: token))
    }

    private mutating func timestamp() throws(JSONFailure) -> Int64? {
        do throws(JSONFailure) {
            return try self.consumeNull() ? nil : self.integer()
        } catch {
            throw error.inside(.member("timestamp"))
        }
    }
}
