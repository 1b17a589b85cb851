/// The holder of a start lock, as it has written itself into the lock file.
///
/// It is only for people: the kernel owns the lock, and no decision depends on this text.
public struct LockHolder: Hashable, Sendable {
    /// The process.
    public let process: ProcessIdentity
    /// What the process is doing.
    public let verb: String
    /// When it took the lock, in milliseconds since 1970.
    public let sinceMilliseconds: UInt64

    /// Whether this process still lives; a process that has ended no longer holds the lock.
    var isAlive: Bool { ProcessTable.isAlive(self.process) }

    var fields: [(String, String)] {
        [
            ("pid", String(self.process.pid)), ("start-ticks", String(self.process.startTicks)),
            ("boot-id", self.process.bootID), ("verb", self.verb), ("since", String(self.sinceMilliseconds)),
        ]
    }

    init(process: ProcessIdentity, verb: String, sinceMilliseconds: UInt64) {
        (self.process, self.verb, self.sinceMilliseconds) = (process, verb, sinceMilliseconds)
    }

    /// Reads the text of a lock file; `nil` if it is empty, incomplete or not our format.
    init?(_ bytes: [UInt8]) {
        let fields = NameValueLines.parse(bytes)
        guard let pid = fields["pid"].flatMap({ Int32($0) }), let boot = fields["boot-id"], let verb = fields["verb"],
            let ticks = fields["start-ticks"].flatMap({ UInt64($0) }),
            let since = fields["since"].flatMap({ UInt64($0) })
        else { return nil }
        self.init(
            process: ProcessIdentity(pid: pid, startTicks: ticks, bootID: boot),
            verb: verb,
            sinceMilliseconds: since
        )
    }
}
