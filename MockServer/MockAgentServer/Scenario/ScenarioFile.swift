#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// Reads the bytes of a scenario file by the system's rules for paths.
///
/// Foundation is not used: if the working directory was removed, it reads a relative path as a path below `/`.
enum ScenarioFile {
    /// Much more than a scenario needs; reading an endless file stops here.
    private static let maximumBytes = 64 * 1024 * 1024

    /// Reads a file, or a pipe to its end.
    ///
    /// - Returns: The bytes; nil if it can't be read, or is larger than 64 MiB.
    static func contents(of path: String) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while bytes.count <= self.maximumBytes {
            let count = read(descriptor, &chunk, chunk.count)
            if count == 0 { return bytes }
            if count < 0, errno != EINTR { return nil }
            if count > 0 { bytes += chunk[..<count] }
        }
        return nil
    }
}
