import Glibc
import Testing

@testable import RuntimeLifecycle

@Suite("Text from other programs is read with care")
struct ParsingTests {
    @Test(
        "A report is a whole line; the first one that means something counts",
        arguments: [
            ("", nil), ("ready generation=1 nonce=a endpoint=http://127.0.0.1:1", nil),
            (
                "\n\nnoise\nready generation=1 nonce=a endpoint=e%3D\nfailed reason=x\n",
                RuntimeReport.ready(RuntimeIdentity(generation: 1, nonce: "a"), endpoint: "e=")
            ),
            ("ready generation=x nonce=a endpoint=e\nexited code=3\n", .exited(code: 3)),
            ("failed reason=no%20model\n", .failed(reason: "no model")),
            ("failed\n", .failed(reason: "no reason given")),
            ("address-in-use endpoint=e\n", .addressInUse(endpoint: "e")),
            ("wrong-identity\n", .wrongIdentity(endpoint: "an unnamed address")),
            ("failed reason=%zz\n", .failed(reason: "no reason given")),
        ] as [(String, RuntimeReport?)]
    )
    func reports(text: String, report: RuntimeReport?) {
        #expect(RuntimeReport.first(in: Array(text.utf8)) == report)
    }

    @Test("A report is not seen before its line is whole, wherever it is cut")
    func cutReport() {
        let line = Array("ready generation=12 nonce=abc endpoint=http://127.0.0.1:80\n".utf8)
        for length in 0..<line.count { #expect(RuntimeReport.first(in: Array(line[..<length])) == nil) }
        #expect(RuntimeReport.first(in: line) != nil)
    }

    @Test(
        "An identity is read from a health answer and from nothing else",
        arguments: [
            ("HTTP/1.1 200 OK\r\nX: y\r\n\r\n{\"nonce\":\"a\",\"generation\":2}", true),
            (
                "HTTP/1.0 200 OK\r\n\r\n { \"x\" : { \"nonce\" : [\"}\"] } , \"generation\" : 2 , \"nonce\" : \"a\" } ",
                true
            ),
            ("HTTP/1.1 503 No\r\n\r\n{\"nonce\":\"a\",\"generation\":2}", false), ("HTTP/1.1 200 OK\r\n\r\n", false),
            ("HTTP/1.1 200 OK\r\n\r\n{\"nonce\":\"a\"}", false),
            ("HTTP/1.1 200 OK\r\n\r\n{\"nonce\":\"a\",\"generation\":-2}", false),
            ("HTTP/1.1 200 OK\r\n\r\n{\"nonce\":\"a\",\"generation\":2", false),
            ("HTTP/1.1 200 OK\r\n\r\n[{\"nonce\"", false),
            ("HTTP/1.1 200 OK\r\n\r\n{\"a\":[[[[", false), ("{\"nonce\":\"a\",\"generation\":2}", false),
        ]
    )
    func health(answer: String, isIdentity: Bool) {
        let expected = isIdentity ? RuntimeIdentity(generation: 2, nonce: "a") : nil
        #expect(HTTPReadinessProbe.identity(in: Array(answer.utf8)) == expected)
    }

    @Test(
        "A health answer in chunks is joined; an incomplete one gives nothing",
        arguments: [
            ("1c\r\n{\"nonce\":\"a\",\"generation\":2}\r\n0\r\n\r\n", true),
            ("5\r\n{\"non\r\n17;x=y\r\nce\":\"a\",\"generation\":2}\r\n0\r\n\r\n", true),
            ("1c\r\n{\"nonce\":\"a\",\"generation\":2}\r\n", false), ("ff\r\n{}\r\n0\r\n\r\n", false),
            ("-1\r\n{}\r\n", false), ("zz\r\n{}\r\n", false), ("2\r\n{}0\r\n\r\n", false), ("2\r", false), ("", false),
            ("7fffffffffffffff\r\n{}\r\n", false), ("fffffffffffffffff\r\n{}\r\n", false),
        ]
    )
    func chunkedHealth(body: String, isIdentity: Bool) {
        let answer = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + body
        let expected = isIdentity ? RuntimeIdentity(generation: 2, nonce: "a") : nil
        #expect(HTTPReadinessProbe.identity(in: Array(answer.utf8)) == expected)
    }

    @Test(
        "Only the field decides whether an answer is in chunks, in any spelling (RFC 9110 §5.5)",
        arguments: [
            ("Transfer-Encoding: chunked", true), ("transfer-encoding:chunked", true),
            ("TRANSFER-ENCODING:   Chunked", true), ("Transfer-Encoding:\tchunked\t ", true),
            ("A: b\r\nTransfer-Encoding:chunked\r\nC: d", true), ("X-Transfer-Encoding: chunked", false),
            ("Transfer-Encoding: chunkedly", false), ("A: Transfer-Encoding: chunked", false),
            ("Transfer-Encoding", false),
        ]
    )
    func chunkedSpelling(field: String, isChunked: Bool) {
        let identity = "{\"nonce\":\"a\",\"generation\":2}"
        let chunks = "1c\r\n\(identity)\r\n0\r\n\r\n"
        for (body, isWhole) in [(chunks, isChunked), (identity, !isChunked)] {
            let answer = "HTTP/1.1 200 OK\r\n\(field)\r\n\r\n\(body)"
            let expected = isWhole ? RuntimeIdentity(generation: 2, nonce: "a") : nil
            #expect(HTTPReadinessProbe.identity(in: Array(answer.utf8)) == expected, "\(body)")
        }
    }

    @Test(
        "A command with a zero byte, or with a name that has an equals sign, is refused before anything is touched",
        arguments: [
            (["a\u{0}b"], [:], nil), (["a", "b\u{0}"], [:], nil), (["a"], ["N\u{0}": "v"], nil),
            (["a"], ["N": "v\u{0}"], nil), (["a"], ["N=": "v"], nil), (["a"], [:], "/tmp\u{0}/elsewhere"),
        ] as [([String], [String: String], String?)]
    )
    func badCommand(arguments: [String], environment: [String: String], directory: String?) {
        var command = RuntimeCommand(arguments)
        (command.environment, command.workingDirectory) = (environment, directory)
        let error = #expect(throws: LifecycleError.self) { try command.validate() }
        #expect(error?.code == .invalidArgument && error?.message.contains("zero byte") == true)
    }

    @Test(
        "Endpoints are numeric and local; anything else is refused with the form that is wanted",
        arguments: [
            "", "http://", "https://127.0.0.1:1", "http://127.0.0.1", "http://127.0.0.1:0", "http://127.0.0.1:65536",
            "http://example.org:80", "http://256.0.0.1:80", "http://1.2.3:80", "http://[::1:80", "http://[::1]",
            "http://::1:80",
            "http://[::g]:80", "http://[127.0.0.1]:80", "http://user@127.0.0.1:80", "http://127.0.0.1:+80",
            "ftp://127.0.0.1:80",
        ]
    )
    func badEndpoint(text: String) {
        let error = #expect(throws: LifecycleError.self) { try ProbeEndpoint(text) }
        #expect(error?.code == .invalidArgument && error?.message.contains("http://ADDRESS:PORT") == true)
    }

    @Test("An endpoint may have a path, be of IPv6, say localhost, and be of any case")
    func goodEndpoint() throws {
        for text in ["http://localhost:8080/api", "HTTP://LocalHost:8080", "http://localhost:8080?x#y"] {
            let endpoint = try ProbeEndpoint(text)
            #expect(endpoint.addresses == [.loopback4, .loopback6] && endpoint.port == 8080)
        }
        #expect(try ProbeEndpoint("http://127.0.0.1:1").addresses == [.loopback4])
        #expect(try ProbeEndpoint("http://[::1]:1/").addresses == [.loopback6])
        #expect(try ProbeEndpoint("Http://[::FFFF:1.2.3.4]:1").authority == "[::FFFF:1.2.3.4]:1")
    }

    @Test("A process whose name looks like the rest of the line is read right")
    func processName() {
        let rest = "S 1 22 33 0 -1 4 0 0 0 0 0 0 0 0 20 0 1 0 777 0"
        let entry = ProcessTable.parse("9 (evil) Z 5 (x)) \(rest)", pid: 9)
        #expect(
            entry
                == ProcessTable.Entry(
                    pid: 9,
                    state: UInt8(ascii: "S"),
                    parent: 1,
                    group: 22,
                    session: 33,
                    startTicks: 777
                )
        )
        for text in ["", "9", "9 (x) S 1 2", "9 (x) S a b c 0 -1 4 0 0 0 0 0 0 0 0 20 0 1 0 777 0"] {
            #expect(ProcessTable.parse(text, pid: 9) == nil)
        }
    }

    @Test(
        "Every text survives encoding, and no encoded text has a newline, a space or a comma",
        arguments: [
            "", "plain", "a=b", "%", "100%25", "line\nline", "a b,c", "ü€", "\u{0}\u{7F}",
        ]
    )
    func fieldText(text: String) {
        let encoded = NameValueLines.encode(text)
        #expect(NameValueLines.decode(Array(encoded.utf8)[...]) == text)
        #expect(!encoded.contains { $0 == "\n" || $0 == " " || $0 == "," })
    }

    @Test(
        "A storage error names the operation, the path and the remedy",
        arguments: [
            (ENOSPC, "Free space"), (EROFS, "writable file system"), (EACCES, "readable and writable"),
            (ELOOP, "symbolic link"),
            (ENOTDIR, "another kind"), (EMFILE, "limit of open files"), (EIO, "try again"),
        ]
    )
    func storageErrors(number: Int32, remedy: String) {
        let error = SystemError.storage("write", "/state/journal", number)
        #expect(error.message.contains("write /state/journal") && error.message.contains(remedy))
        #expect(error.systemError == number && error.code == (number == ELOOP ? .symbolicLink : .storage))
    }
}
