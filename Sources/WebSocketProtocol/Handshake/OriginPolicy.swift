/// The values of `Origin` that a server accepts (RFC 6455 §10.2): it can refuse pages of other sites.
///
/// Browsers always send `Origin`; other programs need not. Every policy accepts a request without it.
public struct OriginPolicy: Sendable, Hashable {
    enum Rule: Sendable, Hashable {
        case any
        case sameHost
        case allowed([String])
    }

    let rule: Rule

    /// Every origin is accepted.
    public static let any = Self(rule: .any)

    /// The host and port of the origin must be those of `Host`.
    public static let sameHost = Self(rule: .sameHost)

    /// The origin must be one of a list.
    ///
    /// - Parameter origins: Origins such as `https://example.com`, compared without regard to case; no patterns.
    /// - Returns: The policy.
    public static func allowed(_ origins: [String]) -> Self {
        Self(rule: .allowed(origins))
    }

    /// Whether an origin may open a WebSocket on a host.
    ///
    /// - Parameters:
    ///   - origin: The value of `Origin`; `null` has no host, so it never matches ``sameHost``.
    ///   - host: The value of `Host`. Browsers leave out the default port in both fields.
    /// - Returns: True if the policy accepts the origin.
    package func accepts(_ origin: String, host: String) -> Bool {
        switch self.rule {
        case .any: return true
        case .allowed(let origins): return origins.contains { HTTPCharacter.equalIgnoringCase($0, origin) }
        case .sameHost:
            guard let authority = Self.authority(of: origin) else { return false }
            return HTTPCharacter.equalIgnoringCase(authority, host)
        }
    }

    /// The part after `scheme://`.
    private static func authority(of origin: String) -> Substring? {
        guard let colon = origin.firstIndex(of: ":"), origin[colon...].hasPrefix("://") else { return nil }
        return origin[colon...].dropFirst(3)
    }
}
