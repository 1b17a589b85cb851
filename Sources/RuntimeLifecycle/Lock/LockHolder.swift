/// Who holds a start lock, as the holder wrote it into the lock file.
///
/// For people only: the lock is the kernel's, this text decides nothing.
public struct LockHolder: Hashable, Sendable {
    /// The process.
    public let process: ProcessIdentity
    /// What it is doing.
    public let verb: String
    /// Since when, in milliseconds since 1970.
    public let sinceMilliseconds: UInt64

    /// Whether that process still lives; a holder that died has released the lock.
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

    /// Reads the text of a lock file; nothing if it is empty, half-written or not ours.
    init?(_ bytes: [UInt8]) {
        let fields = FieldText.parse(bytes)
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
