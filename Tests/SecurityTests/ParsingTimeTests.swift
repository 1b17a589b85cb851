import TestSupport
import Testing
import WebSocketProtocol

@Suite("Attacks: parsing time", .serialized)
struct ParsingTimeTests {
    /// Text that makes backtracking parsers slow: a start, a repeated part and an end.
    private static let shapes: [(String, String, String)] = [
        ("b", " ", "x"), ("a; b=\"", "\\\"", ""), ("a", ";b", ""), ("", ",", ""), ("a", ", a", "\""),
        ("a; b=\"", "\\x", "\""),
    ]

    @Test("Reading extensions takes time linear in the length, from 2^10 to 2^20 bytes", arguments: Self.shapes)
    func extensions(start: String, filler: String, end: String) {
        Self.expectLinear { count in
            let value = Self.text(start, filler, end, count: count)
            return { _ = try? ExtensionHeader(parsing: [value], from: .server) }
        }
    }

    @Test("Reading lists of tokens takes time linear in the length", arguments: Self.shapes)
    func lists(start: String, filler: String, end: String) {
        Self.expectLinear { count in
            let fields: HTTPFields = ["Sec-WebSocket-Protocol": Self.text(start, filler, end, count: count)]
            return { _ = fields.listElements(for: "Sec-WebSocket-Protocol") }
        }
    }

    @Test(
        "Reading a head takes time linear in the length, one long line or many fields, at once or byte by byte",
        arguments: [("X: ", "y", ""), ("X:", " ", ""), ("X: ", "y\r\nX: ", ""), ("", "X", "")],
        [1, 4096]
    )
    func heads(shape: (String, String, String), chunk: Int) {
        var limits = HandshakeLimits()
        (limits.maximumHeadBytes, limits.maximumLineBytes) = (.max, .max)
        limits.maximumFields = .max
        Self.expectLinear { [limits] count in
            let fields = Self.text(shape.0, shape.1, shape.2, count: count)
            let bytes = Array("GET / HTTP/1.1\r\n\(fields)\r\n\r\n".utf8)
            return {
                var parser = HTTPHeadParser<HTTPRequestHead>(limits: limits)
                for start in stride(from: 0, to: bytes.count, by: chunk) {
                    let end = min(start + chunk, bytes.count)
                    guard case .some(.needMoreBytes) = try? parser.receive(bytes.span.extracting(start..<end)) else {
                        return
                    }
                }
            }
        }
    }

    private static func text(_ start: String, _ filler: String, _ end: String, count: Int) -> String {
        start + String(repeating: filler, count: count / filler.utf8.count) + end
    }

    /// Compares 2^20 with 2^16 and 2^16 with 2^10: linear work takes 16 and 64 times as long, quadratic 256 and 4096.
    private static func expectLinear(_ prepare: (Int) -> () -> Void) {
        let small = ThreadTime.shortest(of: 5, prepare(1 << 10))
        let medium = ThreadTime.shortest(of: 3, prepare(1 << 16))
        let large = ThreadTime.shortest(of: 1, prepare(1 << 20))
        #expect(medium < small * 64 * 4, "2^10: \(small) ns, 2^16: \(medium) ns")
        #expect(large < medium * 16 * 3, "2^16: \(medium) ns, 2^20: \(large) ns")
    }
}
