import TestSupport
import Testing

/// The peer's own compression is correct, and it sees when a sender breaks the negotiated terms.
@Suite("The compression of the conformance peer")
struct RawDeflateTests {
    @Test("What is deflated is inflated again, over many messages", arguments: PayloadKind.allCases, [9, 15])
    func roundTrip(kind: PayloadKind, bits: Int) throws {
        for keepsContext in [true, false] {
            let deflate = try RawDeflate(windowBits: bits, keepsContext: keepsContext)
            let inflate = try RawInflate(windowBits: bits, keepsContext: keepsContext)
            for (index, size) in [16, 1024, 0, 65_536, 16].enumerated() {
                let message = kind.payload(size, index: index)
                let payload = deflate.deflate(message)
                #expect(try inflate.inflate(payload, step: index == 3 ? 64 : 1).isSame(as: message))
            }
        }
    }

    @Test("A sender that reaches further back than the window is seen")
    func seesTooLargeWindow() throws {
        // Both halves are the same 600 bytes. So a window of 1,024 refers back by 600; a window of 512 must not.
        let half = PayloadKind.random.payload(608, index: 0)
        let payload = try RawDeflate(windowBits: 15, keepsContext: true).deflate(half + half)
        #expect(try RawInflate(windowBits: 10, keepsContext: true).inflate(payload, step: 1) == half + half)
        #expect(throws: RawInflate.Failed.self) {
            try RawInflate(windowBits: 9, keepsContext: true).inflate(payload, step: 1)
        }
        #expect(throws: RawInflate.Failed.self) {
            try RawInflate(windowBits: 9, keepsContext: true).inflate(payload, step: 64)
        }
    }

    @Test("A sender that keeps a context it must not keep is seen")
    func seesContext() throws {
        let deflate = try RawDeflate(windowBits: 15, keepsContext: true)
        let inflate = try RawInflate(windowBits: 15, keepsContext: false)
        let message = PayloadKind.random.payload(256, index: 0)
        #expect(try inflate.inflate(deflate.deflate(message), step: 64) == message)
        #expect(throws: RawInflate.Failed.self) { try inflate.inflate(deflate.deflate(message), step: 64) }
    }

    @Test("The table has all its cases, each once")
    func counts() {
        #expect(DeflateCase.kinds.count == 90)
        #expect(DeflateCase.demands.count == 126)
        #expect(Set((DeflateCase.kinds + DeflateCase.demands).map(\.id)).count == 216)
    }

    @Test(
        "What RFC 7692 does not allow in a field is refused",
        arguments: [
            "permessage-bzip2", "permessage-deflate; server_max_window_bits=7",
            "permessage-deflate; server_max_window_bits", "permessage-deflate; client_max_window_bits=16",
            "permessage-deflate; x", "permessage-deflate; server_no_context_takeover=1",
            "permessage-deflate; server_no_context_takeover; server_no_context_takeover",
        ]
    )
    func refusesFields(text: String) {
        #expect(throws: DeflateTerms.Invalid.self) { try DeflateTerms.parse(text) }
    }

    @Test("An extension field is read back as it was written")
    func readsFields() throws {
        var terms = DeflateTerms(serverNoContextTakeover: true, serverWindowBits: 9)
        #expect(try DeflateTerms.parse(terms.text) == terms)
        terms.allowsClientWindowBits = true
        #expect(terms.text.hasSuffix("; client_max_window_bits"))
        #expect(try DeflateTerms.parse(terms.text) == terms)
        terms.clientWindowBits = 12
        #expect(try DeflateTerms.parse(terms.text) == terms)
    }
}
