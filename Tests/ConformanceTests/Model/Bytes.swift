#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

extension Array where Element == UInt8 {
    /// Masks or unmasks (RFC 6455 §5.3), eight bytes at a time, because debug builds handle megabytes too.
    mutating func applyMask(_ key: [UInt8]) {
        let wide = (0..<8).reduce(UInt64(0)) { $0 | UInt64(key[$1 & 3]) << UInt64($1 * 8) }.littleEndian
        self.withUnsafeMutableBytes { bytes in
            var index = 0
            while index + 8 <= bytes.count {
                let word = bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)
                bytes.storeBytes(of: word ^ wide, toByteOffset: index, as: UInt64.self)
                index += 8
            }
            while index < bytes.count {
                bytes[index] ^= key[index & 3]
                index += 1
            }
        }
    }

    /// Whether the bytes are the same; much faster than `==` in a debug build.
    func isSame(as other: [UInt8]) -> Bool {
        guard self.count == other.count else { return false }
        return self.withUnsafeBytes { left in
            other.withUnsafeBytes { right in
                guard let leftBase = left.baseAddress, let rightBase = right.baseAddress else { return true }
                return memcmp(leftBase, rightBase, left.count) == 0
            }
        }
    }
}
