import Testing

@testable import WebSocketProtocol

@Suite("Reading the answer to a client")
struct ClientHandshakeReaderTests {
    private static let accepting =
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + "Sec-WebSocket-Accept: \(SampleKey.accept)\r\n\r\n"

    /// The outcome of reading an answer, comparable for all sizes of chunks.
    fileprivate struct Outcome: Equatable {
        var result: ClientHandshakeResult?
        var consumed = 0
        var error: String?
        var code: HandshakeError.Code?
        var refusal: UpgradeRefusal?
        var hasCause = false

        mutating func record(_ failure: HandshakeError) {
            self.error = failure.description
            self.code = failure.code
            self.refusal = failure.refusal
            self.hasCause = failure.cause != nil
        }
    }

    private static func reader(limits: HandshakeLimits = HandshakeLimits()) throws -> ClientHandshakeReader {
        let request = ClientHandshakeRequest(url: try WebSocketURL("ws://a"), key: try SampleKey.key())
        return try ClientHandshakeReader(for: ClientHandshake(request), limits: limits)
    }

    fileprivate static func read(_ text: String, chunks: [Range<Int>]? = nil, bodyLimit: Int = 65_536) throws -> Outcome
    {
        let bytes = Array(text.utf8)
        var limits = HandshakeLimits()
        limits.maximumBodyBytes = bodyLimit
        var reader = try self.reader(limits: limits)
        var outcome = Outcome()
        do throws(HandshakeError) {
            for chunk in chunks ?? [0..<bytes.count] {
                switch try reader.receive(bytes.span.extracting(chunk)) {
                case .needMoreBytes: outcome.consumed += chunk.count
                case .opened(let result, let consumed):
                    outcome.result = result
                    outcome.consumed += consumed
                    return outcome
                }
            }
            outcome.record(reader.errorAtEndOfStream())
        } catch {
            outcome.consumed = 0
            outcome.record(error)
        }
        return outcome
    }

    @Test("Every split of an answer, and the first frames with it, gives what one chunk gives")
    func splits() throws {
        let answers = [
            Self.accepting + "\u{1}\u{2}frames",
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + Self.accepting + "f",
            "\r\nHTTP/1.1 102\n\n\r\n"
                + Self.accepting.replacing("Upgrade: ", with: "Content-Length: 9\r\nX:\r\n y\nUpgrade: ") + "f",
            "HTTP/1.1 403\nContent-Length: 5\nContent-Length: 5\n\nhello rest",
            "HTTP/1.1 403 No\r\nContent-Length: 5\r\n\r\nhello rest",
            "HTTP/1.1 403 No\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\nrest",
            "HTTP/1.0 503 Busy\r\n\r\nhello",
        ]
        for answer in answers {
            let count = answer.utf8.count
            let whole = try Self.read(answer)
            #expect((whole.result != nil) != (whole.refusal?.body == Array("hello".utf8)))
            for split in 0...count {
                #expect(try Self.read(answer, chunks: [0..<split, split..<count]).sameResult(as: whole))
            }
            #expect(try Self.read(answer, chunks: Chunks.ofSize(1, in: count)).sameResult(as: whole))
        }
    }

    @Test("The first frames in the same read as the 101 are left to the caller")
    func leavesFrames() throws {
        let outcome = try Self.read(Self.accepting + "frames")
        #expect(outcome.result != nil)
        #expect(outcome.consumed == Self.accepting.utf8.count)
    }

    @Test("Interim responses are skipped, but not without end")
    func skipsInterimResponses() throws {
        let interim = "HTTP/1.1 100 Continue\r\n\r\n"
        let maximum = String(repeating: interim, count: ClientHandshakeReader.maximumInterimResponses)
        #expect(try Self.read(maximum + Self.accepting).result != nil)
        #expect(try Self.read(maximum + interim + Self.accepting).code == .limitExceeded)
    }

    @Test("A refusal comes with its whole body")
    func readsBody() throws {
        let outcome = try Self.read("HTTP/1.1 401 No\r\nContent-Length: 5\r\n\r\nhello")
        #expect(outcome.code == .upgradeRefused)
        #expect(outcome.refusal?.status == 401)
        #expect(outcome.refusal?.body == Array("hello".utf8))
        #expect(outcome.refusal?.isBodyComplete == true && !outcome.hasCause)
    }

    @Test(
        "A refusal is thrown as soon as the limit of its body is reached; the body is marked as cut",
        arguments: ["Content-Length: 100000000", "Content-Length: 5", "Server: x"]
    )
    func cutsBody(field: String) throws {
        let outcome = try Self.read("HTTP/1.1 500 x\r\n\(field)\r\n\r\nhello", bodyLimit: 4)
        #expect(outcome.code == .upgradeRefused)
        #expect(outcome.refusal?.body == Array("hell".utf8))
        #expect(outcome.refusal?.isBodyComplete == false && !outcome.hasCause)
    }

    @Test(
        "What comes behind the limit of a body says nothing, in the same read or a later one",
        arguments: ["5\r\nhello\r\n0\r\n\r\n", "5\r\nhello\r\nx", "6\r\nhello!!", "5\r\nhello"]
    )
    func ignoresWhatIsBehindTheLimit(body: String) throws {
        let answer = "HTTP/1.1 500 x\r\nTransfer-Encoding: chunked\r\n\r\n" + body
        let count = answer.utf8.count
        for size in [count, 1, 3] {
            let outcome = try Self.read(answer, chunks: Chunks.ofSize(size, in: count), bodyLimit: 5)
            #expect(outcome.refusal?.body == Array("hello".utf8))
            #expect(outcome.refusal?.isBodyComplete == false && !outcome.hasCause)
        }
    }

    @Test("A body of exactly the limit is complete")
    func acceptsBodyOfLimit() throws {
        let outcome = try Self.read("HTTP/1.1 500 x\r\nContent-Length: 5\r\n\r\nhello", bodyLimit: 5)
        #expect(outcome.refusal?.isBodyComplete == true)
    }

    @Test(
        "A refusal stays a refusal if its body can't be read; the reason is its cause",
        arguments: [
            ("Content-Length: x\r\n\r\nhello", ""), ("Content-Length: 5, 6\r\n\r\nhello", ""),
            ("Transfer-Encoding: chunked\r\n\r\n5\r\nhello!", "hello"), ("Content-Length: 9\r\n\r\nhello", "hello"),
            ("Transfer-Encoding: chunked\r\n\r\n5\r\nhello", "hello"),
        ]
    )
    func keepsRefusal(rest: String, body: String) throws {
        let outcome = try Self.read("HTTP/1.1 403 No\r\n" + rest)
        #expect(outcome.code == .upgradeRefused)
        #expect(outcome.refusal?.body == Array(body.utf8))
        #expect(outcome.refusal?.isBodyComplete == false && outcome.hasCause)
    }

    @Test("The end of the connection before the end of the head is an error", arguments: ["", "HTTP/1.1 101 x\r\n"])
    func reportsEnd(text: String) throws {
        #expect(try Self.read(text).code == .connectionEnded)
    }

    @Test("A failure is thrown again for every later byte")
    func failsForEver() throws {
        var reader = try Self.reader()
        let first = handshakeError { _ = try reader.receive(Array("HTTP/1.1 204 x\r\n\r\n".utf8).span) }
        let second = handshakeError { _ = try reader.receive(Array(Self.accepting.utf8).span) }
        #expect(first?.code == .upgradeRefused && first?.refusal?.isBodyComplete == true)
        #expect(second?.description == first?.description)
        #expect(reader.errorAtEndOfStream().description == first?.description)
    }

    @Test("Reading a refusal takes time linear in the length of its body, also in single bytes")
    func readsInLinearTime() {
        var limits = HandshakeLimits()
        limits.maximumBodyBytes = 1 << 20
        let isLinear = isLinear { count in
            let body = [UInt8](repeating: 0x78, count: count)
            return {
                guard var reader = try? Self.reader(limits: limits) else { return }
                _ = try? reader.receive(Array("HTTP/1.1 403 x\r\n\r\n".utf8).span)
                for index in body.indices { _ = try? reader.receive(body.span.extracting(index..<(index + 1))) }
                #expect(reader.errorAtEndOfStream().refusal?.body.count == count)
            }
        }
        #expect(isLinear)
    }

    @Test("Limits out of range are refused at the start")
    func checksLimits() {
        var limits = HandshakeLimits()
        limits.maximumFields = 0
        #expect(handshakeErrorCode { _ = try Self.reader(limits: limits) } == .invalidConfiguration)
    }
}

extension ClientHandshakeReaderTests.Outcome {
    /// Compares outcomes; the number of consumed bytes matters only if the WebSocket is open.
    fileprivate func sameResult(as other: Self) -> Bool {
        var (first, second) = (self, other)
        if self.result == nil { (first.consumed, second.consumed) = (0, 0) }
        return first == second
    }
}
