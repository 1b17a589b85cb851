/// The answer of `GET /health`, of the control port and of the port of an instance.
///
/// The request needs no token. On the port of an instance, agentctl checks the instance id of the request, and refuses a
/// wrong one with 404.
public struct RuntimeHealth: Codable, Sendable, Hashable {
    /// `ok`; agentctl sends no other value.
    public var status = ""
    /// When agentctl answered, by the clock of its machine, in whole seconds.
    public var timestamp = RFC3339Timestamp()

    /// Whether the runtime says that it is well.
    public var isOK: Bool { self.status == "ok" }

    /// Creates an empty value; then set single properties.
    public init() {}

    /// Reads an answer; see ``RuntimeStatus/init(from:)``.
    ///
    /// - Parameter decoder: The decoder.
    /// - Throws: `DecodingError` if a member has another type.
    public init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        self.status = try members.text(.status)
        self.timestamp = try members.value(.timestamp, or: RFC3339Timestamp())
    }

    private enum CodingKeys: String, CodingKey { case status, timestamp }
}
