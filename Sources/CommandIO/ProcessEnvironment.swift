#if canImport(Glibc)
// `environ` is a C variable; nothing in this program changes it.
@preconcurrency import Glibc
#elseif canImport(Musl)
@preconcurrency import Musl
#else
@preconcurrency import Darwin
#endif

/// The arguments, the environment and the directory of this process.
package enum ProcessEnvironment {
    /// The environment variables; if a name is repeated, the first one counts, as for getenv(3).
    package static var variables: [String: String] {
        var variables: [String: String] = [:]
        #if canImport(Darwin)
        var entry = _NSGetEnviron().pointee
        #else
        var entry = environ
        #endif
        while let text = entry.pointee {
            let parts = String(cString: text).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2, variables[String(parts[0])] == nil { variables[String(parts[0])] = String(parts[1]) }
            entry += 1
        }
        return variables
    }

    /// The arguments of the process, without its name.
    package static var arguments: [String] { Array(CommandLine.arguments.dropFirst()) }

    /// The path of this program.
    package static var program: String {
        #if os(Linux)
        var path = [UInt8](repeating: 0, count: Int(PATH_MAX))
        let count = readlink("/proc/self/exe", &path, path.count)
        if count > 0 { return String(decoding: path[..<count], as: UTF8.self) }
        #endif
        return CommandLine.arguments.first ?? ""
    }

    /// The working directory.
    ///
    /// - Returns: An absolute path; nil if the directory was removed, or can't be reached from here.
    package static func currentDirectory() -> String? {
        guard let path = getcwd(nil, 0) else { return nil }
        defer { free(path) }
        // For a directory outside of the root, Linux gives "(unreachable)/…".
        return path.pointee == CChar(UInt8(ascii: "/")) ? String(cString: path) : nil
    }

    /// Whether standard output is a terminal.
    package static var isOutputTerminal: Bool { isatty(STDOUT_FILENO) == 1 }

    /// Ends the process.
    package static func exit(_ code: Int32) -> Never { unistdExit(code) }

    /// Ends the process at once; it flushes no buffer and waits for nothing.
    package static func exitNow(_ code: Int32) -> Never { _exit(code) }
}

/// `exit(3)`; inside of the type, a function has the same name.
private func unistdExit(_ code: Int32) -> Never { exit(code) }
