import Glibc
import TestSupport

@testable import RuntimeLifecycle

/// Makes the system calls of production, and records them.
///
/// Each call is one line, as in `strace`: `fsync journal.tmp`, `signal 15 4711`. A file has the last part of its path
/// as its name, a process its process id.
final class SystemCallRecorder: Sendable {
    private let lines = Recorder<String>()

    /// The lines so far.
    var calls: [String] { self.lines.values }

    /// Records the calls of `body` and of all its tasks.
    func record<Value>(_ body: () async throws -> Value) async rethrows -> Value {
        try await SystemCalls.$current.withValue(self.systemCalls) { try await body() }
    }

    /// The recording calls; `change` may make some of them fail.
    var systemCalls: SystemCalls {
        let (real, lines) = (SystemCalls(), self.lines)
        var calls = SystemCalls()
        calls.write = { number, bytes, count in
            lines.append("write \(Self.file(number))")
            return real.write(number, bytes, count)
        }
        calls.fsync = { number in
            lines.append("fsync \(Self.file(number))")
            return real.fsync(number)
        }
        calls.rename = { old, new in
            lines.append("rename \(Self.last(old)) \(Self.last(new))")
            return real.rename(old, new)
        }
        calls.exchange = { one, other in
            lines.append("exchange \(Self.last(one)) \(Self.last(other))")
            return real.exchange(one, other)
        }
        calls.flock = { number, operation in
            let file = Self.file(number)
            let result = real.flock(number, operation)
            let failure = errno
            lines.append(
                operation == LOCK_UN ? "unlock \(file)" : result == 0 ? "lock \(file)" : "lock \(file), but it is held"
            )
            errno = failure
            return result
        }
        calls.spawn = { request, stub in
            lines.append("spawn")
            return real.spawn(request, stub)
        }
        calls.commit = { number in
            lines.append("commit")
            return real.commit(number)
        }
        calls.signal = { number, signal, isForGroup in
            lines.append("signal \(signal) \(Self.process(number))\(isForGroup ? " and its group" : "")")
            return real.signal(number, signal, isForGroup)
        }
        return calls
    }

    private static func last(_ path: String) -> String { String(path.split(separator: "/").last ?? "") }

    static func file(_ number: Int32) -> String { self.last(self.path(number)) }

    /// The path of the file behind a descriptor of this process.
    static func path(_ number: Int32) -> String {
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = readlink("/proc/self/fd/\(number)", &buffer, buffer.count)
        return String(decoding: buffer[..<max(0, count)].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private static func process(_ pidfd: Int32) -> String {
        let lines = Sandbox.read("/proc/self/fdinfo/\(pidfd)").split(separator: "\n")
        return lines.first { $0.hasPrefix("Pid:") }.map { String($0.dropFirst(5)) } ?? "unknown"
    }
}
