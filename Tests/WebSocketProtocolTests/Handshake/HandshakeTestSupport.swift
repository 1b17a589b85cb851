import Testing
import WebSocketProtocol

/// The error an operation throws, or nil if it throws none or another type.
func handshakeError(_ operation: () throws -> Void) -> HandshakeError? {
    do {
        try operation()
        return nil
    } catch {
        return error as? HandshakeError
    }
}

/// The code of the error an operation throws.
func handshakeErrorCode(_ operation: () throws -> Void) -> HandshakeError.Code? {
    handshakeError(operation)?.code
}

/// The outcome of reading a head, comparable for all sizes of chunks.
struct HeadOutcome<Head: HTTPHead & Equatable>: Equatable {
    var head: Head?
    var consumed = 0
    var error: String?
    var code: HandshakeError.Code?

    /// Reads one head from bytes that arrive in chunks.
    init(of bytes: [UInt8], in chunks: some Sequence<Range<Int>>, limits: HandshakeLimits = HandshakeLimits()) {
        var parser = HTTPHeadParser<Head>(limits: limits)
        do {
            for chunk in chunks {
                switch try parser.receive(bytes.span.extracting(chunk)) {
                case .needMoreBytes: self.consumed += chunk.count
                case .complete(let head, let consumed):
                    self.consumed += consumed
                    self.head = head
                    return
                }
            }
        } catch {
            self.error = error.description
            self.code = error.code
        }
    }

    /// Reads one head from bytes that arrive at once.
    init(of text: String, limits: HandshakeLimits = HandshakeLimits()) {
        let bytes = Array(text.utf8)
        self.init(of: bytes, in: [0..<bytes.count], limits: limits)
    }
}

/// Ways to split an input.
enum Chunks {
    /// Chunks of one size; the last may be shorter.
    static func ofSize(_ size: Int, in count: Int) -> [Range<Int>] {
        stride(from: 0, to: count, by: size).map { $0..<min($0 + size, count) }
    }

    /// Chunks of random sizes from 0 to a maximum.
    static func random(
        upTo size: Int,
        in count: Int,
        using generator: inout some RandomNumberGenerator
    ) -> [Range<Int>] {
        var chunks: [Range<Int>] = []
        var start = 0
        while start < count {
            let end = min(start + Int.random(in: 0...size, using: &generator), count)
            chunks.append(start..<end)
            start = end
        }
        return chunks
    }
}

/// Whether work on 64 times the input takes about 64 times as long; quadratic work takes 4,096 times as long.
///
/// The limit of 640, and the best of three runs, allow for a busy machine.
///
/// - Parameters:
///   - count: The size of the small input; the large one is 64 times larger.
///   - prepare: Makes an input of a size and returns the work with it; only the work is measured.
func isLinear(from count: Int = 1 << 13, _ prepare: (Int) -> () -> Void) -> Bool {
    func shortestTime(_ work: () -> Void) -> Duration {
        (0..<3).map { _ in ContinuousClock().measure(work) }.min() ?? .zero
    }
    return shortestTime(prepare(count * 64)) < shortestTime(prepare(count)) * 640
}

/// The key and answer of RFC 6455 §1.3.
enum SampleKey {
    static let value = "dGhlIHNhbXBsZSBub25jZQ=="
    static let accept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="

    static func key() throws -> SecWebSocketKey {
        try SecWebSocketKey(validating: self.value)
    }
}
