internal import Glibc

#if RED_CONTROLS
internal import RedControls
#endif

/// Reads the kernel's information about processes.
///
/// `/proc` is memory, not a disk, so these reads do not block.
package enum ProcessTable {
    /// One process, as in `/proc/PID/stat`.
    struct Entry: Hashable, Sendable {
        let pid: Int32
        let state: UInt8
        let parent: Int32
        let group: Int32
        let session: Int32
        let startTicks: UInt64

        /// Whether it has ended; its parent may not have asked for its exit code yet.
        var hasEnded: Bool { self.state == UInt8(ascii: "Z") || self.state == UInt8(ascii: "X") }
    }

    /// The current boot of this machine.
    static let bootID: String =
        Self.text("/proc/sys/kernel/random/boot_id", limit: 64)?.filter { $0 != "\n" } ?? "unknown"

    /// The calling process.
    static var current: ProcessIdentity {
        Self.identity(of: getpid()) ?? ProcessIdentity(pid: getpid(), startTicks: 0, bootID: self.bootID)
    }

    /// The identity of a process that exists now.
    static func identity(of pid: Int32) -> ProcessIdentity? {
        self.entry(pid).map { ProcessIdentity(pid: pid, startTicks: $0.startTicks, bootID: self.bootID) }
    }

    /// Whether exactly this process exists and has not ended.
    package static func isAlive(_ identity: ProcessIdentity) -> Bool {
        #if RED_CONTROLS
        if RedControl.isActive(.bootNotChecked) {
            return self.entry(identity.pid).map { $0.startTicks == identity.startTicks && !$0.hasEnded } ?? false
        }
        #endif
        #if RED_CONTROLS
        if RedControl.isActive(.startTimeNotChecked) { return self.entry(identity.pid).map { !$0.hasEnded } ?? false }
        #endif
        guard identity.bootID == self.bootID, let entry = self.entry(identity.pid) else { return false }
        return entry.startTicks == identity.startTicks && !entry.hasEnded
    }

    static func entry(_ pid: Int32) -> Entry? {
        guard let text = self.text("/proc/\(pid)/stat", limit: 4096) else { return nil }
        return self.parse(text, pid: pid)
    }

    /// All processes that are visible.
    static func all() -> [Entry] {
        self.names(in: "/proc").compactMap { Int32($0) }.compactMap { self.entry($0) }
    }

    /// Parses one line; the command name may contain closing parentheses, so fields are counted from the last one.
    static func parse(_ text: String, pid: Int32) -> Entry? {
        guard let end = text.lastIndex(of: ")") else { return nil }
        let fields = text[text.index(after: end)...].split(separator: " ")
        guard fields.count > 19, let state = fields[0].utf8.first, let parent = Int32(fields[1]),
            let group = Int32(fields[2]),
            let session = Int32(fields[3]), let startTicks = UInt64(fields[19])
        else { return nil }
        return Entry(pid: pid, state: state, parent: parent, group: group, session: session, startTicks: startTicks)
    }

    /// The identity of a process from its entry.
    static func identity(_ entry: Entry) -> ProcessIdentity {
        ProcessIdentity(pid: entry.pid, startTicks: entry.startTicks, bootID: self.bootID)
    }

    /// What the environment of a process says about its workspace.
    enum MarkReading: Sendable {
        case none
        case marked(RuntimeMark)
        /// It is between two programs: the old environment no longer exists, and the new one does not exist yet.
        case becomingAnotherProgram

        var mark: RuntimeMark? {
            if case .marked(let mark) = self { mark } else { nil }
        }
    }

    /// The most that is read of an environment, in bytes.
    private static let environmentLimit = 4 << 20

    /// Reads the mark of a process; `none` if its environment can't be read.
    static func mark(of pid: Int32) -> MarkReading {
        guard let bytes = self.bytes("/proc/\(pid)/environ", limit: Self.environmentLimit) else { return .none }
        guard bytes.isEmpty else { return RuntimeMark(environment: bytes).map { .marked($0) } ?? .none }
        return self.isBetweenPrograms(pid) ? .becomingAnotherProgram : .none
    }

    /// Whether a process has no environment at the moment; kernel threads never have one.
    private static func isBetweenPrograms(_ pid: Int32) -> Bool {
        guard let text = self.text("/proc/\(pid)/stat", limit: 4096), let end = text.lastIndex(of: ")") else {
            return false
        }
        let fields = text[text.index(after: end)...].split(separator: " ")
        // PF_KTHREAD of the kernel.
        let kernelThread: UInt64 = 0x0020_0000
        // proc(5): field 3 is the state, 9 the flags, 50 the start of the environment.
        guard fields.count > 47, let flags = UInt64(fields[6]), fields[0] != "Z", fields[0] != "X" else { return false }
        return flags & kernelThread == 0 && fields[47] == "0"
    }

    /// Whether the process was started with this entry in its environment.
    static func hasEnvironment(_ pid: Int32, _ entry: String) -> Bool {
        guard let bytes = self.bytes("/proc/\(pid)/environ", limit: Self.environmentLimit) else { return false }
        return bytes.split(separator: 0).contains { $0.elementsEqual(entry.utf8) }
    }

    /// The descriptors with which a process has this file open, under any name of the file.
    static func descriptors(of pid: Int32, on file: FileIdentity) -> [String] {
        self.names(in: "/proc/\(pid)/fd").filter { FileIdentity.of("/proc/\(pid)/fd/\($0)") == file }
    }

    /// Whether a descriptor of a process holds a `flock` lock.
    ///
    /// The lock belongs to the open file. So every process that has inherited the descriptor is shown as a holder.
    static func holdsLock(_ pid: Int32, descriptor: String) -> Bool {
        guard let text = self.text("/proc/\(pid)/fdinfo/\(descriptor)", limit: 65_536) else { return false }
        return text.split(separator: "\n").contains { $0.hasPrefix("lock:") && $0.contains("FLOCK") }
    }

    /// The process id that `/proc` shows for one of our pidfds; `nil` if it shows none.
    static func number(of pidfd: Int32) -> Int32? {
        guard let text = self.text("/proc/self/fdinfo/\(pidfd)", limit: 4096) else { return nil }
        let line = text.split(separator: "\n").first { $0.hasPrefix("Pid:") }
        return line.flatMap { Int32($0.dropFirst("Pid:".count).filter { $0 != " " && $0 != "\t" }) }
    }

    /// The names in a directory; empty if it can't be read.
    static func names(in directory: String) -> [String] {
        guard let stream = opendir(directory) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            names.append(name)
        }
        return names.filter { $0 != "." && $0 != ".." }
    }

    private static func text(_ path: String, limit: Int) -> String? {
        self.bytes(path, limit: limit).map { String(decoding: $0, as: UTF8.self) }
    }

    private static func bytes(_ path: String, limit: Int) -> [UInt8]? {
        let number = open(path, O_RDONLY | O_CLOEXEC)
        guard number >= 0 else { return nil }
        return OwnedDescriptor(number).readAll(limit: limit)
    }
}
