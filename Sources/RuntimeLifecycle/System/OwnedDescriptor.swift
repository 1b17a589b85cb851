internal import Glibc

/// A file descriptor with one owner; destroying this value closes it.
struct OwnedDescriptor: ~Copyable, Sendable {
    /// The number, valid as long as this value lives.
    let number: Int32

    init(_ number: Int32) { self.number = number }

    deinit { close(self.number) }

    /// Writes all of `bytes`; returns the error number if that fails.
    borrowing func writeAll(_ bytes: [UInt8]) -> Int32? {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { SystemCalls.current.write(self.number, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return count == 0 ? EIO : errno }
            rest = rest.dropFirst(count)
        }
        return nil
    }

    /// Reads to the end of the file, at most `limit` bytes; `nil` after an error.
    borrowing func readAll(limit: Int) -> [UInt8]? {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: min(limit, 16_384))
        while bytes.count < limit {
            let count = chunk.withUnsafeMutableBytes { read(self.number, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { return nil }
            if count == 0 { break }
            bytes += chunk[..<count]
        }
        return Array(bytes.prefix(limit))
    }
}
