/// What reading a journal found.
enum JournalContents: Hashable, Sendable {
    /// No record: the workspace was never created.
    case none
    /// A whole record.
    case record(JournalRecord)
    /// Something else. The next start goes on with a generation above `floor`, the highest seen in file names.
    case corrupt(reason: String, floor: UInt64)
}
