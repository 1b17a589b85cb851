import Glibc

@testable import RuntimeLifecycle

/// The descriptors of this process.
enum OpenFiles {
    /// Duplicates this process's descriptors of a file, like a fork.
    static func copies(of path: String) -> [Int32] {
        ProcessTable.names(in: "/proc/self/fd").compactMap { Int32($0) }.filter { SystemCallRecorder.path($0) == path }
            .map { fcntl($0, F_DUPFD_CLOEXEC, 0) }
    }

    static func close(_ numbers: [Int32]) {
        for number in numbers { _ = Glibc.close(number) }
    }
}
