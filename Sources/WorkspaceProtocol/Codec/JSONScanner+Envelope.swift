extension JSONScanner {
    /// Whether a message begins exactly as agentctl writes it.
    @inline(__always) var beginsWithType: Bool {
        // `{"type":`
        self.word(at: self.offset) == 0x3A22_6570_7974_227B
    }

    /// Finds the `type` of a message anywhere among the members, and reads no further.
    @inline(never) mutating func messageType() throws(JSONFailure) -> JSONStringToken {
        guard try self.openObject() else { throw JSONFailure(.missingType, at: self.offset &- 1) }
        repeat {
            let key = try self.key()
            try self.validate(key)
            guard self.isName(WorkspaceMember.type.name, key) else {
                try self.skipValue()
                continue
            }
            return try self.typeToken()
        } while try self.hasNext(before: UInt8(ascii: "}"))
        throw JSONFailure(.missingType, at: self.offset &- 1)
    }

    /// Finds the `type` and the `timestamp` of a message, and reads no further than needed.
    @inline(__always) mutating func envelope() throws(JSONFailure) -> WorkspaceEnvelope {
        var members = JSONMembers()
        if members.isNext(WorkspaceMember.type, in: &self), let kind = self.consumeKind(),
            members.isNext(WorkspaceMember.timestamp, in: &self), let timestamp = self.plainInteger()
        {
            return WorkspaceEnvelope(type: kind.type, timestamp: timestamp)
        }
        return try self.unusualEnvelope()
    }

    /// Finds type and timestamp in a message that agentctl would write differently.
    @inline(never) private mutating func unusualEnvelope() throws(JSONFailure) -> WorkspaceEnvelope {
        self.restart()
        var type: WorkspaceMessageType?
        var timestamp: Int64??
        self.skipWhitespace()
        guard try self.openObject() else { throw JSONFailure(.missingType, at: self.offset &- 1) }
        repeat {
            let key = try self.key()
            try self.validate(key)
            if type == nil, self.isName(WorkspaceMember.type.name, key) {
                type = try self.type(named: try self.typeToken())
            } else if timestamp == nil, self.isName(WorkspaceMember.timestamp.name, key) {
                timestamp = .some(try self.milliseconds())
            } else {
                try self.skipValue()
            }
            if let type, let timestamp { return WorkspaceEnvelope(type: type, timestamp: timestamp) }
        } while try self.hasNext(before: UInt8(ascii: "}"))
        try self.finish()
        guard let type else { throw JSONFailure(.missingType, at: self.offset &- 1) }
        return WorkspaceEnvelope(type: type, timestamp: nil)
    }

    /// Reads the value of `type`; `null` counts as absent.
    private mutating func typeToken() throws(JSONFailure) -> JSONStringToken {
        let start = self.offset
        guard !(try self.consumeNull()) else { throw JSONFailure(.missingType, at: start) }
        do throws(JSONFailure) {
            return try self.stringToken()
        } catch {
            throw error.inside(.member("type"))
        }
    }

    private mutating func type(named token: JSONStringToken) throws(JSONFailure) -> WorkspaceMessageType {
        if let kind = try self.kind(token) { return kind.type }
        return WorkspaceMessageType(rawValue: try self.value(of: token))
    }

    private mutating func milliseconds() throws(JSONFailure) -> Int64? {
        do throws(JSONFailure) {
            return try self.consumeNull() ? nil : self.integer()
        } catch {
            throw error.inside(.member("timestamp"))
        }
    }
}
