#if RED_CONTROLS
internal import RedControls
#endif

/// Finds out whether a record belongs to this directory or was copied from another one.
///
/// The processes in a copied record belong to the original directory, so this directory must not end or adopt them. If
/// the directory was moved, or restored from a backup, there is no original, and the record counts.
struct RecordOrigin: Sendable {
    let directory: StateDirectory
    let id: WorkspaceID

    /// The record as it counts in this directory; blocking.
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

    /// Whether the process belongs to another directory that still exists.
    ///
    /// If its environment names no directory, the process is left alone.
    private func isElsewhere(_ child: ProcessIdentity) -> Bool {
        guard let directory = ProcessTable.mark(of: child.pid).mark?.directory else { return true }
        let workspaceDirectory = WorkspaceDirectory(path: self.directory.workspace(self.id))
        return workspaceDirectory.relation(of: child.pid, naming: directory) == .other
    }
}
