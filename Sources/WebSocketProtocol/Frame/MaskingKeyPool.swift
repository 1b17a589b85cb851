#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// A source of masking keys: they are unpredictable, and each is used once (RFC 6455 §5.3, §10.3).
///
/// A number from the system's random source costs a system call, 270 ns. The pool asks for 64 keys at once, so a key
/// costs about 11 ns.
package struct MaskingKeyPool: Sendable {
    // One getentropy call gives at most 256 bytes.
    private static let keysPerRefill = 64

    private var keys: [UInt32] = []

    /// Creates an empty pool; the system is asked for keys when the first one is needed.
    package init() {}

    /// Takes a key that was not used before.
    ///
    /// - Returns: A key from the system's cryptographic source.
    package mutating func next() -> MaskingKey {
        if let key = self.keys.popLast() { return MaskingKey(rawValue: key) }
        self.refill()
        return MaskingKey(rawValue: self.keys.removeLast())
    }

    private mutating func refill() {
        self.keys = unsafe [UInt32](unsafeUninitializedCapacity: Self.keysPerRefill) { buffer, count in
            count = Self.keysPerRefill
            if let base = buffer.baseAddress, unsafe getentropy(base, count * MemoryLayout<UInt32>.size) == 0 { return }
            // getentropy fails only if the kernel has no random source. Then the standard library's generator is used:
            // it does not return predictable numbers, it stops the process.
            for index in 0..<Self.keysPerRefill { unsafe buffer[index] = UInt32.random(in: .min ... .max) }
        }
    }
}
