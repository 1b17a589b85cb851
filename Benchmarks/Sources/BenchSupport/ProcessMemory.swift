#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The resident memory of the process, by `/proc/self/status`; 0 if there is no such file.
public enum ProcessMemory {
    /// The largest value since the program began; `ru_maxrss` would also count the program before it in this process.
    public static var peakKibibytes: Int { Self.line("VmHWM:") }
    /// The current value.
    public static var residentKibibytes: Int { Self.line("VmRSS:") }

    /// Gives freed memory back to the system; by itself the allocator does so only at the top of its memory.
    public static func trim() {
        // Only glibc has this function, and Swift's module does not have it.
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
