#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Makes the load server send one message at a time, each on request: `?step=1`.
///
/// This is for the counting of instructions: the number of messages that arrive together must not depend on the load of
/// the machine.
public struct Stepper: Sendable {
    private let descriptor: CInt

    /// Connects to the server of a scenario; the connection is closed with the process.
    ///
    /// - Parameter scenario: The scenario with the URL of the server.
    /// - Throws: ``BenchFailure`` if the server can't be reached; its address must be numeric.
    public init(_ scenario: Scenario) throws(BenchFailure) {
        let (host, port, _) = try scenario.target()
        #if canImport(Darwin)
        self.descriptor = socket(AF_INET, SOCK_STREAM, 0)
        #else
        self.descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
        #endif
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        guard inet_pton(AF_INET, host, &address.sin_addr) == 1 else { throw BenchFailure("\(host) is no address") }
        let descriptor = self.descriptor
        let outcome = withUnsafeBytes(of: &address) { bytes in
            connect(
                descriptor,
                bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self),
                socklen_t(bytes.count)
            )
        }
        guard outcome == 0 else { throw BenchFailure("no connection for steps") }
    }

    /// Asks for the next message.
    public func step() {
        // The server recognizes a connection for steps by this byte.
        var plus = UInt8(ascii: "+")
        _ = write(self.descriptor, &plus, 1)
    }
}
