import Testing

/// Checks of the table: it has every case of the testsuite once, and its claims about UTF-8 are true.
@Suite("The conformance table")
struct TableTests {
    @Test(
        "Each group has its cases, each number once and no gap in the order of the group",
        arguments: [
            ("1", FramingCases.all, 16), ("2", PingCases.all, 11), ("3", ReservedBitCases.all, 7),
            ("4", OpcodeCases.all, 10), ("5", FragmentationCases.all, 20), ("6", UTF8Cases.all, 145),
            ("7", ClosingCases.all, 37), ("9", BulkCases.all, 54), ("10", BulkCases.autoFragmentation, 1),
        ]
    )
    func counts(group: String, cases: [ConformanceCase], count: Int) {
        #expect(cases.count == count)
        #expect(Set(cases.map(\.id)).count == count)
        #expect(cases.allSatisfy { $0.id.hasPrefix("\(group).") })
        let played = ConformanceCase.all.filter { $0.id.hasPrefix("\(group).") }
        #expect(played.map(\.id) == cases.map(\.id))
    }

    @Test("What the table says of a sequence, the standard library says too", arguments: UTF8Samples.groups)
    func sequences(of group: UTF8Samples.Group) {
        for sequence in group.sequences {
            #expect((String(validating: sequence, as: UTF8.self) != nil) == group.isValid, "\(group.id) \(sequence)")
        }
    }
}
