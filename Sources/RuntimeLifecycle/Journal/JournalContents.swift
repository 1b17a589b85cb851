/// The result of reading a journal.
enum JournalContents: Hashable, Sendable {
    /// No record: the workspace was never created.
    case none
    /// A complete record.
    case record(JournalRecord)
    /// A file that is not a record; the next start uses a generation above `floor`, the highest number in the file
    /// names.
    case corrupt(reason: String, floor: UInt64)
}
