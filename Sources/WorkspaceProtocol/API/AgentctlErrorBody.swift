/// The body of an answer with which agentctl refuses a request.
///
/// ```
/// {"error":"instance no longer exists at this port","expected_id":"b","got_id":"a","port_reuse_hint":"…","recycled_port":true}
/// ```
///
/// Every member may be missing, or have another type, which counts as missing: a gateway may answer with its own object.
package struct AgentctlErrorBody: Codable, Sendable, Hashable {
    /// What is wrong, for people.
    package var error: String?
    /// Whether the port was given to another instance than the one that the request names; with status 404.
    package var isRecycledPort: Bool?
    /// The instance that has the port now.
    package var expectedID: String?
    /// The instance that the request names.
    package var gotID: String?
    /// What to do, for people.
    package var portReuseHint: String?

    package init(_ error: String) { self.error = error }

    package init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        self.error = try? members.decode(String.self, forKey: .error)
        self.isRecycledPort = try? members.decode(Bool.self, forKey: .isRecycledPort)
        self.expectedID = try? members.decode(String.self, forKey: .expectedID)
        self.gotID = try? members.decode(String.self, forKey: .gotID)
        self.portReuseHint = try? members.decode(String.self, forKey: .portReuseHint)
    }

    private enum CodingKeys: String, CodingKey {
        case error
        case isRecycledPort = "recycled_port"
        case expectedID = "expected_id"
        case gotID = "got_id"
        case portReuseHint = "port_reuse_hint"
    }
}
