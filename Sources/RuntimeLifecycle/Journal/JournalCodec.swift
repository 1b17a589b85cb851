#if RED_CONTROLS
internal import RedControls
#endif

/// The text form of a record: a header with the version, `name=value` lines, and a checksum of all bytes before it.
///
/// ```
/// wsstream-journal 1
/// id=blue
/// generation=3
/// phase=running
/// …
/// crc32=89ABCDEF
/// ```
/// Unknown names are ignored, and a missing name has its default value. So this program reads the records of earlier
/// and later programs. A change that breaks this gets another version in the header, and files of another version are
/// refused.
enum JournalCodec {
    static let header = "wsstream-journal 1"
    /// The largest size of a file in bytes; longer files are not records.
    ///
    /// It leaves room for a long command line.
    static let sizeLimit = 4 << 20

    static func encode(_ record: JournalRecord, id: WorkspaceID) -> [UInt8] {
        let body = self.header + "\n" + NameValueLines.make(self.fields(record, id))
        let bytes = Array(body.utf8)
        return bytes + Array("crc32=\(self.hexadecimal(CRC32.checksum(bytes)))\n".utf8)
    }

    /// Reads a record, or says what is wrong with the bytes.
    static func decode(_ bytes: [UInt8], id: WorkspaceID) -> Result<JournalRecord, Corruption> {
        guard let end = self.checksumLine(bytes) else { return .failure(Corruption("it has no checksum line")) }
        let sum = String(decoding: bytes[end...], as: UTF8.self)
        guard sum == "crc32=\(self.hexadecimal(CRC32.checksum(bytes[..<end])))\n" else {
            #if RED_CONTROLS
            if RedControl.isActive(.checksumNotChecked) { return self.content(bytes[..<end], id) }
            #endif
            return .failure(Corruption("its checksum does not match"))
        }
        return self.content(bytes[..<end], id)
    }

    /// Reads the part before the checksum.
    private static func content(_ bytes: ArraySlice<UInt8>, _ id: WorkspaceID) -> Result<JournalRecord, Corruption> {
        guard bytes.starts(with: Array((self.header + "\n").utf8)) else {
            return .failure(Corruption("it is not of the version \"\(self.header)\""))
        }
        let fields = NameValueLines.parse(Array(bytes))
        guard fields["id"] == id.description else { return .failure(Corruption("it names another workspace")) }
        guard let record = self.record(fields) else { return .failure(Corruption("a field is missing or malformed")) }
        return .success(record)
    }

    /// Why bytes are not a record.
    struct Corruption: Error, Hashable {
        let reason: String
        init(_ reason: String) { self.reason = reason }
    }

    private static func checksumLine(_ bytes: [UInt8]) -> Int? {
        let length = "crc32=00000000\n".utf8.count
        return bytes.count > length ? bytes.count - length : nil
    }

    private static func hexadecimal(_ value: UInt32) -> String {
        let digits = String(value, radix: 16, uppercase: true)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }

    private static func fields(_ record: JournalRecord, _ id: WorkspaceID) -> [(String, String)] {
        var fields = [
            ("id", id.description), ("generation", String(record.generation)), ("phase", record.phase.rawValue),
            ("verb", record.verb.rawValue), ("nonce", record.nonce), ("written", String(record.writtenMilliseconds)),
        ]
        fields += record.spawner.map { [("spawner", self.encode($0))] } ?? []
        fields += record.child.map { [("child", self.encode($0))] } ?? []
        fields += record.home.map { [("home", "\($0.device) \($0.inode)")] } ?? []
        fields += record.endpoint.map { [("endpoint", $0)] } ?? []
        fields += record.reason.map { [("reason", $0)] } ?? []
        fields += record.workingDirectory.map { [("directory", $0)] } ?? []
        fields += record.expectedEndpoint.map { [("expected-endpoint", $0)] } ?? []
        fields += record.provenAt.map { [("proven", self.encode($0))] } ?? []
        fields += self.fields(record.budget)
        fields.append(("command", record.command.map(NameValueLines.encode).joined(separator: ",")))
        return fields
    }

    /// The fields of a budget; a fresh budget has none.
    private static func fields(_ budget: RestartBudget) -> [(String, String)] {
        var fields = budget.used > 0 ? [("attempts", String(budget.used))] : []
        fields += budget.earliest.map { [("earliest-attempt", self.encode($0))] } ?? []
        fields += budget.gaveUpMilliseconds.map { [("gave-up", String($0))] } ?? []
        return fields
    }

    private static func record(_ fields: [String: String]) -> JournalRecord? {
        guard let generation = fields["generation"].flatMap({ UInt64($0) }),
            generation < JournalRecord.highestGeneration,
            let phase = fields["phase"].flatMap(RuntimePhase.init(rawValue:)),
            let verb = fields["verb"].flatMap(LifecycleVerb.init(rawValue:)), let nonce = fields["nonce"],
            let written = fields["written"].flatMap({ UInt64($0) }), let command = fields["command"]
        else { return nil }
        var record = JournalRecord(generation: generation, phase: phase, verb: verb, nonce: nonce)
        record.writtenMilliseconds = written
        (record.endpoint, record.reason) = (fields["endpoint"], fields["reason"])
        record.command = self.arguments(command)
        (record.workingDirectory, record.expectedEndpoint) = (fields["directory"], fields["expected-endpoint"])
        do {
            record.provenAt = try fields["proven"].map(self.bootTime)
            record.budget = try self.budget(fields)
            record.spawner = try fields["spawner"].map(self.identity)
            record.child = try fields["child"].map(self.identity)
            record.home = try fields["home"].map(self.file)
        } catch { return nil }
        return record
    }

    /// Reads the arguments of a command: an empty text means no command, but empty arguments in it are kept.
    private static func arguments(_ text: String) -> [String] {
        guard !text.isEmpty else { return [] }
        return text.split(separator: ",", omittingEmptySubsequences: false).compactMap {
            NameValueLines.decode(Array($0.utf8)[...])
        }
    }

    private static func budget(_ fields: [String: String]) throws(Corruption) -> RestartBudget {
        var budget = RestartBudget()
        budget.earliest = try fields["earliest-attempt"].map(self.bootTime)
        if let text = fields["attempts"] {
            guard let count = Int(text), (1...RestartBudget.highestCount).contains(count) else {
                throw Corruption("malformed count of attempts")
            }
            budget.used = count
        }
        if let text = fields["gave-up"] {
            guard let milliseconds = UInt64(text) else { throw Corruption("malformed time") }
            budget.gaveUpMilliseconds = milliseconds
        }
        return budget
    }

    private static func encode(_ time: BootTime) -> String { "\(time.milliseconds) \(time.bootID)" }

    private static func bootTime(_ text: String) throws(Corruption) -> BootTime {
        let parts = text.split(separator: " ")
        // The limit is three hundred thousand years, so that no addition to it overflows.
        guard parts.count == 2, let milliseconds = Int64(parts[0]), (0...10_000_000_000_000_000).contains(milliseconds)
        else { throw Corruption("malformed time") }
        return BootTime(milliseconds: milliseconds, bootID: String(parts[1]))
    }

    private static func file(_ text: String) throws(Corruption) -> FileIdentity {
        let parts = text.split(separator: " ")
        guard parts.count == 2, let device = UInt64(parts[0]), let inode = UInt64(parts[1]) else {
            throw Corruption("malformed directory")
        }
        return FileIdentity(device: device, inode: inode)
    }

    private static func encode(_ identity: ProcessIdentity) -> String {
        "\(identity.pid) \(identity.startTicks) \(identity.bootID)"
    }

    private static func identity(_ text: String) throws(Corruption) -> ProcessIdentity {
        let parts = text.split(separator: " ")
        guard parts.count == 3, let pid = Int32(parts[0]), pid > 0, let ticks = UInt64(parts[1]) else {
            throw Corruption("malformed process")
        }
        return ProcessIdentity(pid: pid, startTicks: ticks, bootID: String(parts[2]))
    }
}

/// The CRC-32 of zlib and PNG (ISO 3309): it finds incomplete writes and damaged bytes, but not forged ones.
enum CRC32 {
    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { value, _ in value & 1 == 1 ? 0xEDB8_8320 ^ (value >> 1) : value >> 1 }
    }

    static func checksum(_ bytes: some Sequence<UInt8>) -> UInt32 {
        let sum = bytes.reduce(UInt32.max) { value, byte in
            self.table[Int(UInt8(truncatingIfNeeded: value) ^ byte)] ^ (value >> 8)
        }
        return ~sum
    }
}
