#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// What the process has resident, by `/proc/self/status`; 0 where there is none.
public enum ProcessMemory {
    /// The most there ever was since the program began; `ru_maxrss` would count what ran before it, too.
    public static var peakKibibytes: Int { Self.line("VmHWM:") }
    /// What there is now.
    public static var residentKibibytes: Int { Self.line("VmRSS:") }

    /// Gives freed memory back to the system, as the allocator does by itself only at its top.
    public static func trim() {
        // glibc's alone, and not in its module.
        guard let function = dlsym(nil, "malloc_trim") else { return }
        _ = unsafeBitCast(function, to: (@convention(c) (Int) -> CInt).self)(0)
    }

    private static func line(_ name: String) -> Int {
        guard let file = fopen("/proc/self/status", "r") else { return 0 }
        defer { fclose(file) }
        var buffer = [CChar](repeating: 0, count: 256)
        while let line = fgets(&buffer, 256, file) {
            let text = String(cString: line)
            guard text.hasPrefix(name) else { continue }
            return text.dropFirst(name.count).split(whereSeparator: \.isWhitespace).first.flatMap { Int($0) } ?? 0
        }
        return 0
    }
}
