/// The answer of `POST /api/v1/processes/stop`: `{"success":true}`, also for an unknown id.
public struct StopProcessAnswer: Codable, Sendable, Hashable {
    /// Whether the process is being stopped, or does not exist.
    public var isSuccess = false
    /// Why it was not stopped, for people.
    public var error: String?

    /// Creates an empty value; then set single properties.
    public init() {}

    /// Reads an answer; see ``RuntimeStatus/init(from:)``.
    ///
    /// - Parameter decoder: The decoder.
    /// - Throws: `DecodingError` if a member has another type.
    public init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        self.isSuccess = try members.value(.isSuccess, or: false)
        self.error = try members.textIfAny(.error)
    }

    private enum CodingKeys: String, CodingKey {
        case isSuccess = "success"
        case error
    }
}
