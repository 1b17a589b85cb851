/// Why the system, or the network, did not do what was asked; new reasons may be added in a minor version.
public struct FailureReason: Sendable, Hashable, CustomStringConvertible {
    /// A stable name, fit for a metric label.
    public let description: String

    private init(_ description: String) { self.description = description }

    /// Nothing listens on the port, or behind the file of a Unix socket.
    public static let refused = Self("refused")
    /// The name of the host is not known.
    public static let noSuchHost = Self("noSuchHost")
    /// The name of the host can't be looked up: the resolver does not answer, or failed.
    public static let notResolved = Self("notResolved")
    /// There is no file at the path of a Unix socket, or it is no socket.
    public static let noSuchSocket = Self("noSuchSocket")
    /// The system does not allow it.
    public static let permissionDenied = Self("permissionDenied")
    /// The peer, or something between, reset the connection.
    public static let reset = Self("reset")
    /// The peer, or something between, ended the connection.
    public static let ended = Self("ended")
    /// The time was over.
    public static let timedOut = Self("timedOut")
    /// No way leads to the network.
    public static let networkUnreachable = Self("networkUnreachable")
    /// No way leads to the host, or it is down.
    public static let hostUnreachable = Self("hostUnreachable")
    /// To listen: somebody listens on the address already.
    public static let addressInUse = Self("addressInUse")
    /// The address is none of this machine's, or of a kind that it does not have.
    public static let addressNotAvailable = Self("addressNotAvailable")
    /// The process, or the system, has no file descriptor, memory or port left.
    public static let outOfResources = Self("outOfResources")
    /// Another one, which the message tells.
    public static let other = Self("other")
}
