import NIOCore
import NIOPosix

#if TLS
import NIOSSL
#endif

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The meaning of errors of the system and of SwiftNIO; only this type interprets them and puts them into words.
package struct NetworkFailure: Sendable, Hashable {
    /// The reason.
    package let reason: FailureReason
    /// The reason in words that can follow a colon, for people.
    package let words: String

    /// Creates a failure that this package found.
    package init(_ reason: FailureReason, _ words: String) { (self.reason, self.words) = (reason, words) }

    /// Interprets an error.
    ///
    /// - Parameter error: Any error of a socket, of name resolution or of a bootstrap.
    package init(_ error: any Error) {
        switch error {
        case let error as WebSocketError: self.init(error.reason ?? .other, error.message)
        case let error as NIOConnectionError: self.init(error)
        case let error as IOError: self.init(systemError: error.errnoCode)
        case let error as SocketAddressError.UnknownHost:
            self.init(resolverError: CInt(truncatingIfNeeded: error.errorCode), of: error.host)
        case ChannelError.connectTimeout: self.init(.timedOut, "timed out")
        case _ where Self.isUncleanEnd(error): self.init(.ended, "the connection was ended")
        case ChannelError.eof, ChannelError.inputClosed, ChannelError.ioOnClosedChannel,
            ChannelError.alreadyClosed:
            self.init(.ended, "the connection was ended")
        default: self.init(.other, "\(error)")
        }
    }

    /// Whether TLS ended without its own closing message.
    private static func isUncleanEnd(_ error: any Error) -> Bool {
        #if TLS
        if case NIOSSLError.uncleanShutdown = error { return true }
        #endif
        return false
    }

    /// All addresses of a host failed, or the host has none.
    private init(_ error: NIOConnectionError) {
        let failures = error.connectionErrors.map { (address: Self.text($0.target), failure: Self($0.error)) }
        guard let first = failures.first else {
            // Many hosts have no addresses of one kind. So the error of the other lookup is the reason, unless it is
            // the same.
            let lookups = [error.dnsAError, error.dnsAAAAError].compactMap { $0 }.map { Self($0) }
            let told = lookups.first { $0.reason != .noSuchHost } ?? lookups.first
            self = told ?? Self(.noSuchHost, "the host \(error.host) has no address")
            return
        }
        guard failures.contains(where: { $0.failure.reason != first.failure.reason }) else {
            let addresses = failures.prefix(3).map(\.address).joined(separator: ", ")
            self.init(first.failure.reason, "\(first.failure.words) (\(addresses))")
            return
        }
        let told = failures.first { $0.failure.reason == .refused } ?? first
        let words = failures.prefix(3).map { "\($0.address): \($0.failure.words)" }.joined(separator: "; ")
        self.init(told.failure.reason, words)
    }

    /// The meaning of an `errno`.
    package init(systemError code: CInt) {
        switch code {
        case ECONNREFUSED: self.init(.refused, "connection refused")
        case ECONNRESET, ECONNABORTED: self.init(.reset, "the connection was reset")
        case EPIPE: self.init(.ended, "the connection was ended")
        case ENOENT, ENOTDIR: self.init(.noSuchSocket, "there is no such socket (no such file or directory)")
        case ENOTSOCK, EPROTOTYPE: self.init(.noSuchSocket, "the file is not a socket of this kind")
        case EACCES, EPERM: self.init(.permissionDenied, "permission denied")
        case ETIMEDOUT: self.init(.timedOut, "timed out")
        case ENETUNREACH, ENETDOWN: self.init(.networkUnreachable, "the network is unreachable")
        case EHOSTUNREACH, EHOSTDOWN: self.init(.hostUnreachable, "the host is unreachable")
        case EADDRINUSE: self.init(.addressInUse, "another process listens there (the address is in use)")
        case EADDRNOTAVAIL, EAFNOSUPPORT:
            self.init(.addressNotAvailable, "this machine has no such address, or no port left for it")
        case EMFILE, ENFILE: self.init(.outOfResources, "no file descriptor is left")
        case ENOBUFS, ENOMEM: self.init(.outOfResources, "the system has no memory left")
        default: self.init(.other, "\(String(cString: strerror(code))) (error \(code))")
        }
    }

    /// The meaning of a result of `getaddrinfo`.
    package init(resolverError code: CInt, of host: String) {
        // The words come from the system; they are never long.
        let words = String(cString: gai_strerror(code))
        switch code {
        case EAI_NONAME, Self.noData: self.init(.noSuchHost, "there is no host of the name \(host)")
        case EAI_AGAIN, EAI_FAIL:
            self.init(.notResolved, "the name of the host \(host) can't be resolved now: \(words)")
        default: self.init(.notResolved, "the name of the host \(host) can't be resolved: \(words)")
        }
    }

    /// `EAI_NODATA`, which Glibc defines only for GNU sources: the name exists, but has no address of that kind.
    private static let noData: CInt = -5

    private static func text(_ address: SocketAddress) -> String {
        guard let ip = address.ipAddress, let port = address.port else { return "\(address)" }
        return ip.contains(":") ? "[\(ip)]:\(port)" : "\(ip):\(port)"
    }
}
