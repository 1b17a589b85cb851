import Foundation
import TestSupport
import Testing

/// Nothing is left of a stream; measured in a separate process, where no other test runs.
///
/// `WSSTREAM_CYCLES` is the number of streams to open and end.
@Suite("Leaks", .timeLimit(.minutes(10)))
struct LeakTests {
    @Test(
        "After thousands of streams: no file descriptor, no object and no memory more than after the first thousand",
        .enabled(if: ProcessResources.isKnown, "only Linux tells what a process holds, in /proc")
    )
    func opensAndCloses() async {
        let result = await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) {
            // An error that leaves this closure would end the process by a trap, and the error would not be printed.
            do { try await LeakCount.run() } catch { Issue.record(error) }
        }
        print(String(decoding: result?.standardOutputContent ?? [], as: UTF8.self), terminator: "")
    }
}
