#if RED_CONTROLS
internal import RedControls
#endif

// The part of the table in docs/ERRORS.md that is about what a peer says.
extension RetryAdvice {
    /// What a status other than 101 to an upgrade, or other than 2xx to CONNECT, means.
    ///
    /// - Parameters:
    ///   - status: The status.
    ///   - retryAfter: What `Retry-After` says, if anything; it counts where trying again can help.
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
            // It does not know how: the method, the version, a negotiation, an extension, or the network wants a login.
            case 501, 505, 506, 510, 511: false
            case 500...599: true
            default: false
            }
        self = passes ? retryAfter.map(Self.after) ?? .backOff : .never
    }

    /// What the code of a peer's Close frame means (RFC 6455 §7.4 and the IANA registry); nil is a frame without one.
    ///
    /// - Parameter code: The code.
    public init(closeCode code: CloseCode?) {
        switch code?.rawValue ?? CloseCode.normalClosure.rawValue {
        // The peer has said all.
        case 1000: self = .never
        case 1001, 1011...1014: self = .backOff
        // It is us who broke a rule, or a policy: the same again would break it again.
        case 1002...1010: self = .never
        // Unauthorized, forbidden.
        case 3000, 3003: self = .never
        // Superseded by a newer client; no such thing.
        case 4001, 4004: self = .never
        // By a common convention, 4000 and the status of HTTP.
        case let code where (4400...4599).contains(code): self.init(httpStatus: Int(code) - 4000)
        // 1015 and what is not assigned is never sent; 3008 is a timeout; others belong to the application.
        default: self = .backOff
        }
    }
}
