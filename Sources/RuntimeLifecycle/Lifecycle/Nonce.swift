/// Makes the random text that identifies one start.
enum Nonce {
    /// 128 bits as lower-case hexadecimal digits; safe as an argument, in a URL and in a file.
    static func make() -> String {
        var random = SystemRandomNumberGenerator()
        return (0..<2).map { _ in
            let digits = String(UInt64.random(in: .min ... .max, using: &random), radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }
}
