import Testing

@testable import WebSocketProtocol

@Suite("The key and its answer")
struct SecWebSocketKeyTests {
    @Test(
        "SHA-1 gives the digests of FIPS 180 and of the padding boundaries",
        arguments: [
            ("", 1, "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
            ("abc", 1, "a9993e364706816aba3e25717850c26c9cd0d89d"),
            (
                "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1,
                "84983e441c3bd26ebaae4aa1f95129e5e54670f1"
            ),
            ("a", 55, "c1c8bbdc22796e28c0e15163d20899b65621d65a"),
            ("a", 56, "c2db330f6083854c99d4b5bfb6e8f29f201be699"),
            ("a", 63, "03f09f5b158a7a8cdad920bddc29b81c18a551f5"),
            ("a", 64, "0098ba824b5c16427bd7a1122a5a442a25ec644d"),
            ("a", 65, "11655326c708d70319be2610e8a57d9a5b959d3b"),
            ("a", 1_000_000, "34aa973cd4c4daa4f61eeb2bdbad27316534016f"),
        ]
    )
    func digests(text: String, count: Int, digest: String) {
        let hex = SHA1.digest(of: Array(String(repeating: text, count: count).utf8))
            .map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }
        #expect(hex.joined() == digest)
    }

    @Test(
        "Base64 gives the vectors of RFC 4648",
        arguments: [
            ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ]
    )
    func encodes(text: String, encoded: String) {
        #expect(Base64.encoded(Array(text.utf8)) == encoded)
    }

    @Test("Base64 uses the whole alphabet in its order")
    func usesAlphabet() {
        let bytes: [UInt8] = stride(from: 0, to: 64, by: 4).flatMap { (first: UInt32) -> [UInt8] in
            let bits = first << 18 | (first + 1) << 12 | (first + 2) << 6 | (first + 3)
            return [UInt8(bits >> 16), UInt8(bits >> 8 & 0xFF), UInt8(bits & 0xFF)]
        }
        #expect(Base64.encoded(bytes) == "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
        #expect(Base64.encoded(bytes).utf8.allSatisfy(Base64.isAlphabet))
        #expect(!"=-_ \n.".utf8.contains(where: Base64.isAlphabet))
    }

    @Test("The sample of RFC 6455 §1.3 has the answer given there")
    func answersSample() throws {
        let nonce = Array("the sample nonce".utf8)
        var bytes = InlineArray<16, UInt8>(repeating: 0)
        for index in nonce.indices { bytes[index] = nonce[index] }
        let key = SecWebSocketKey(randomBytes: bytes)
        #expect(key.value == SampleKey.value)
        #expect(key.acceptValue == SampleKey.accept)
    }

    @Test(
        "A key is 22 characters of base64 and two of padding",
        arguments: [
            "AAAAAAAAAAAAAAAAAAAAAA==", "/////////////////////w==", "+/+/+/+/+/+/+/+/+/+/+w==",
            "dGhlIHNhbXBsZSBub25jZR==",
        ]
    )
    func acceptsKey(value: String) throws {
        #expect(try SecWebSocketKey(validating: value).value == value)
    }

    @Test(
        "Everything else is not a key",
        arguments: [
            "", "==", "AAAAAAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAAAA=", "AAAAAAAAAAAAAAAAAAAAAAA=",
            "AAAAAAAAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAAAA===", "AAAAAAAAAAAAAAAAAAAAA===",
            "AAAAAAAAAA AAAAAAAAAAA==", "AAAAAAAAAA-AAAAAAAAAAA==", "AAAAAAAAAA_AAAAAAAAAAA==",
            "AAAAAAAAAA\nAAAAAAAAAAA==", "AAAAAAAAAA\u{212A}AAAAAAAAA==", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==",
            "AAAAAAAAAAAAAAAAAAAA==AA", "dGhlIHNhbXBsZSBub25jZQ==,",
        ]
    )
    func refusesKey(value: String) {
        #expect(handshakeErrorCode { _ = try SecWebSocketKey(validating: value) } == .invalidKey)
    }
}
