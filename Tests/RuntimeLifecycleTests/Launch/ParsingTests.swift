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
