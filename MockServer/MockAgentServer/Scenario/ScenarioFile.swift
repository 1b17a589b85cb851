#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// The bytes of a scenario file, by the system's own rules for paths: Foundation takes a relative one for one below `/`
/// when the working directory was removed.
enum ScenarioFile {
    /// Far more than a scenario is; what is endless ends there.
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
