/// Why an operation of the system or the network failed; new reasons may be added in a minor version.
public struct FailureReason: Sendable, Hashable, CustomStringConvertible {
    /// A stable name, usable as a metric label.
    public let description: String

    private init(_ description: String) { self.description = description }

    /// No process listens on the port, or on the Unix socket.
    public static let refused = Self("refused")
    /// The host name is not known.
    public static let noSuchHost = Self("noSuchHost")
    /// The host name can't be looked up: the resolver does not answer, or failed.
    public static let notResolved = Self("notResolved")
    /// There is no file at the path of a Unix socket, or the file is not a socket.
    public static let noSuchSocket = Self("noSuchSocket")
    /// The system does not allow the operation.
    public static let permissionDenied = Self("permissionDenied")
    /// The peer, or a system between us, reset the connection.
    public static let reset = Self("reset")
    /// The peer, or a system between us, ended the connection.
    public static let ended = Self("ended")
    /// The operation timed out.
    public static let timedOut = Self("timedOut")
    /// There is no route to the network.
    public static let networkUnreachable = Self("networkUnreachable")
    /// There is no route to the host, or the host is down.
    public static let hostUnreachable = Self("hostUnreachable")
    /// A server can't listen, because another socket listens on the address.
    public static let addressInUse = Self("addressInUse")
    /// The address does not belong to this machine, or the machine does not support its kind.
    public static let addressNotAvailable = Self("addressNotAvailable")
    /// The process, or the system, has no more file descriptors, memory or ports.
    public static let outOfResources = Self("outOfResources")
    /// Another reason; the message explains it.
    public static let other = Self("other")
}
