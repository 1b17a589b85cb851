#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The file descriptors that a fleet may need, and how many the process may have.
public struct FleetDescriptors: Sendable, Hashable {
    /// How many the process may have: the soft limit `RLIMIT_NOFILE`.
    public let limit: Int
    /// How many the fleet may need, with 64 for the rest of the process.
    ///
    /// Each workspace has a stream, maybe an agent stream, and during a recovery up to
    /// ``RecoveryPolicy/maximumRequests`` control calls.
    public let needed: Int

    /// What to do, in words; nil if the limit is high enough.
    public var advice: String? {
        guard self.needed > self.limit else { return nil }
        return "The process may have \(self.limit) open files; set its limit RLIMIT_NOFILE to \(self.needed) or more."
    }

    init(workspaces: Int, _ configuration: FollowerConfiguration) {
        var value = rlimit()
        #if canImport(Glibc)
        let isKnown = getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &value) == 0
        #else
        let isKnown = getrlimit(RLIMIT_NOFILE, &value) == 0
        #endif
        self.limit = isKnown ? Int(clamping: value.rlim_cur) : .max
        let streams = configuration.agent == nil ? 1 : 2
        let calls = min(1024, configuration.recovery.maximumRequests)
        self.needed = workspaces * (streams + calls) + 64
    }
}
