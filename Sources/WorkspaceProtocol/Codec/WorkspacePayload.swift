/// The object that a message carries, or a part of it: read and written with one table of member names.
protocol WorkspacePayload: JSONReadable {
    /// Writes the members into an object that is open, in agentctl's order.
    func write(to writer: inout JSONWriter)
}
