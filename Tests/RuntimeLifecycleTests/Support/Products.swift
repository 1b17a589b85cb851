import Glibc

/// The executables in the same directory as the tests.
enum Products {
    static let fakeRuntime = Self.path("fake-runtime")
    static let actor = Self.path("lifecycle-actor")
    static let command = Self.path("wsstream")

    private static func path(_ name: String) -> String {
        // The test bundle or its helper runs. If the bundle is not the program, the command line names it.
        let programs = CommandLine.arguments + [Self.program()]
        let folders = programs.compactMap { text in text.lastIndex(of: "/").map { String(text[..<$0]) } }
        return folders.map { "\($0)/\(name)" }.first { access($0, X_OK) == 0 } ?? name
    }

    private static func program() -> String {
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = readlink("/proc/self/exe", &buffer, buffer.count - 1)
        return String(decoding: buffer[..<max(0, count)].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
