#if RED_CONTROLS
internal import RedControls
#endif

/// Tells a record of this directory from one that was copied here together with another one's files.
///
/// What a copied record names belongs to the original: ending or adopting it from here would be theft. A directory that
/// was moved, or put back from a backup, is the only one of its name and keeps what it names.
struct RecordOrigin: Sendable {
    let directory: StateDirectory
    let id: WorkspaceID

    /// The record as it counts here; blocking.
    func judged(_ record: JournalRecord) -> JournalRecord {
        #if RED_CONTROLS
        if RedControl.isActive(.copyNotNoticed) { return record }
        #endif
        guard let home = record.home, let here = FileIdentity.of(self.directory.workspace(self.id)), home != here,
            let child = record.child, ProcessTable.isAlive(child), self.isElsewhere(child)
        else { return record }
        var copy = record
        (copy.child, copy.endpoint, copy.provenAt) = (nil, nil, nil)
        copy.phase = .failed
        copy.reason = "the record was copied from another state directory, to which process \(child.pid) belongs"
        return copy
    }

    /// Whether the process belongs to a directory that is still there and is not this one.
    ///
    /// One that does not tell is left alone.
    private func isElsewhere(_ child: ProcessIdentity) -> Bool {
        guard let directory = ProcessTable.mark(of: child.pid).mark?.directory else { return true }
        let place = WorkspacePlace(path: self.directory.workspace(self.id))
        return place.relation(of: child.pid, naming: directory) == .other
    }
}
