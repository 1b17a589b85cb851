import Foundation

/// The resources of this process, as Linux reports them.
struct ProcessResources {
    /// Whether the system reports them; only Linux does.
    static var isKnown: Bool { FileManager.default.fileExists(atPath: "/proc/self/statm") }

    /// The number of open file descriptors, including sockets.
    static var openFileCount: Int {
        // The directory itself is open while it is read.
        ((try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd"))?.count ?? 1) - 1
    }

    /// The resident memory in bytes.
    static var residentBytes: Int {
        guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else { return 0 }
        let fields = text.split(separator: " ")
        return fields.count > 1 ? (Int(fields[1]) ?? 0) * Int(getpagesize()) : 0
    }
}
