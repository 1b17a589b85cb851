#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// An IPv4 or IPv6 address.
package struct IPAddress: Sendable, Hashable, CustomStringConvertible {
    /// 4 or 16 bytes, in network order.
    package let bytes: [UInt8]

    /// Creates an address.
    ///
    /// - Parameter bytes: 4 or 16 bytes in network order; for any other count the result is nil.
    package init?(bytes: [UInt8]) {
        guard bytes.count == 4 || bytes.count == 16 else { return nil }
        self.bytes = bytes
    }

    /// Parses the text form without brackets and zone: `127.0.0.1` or `::1`.
    ///
    /// - Parameter text: The text; if it is not an address, for instance a name, the result is nil.
    package init?(_ text: String) {
        guard !text.utf8.contains(0) else { return nil }
        for (family, count) in [(AF_INET, 4), (AF_INET6, 16)] {
            var bytes = [UInt8](repeating: 0, count: count)
            guard inet_pton(family, text, &bytes) == 1 else { continue }
            self.bytes = bytes
            return
        }
        return nil
    }

    /// Whether it is a loopback address: `127.0.0.0/8`, `::1`, or a `127.0.0.0/8` address mapped to IPv6.
    package var isLoopback: Bool {
        if self.bytes.count == 4 { return self.bytes[0] == 127 }
        let mapped: [UInt8] = Array(repeating: 0, count: 10) + [0xFF, 0xFF, 127]
        return self.bytes == Array(repeating: 0, count: 15) + [1] || self.bytes.starts(with: mapped)
    }

    /// The text form.
    package var description: String {
        var text = [CChar](repeating: 0, count: 64)
        let family = self.bytes.count == 4 ? AF_INET : AF_INET6
        guard inet_ntop(family, self.bytes, &text, 64) != nil else { return "" }
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
