#if RED_CONTROLS
internal import RedControls
#endif

// The part of the table in docs/ERRORS.md about statuses and codes of a peer.
extension RetryAdvice {
    /// The advice for an HTTP status that refuses an upgrade (not 101) or a CONNECT (not 2xx).
    ///
    /// - Parameters:
    ///   - status: The status.
    ///   - retryAfter: The time in `Retry-After`, if any; it is used only if a retry can help.
    public init(httpStatus status: Int, retryAfter: Duration? = nil) {
        #if RED_CONTROLS
        if RedControl.isActive(.tooManyRequestsIsFinal), status == 429 {
            self = .never
            return
        }
        #endif
        let passes =
            switch status {
            // RFC 9110 §15.5.9, RFC 8470 §5.2, RFC 6585 §4.
            case 408, 425, 429: true
            // The server lacks the method, the version, the negotiation or the extension; or the network wants a login.
            case 501, 505, 506, 510, 511: false
            case 500...599: true
            default: false
            }
        self = passes ? retryAfter.map(Self.after) ?? .backOff : .never
    }

    /// The advice for the code of the peer's Close frame (RFC 6455 §7.4 and the IANA registry).
    ///
    /// - Parameter code: The code; nil means a frame without a code, and counts as 1000.
    public init(closeCode code: CloseCode?) {
        switch code?.rawValue ?? CloseCode.normalClosure.rawValue {
        // The peer has sent everything.
        case 1000: self = .never
        case 1001, 1011...1014: self = .backOff
        // We broke a rule or a policy, and a retry would break it again.
        case 1002...1010: self = .never
        // Unauthorized, forbidden.
        case 3000, 3003: self = .never
        // A newer client took the place of this one; the resource does not exist.
        case 4001, 4004: self = .never
        // A common convention: 4000 plus the HTTP status.
        case let code where (4400...4599).contains(code): self.init(httpStatus: Int(code) - 4000)
        // 1015 and unassigned codes are never sent; 3008 is a timeout; the others belong to applications.
        default: self = .backOff
        }
    }
}
