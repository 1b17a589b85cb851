import Testing

@testable import RuntimeLifecycle

@Suite("The journal's text")
struct JournalCodecTests {
    private func record() -> JournalRecord {
        var record = JournalRecord(generation: 7, phase: .running, verb: .restart, nonce: "00ff")
        record.spawner = ProcessIdentity(pid: 12, startTicks: 99, bootID: "a-b")
        record.child = ProcessIdentity(pid: 13, startTicks: 100, bootID: "a-b")
        record.endpoint = "http://127.0.0.1:8080"
        record.command = ["/bin/run it", "--text=a,b%\n", "", "ü"]
        record.reason = "line one\ncrc32=00000000"
        (record.workingDirectory, record.expectedEndpoint) = ("/a b", "http://127.0.0.1:1")
        record.provenAt = BootTime(milliseconds: 77, bootID: "a-b")
        record.budget.earliest = BootTime(milliseconds: 88, bootID: "a-b")
        (record.budget.used, record.budget.gaveUpMilliseconds) = (3, 99)
        return record
    }

    @Test("What was written is read")
    func roundTrip() throws {
        let id = try WorkspaceID("blue")
        #expect(try JournalCodec.decode(JournalCodec.encode(self.record(), id: id), id: id).get() == self.record())
    }

    @Test("A record cut anywhere is corrupt, never half a record")
    func cut() throws {
        let id = try WorkspaceID("blue")
        let bytes = JournalCodec.encode(self.record(), id: id)
        for length in 0..<bytes.count {
            #expect(throws: JournalCodec.Corruption.self) {
                try JournalCodec.decode(Array(bytes[..<length]), id: id).get()
            }
        }
    }

    @Test("A flipped bit anywhere is noticed")
    func flipped() throws {
        let id = try WorkspaceID("blue")
        let bytes = JournalCodec.encode(self.record(), id: id)
        for index in bytes.indices {
            var damaged = bytes
            damaged[index] ^= 1 << UInt8(index % 8)
            #expect(throws: JournalCodec.Corruption.self) { try JournalCodec.decode(damaged, id: id).get() }
        }
    }

    @Test(
        "Bytes with a right checksum but wrong contents are corrupt",
        arguments: [
            "wsstream-journal 2\nid=blue\n", "wsstream-journal 1\nid=green\n", "wsstream-journal 1\nid=blue\n",
            "wsstream-journal 1\nid=blue\ngeneration=-1\nphase=running\nverb=stop\nnonce=\nwritten=0\ncommand=\n",
            "wsstream-journal 1\nid=blue\ngeneration=1\nphase=odd\nverb=stop\nnonce=\nwritten=0\ncommand=\n",
            "wsstream-journal 1\nid=blue\ngeneration=1\nphase=running\nverb=stop\nnonce=\nwritten=0\ncommand=\nchild=x\n",
            "wsstream-journal 1\nid=blue\ngeneration=1\nphase=running\nverb=stop\nnonce=\nwritten=0\ncommand=\nchild=-1%201%20b\n",
            "wsstream-journal 1\nid=blue\ngeneration=1\nphase=running\nverb=stop\nnonce=\nwritten=0\ncommand=\nattempts=0\n",
            "wsstream-journal 1\nid=blue\ngeneration=1\nphase=running\nverb=stop\nnonce=\nwritten=0\ncommand=\ngave-up=-1\n",
            "wsstream-journal 1\nid=blue\ngeneration=1\nphase=running\nverb=stop\nnonce=\nwritten=0\ncommand=\nproven=-1%20b\n",
            "wsstream-journal 1\nid=blue\ngeneration=1\nphase=running\nverb=stop\nnonce=\nwritten=0\ncommand=\nearliest-attempt=9\n",
        ]
    )
    func wellSummedNonsense(text: String) throws {
        let bytes = Array(text.utf8)
        let digits = String(CRC32.checksum(bytes), radix: 16, uppercase: true)
        let line = "crc32=\(String(repeating: "0", count: 8 - digits.count))\(digits)\n"
        let id = try WorkspaceID("blue")
        #expect(throws: JournalCodec.Corruption.self) {
            try JournalCodec.decode(bytes + Array(line.utf8), id: id).get()
        }
    }

    @Test("A record of a program that knew nothing of budgets is read, with a fresh one")
    func olderRecord() throws {
        let text = """
            wsstream-journal 1
            id=blue
            generation=3
            phase=running
            verb=restart
            nonce=00ff
            written=1767225600000
            spawner=12%2099%20a-b
            child=13%20100%20a-b
            endpoint=http://127.0.0.1:41234
            command=/bin/run%20it
            crc32=5E2CF318

            """
        let record = try JournalCodec.decode(Array(text.utf8), id: try WorkspaceID("blue")).get()
        #expect(record.generation == 3 && record.command == ["/bin/run it"] && record.child?.pid == 13)
        #expect(record.budget.isFresh && record.provenAt == nil && record.workingDirectory == nil)
    }

    @Test("Unknown fields are ignored, so a later version may add some")
    func unknownField() throws {
        let text =
            "wsstream-journal 1\nid=blue\ngeneration=1\nphase=absent\nverb=stop\nnonce=\nwritten=0\ncommand=\nnew=1\n"
        let digits = String(CRC32.checksum(text.utf8), radix: 16, uppercase: true)
        let line = "crc32=\(String(repeating: "0", count: 8 - digits.count))\(digits)\n"
        let id = try WorkspaceID("blue")
        #expect(try JournalCodec.decode(Array((text + line).utf8), id: id).get().generation == 1)
    }

    @Test("The checksum is the CRC-32 everyone knows")
    func checksum() {
        #expect(CRC32.checksum("123456789".utf8) == 0xCBF4_3926)
    }
}
