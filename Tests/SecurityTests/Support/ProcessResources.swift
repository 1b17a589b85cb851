import Foundation

/// The resources of this process, as the system counts them; nil if the system does not report them.
enum ProcessResources {
    /// The memory in use, in bytes.
    static var residentBytes: Int? {
        guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else { return nil }
        let fields = text.split(separator: " ")
        guard fields.count > 1, let pages = Int(fields[1]) else { return nil }
        return pages * sysconf(Int32(_SC_PAGESIZE))
    }

    /// The number of open sockets.
    static var socketCount: Int? {
        let folder = "/proc/self/fd"
        guard let descriptors = try? FileManager.default.contentsOfDirectory(atPath: folder) else { return nil }
        return descriptors.count { descriptor in
            let target = try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\(descriptor)")
            return target?.hasPrefix("socket:") ?? false
        }
    }

    /// How much the memory in use has grown since `before`, in bytes; 0 if the system does not report it.
    static func growth(since before: Int?) -> Int {
        guard let before, let now = self.residentBytes else { return 0 }
        return now - before
    }
}
