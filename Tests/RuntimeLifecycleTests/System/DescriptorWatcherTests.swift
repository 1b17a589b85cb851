import Glibc
import Testing

@testable import RuntimeLifecycle

@Suite("Waiting for descriptors", .timeLimit(.minutes(5)))
struct DescriptorWatcherTests {
    private let watcher = DescriptorWatcher.shared

    /// Two connected sockets.
    private static func pair() -> (Int32, Int32) {
        var ends: [Int32] = [-1, -1]
        socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends)
        return (ends[0], ends[1])
    }

    @Test("A wait ends when the descriptor is ready, and also when the peer has closed")
    func ready() async {
        let (near, far) = Self.pair()
        #expect(send(far, "a", 1, 0) == 1)
        #expect(await self.watcher.wait(on: near, until: nil) == .ready)
        var byte: UInt8 = 0
        #expect(read(near, &byte, 1) == 1)
        async let outcome = self.watcher.wait(on: near, until: nil)
        close(far)
        #expect(await outcome == .ready)
        close(near)
    }

    @Test("A wait ends at its deadline, also one that is past")
    func deadline() async {
        let (near, far) = Self.pair()
        let began = SystemClock.now
        #expect(await self.watcher.wait(on: near, until: began + .milliseconds(20)) == .timedOut)
        #expect(SystemClock.now - began >= .milliseconds(20))
        #expect(await self.watcher.wait(on: near, until: began) == .timedOut)
        close(near)
        close(far)
    }

    @Test("A wait ends when its task is cancelled, before, while and after it began", arguments: 0..<50)
    func cancelled(round: Int) async {
        let (near, far) = Self.pair()
        let task = Task { await self.watcher.wait(on: near, until: nil) }
        for _ in 0..<round { await Task.yield() }
        task.cancel()
        #expect(await task.value == .cancelled)
        close(near)
        close(far)
    }
}
