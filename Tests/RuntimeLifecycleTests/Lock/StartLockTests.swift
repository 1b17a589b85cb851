import Glibc
import TestSupport
import Testing

@testable import RuntimeLifecycle

@Suite("The start lock", .timeLimit(.minutes(5)))
struct StartLockTests {
    private let clock = ManualClock()

    private func lock(_ sandbox: Sandbox) throws -> StartLock {
        try sandbox.directory.prepareRoot()
        let path = sandbox.directory.lockFile(try WorkspaceID("blue"))
        return StartLock(path: path, clock: self.clock)
    }

    @Test("One holder at a time, even with several open files")
    func excludes() async throws {
        try await Sandbox.with { sandbox in
            let lock = try self.lock(sandbox)
            let first = try await lock.acquire(for: .start, within: .zero)
            await #expect(throws: LifecycleError.self) {
                try await lock.acquire(for: .stop, within: .zero).release()
            }
            _ = consume first
            _ = try await lock.acquire(for: .stop, within: .zero)
        }
    }

    @Test("After a timeout, the error names the holder's process and verb and the path, and says not to remove it")
    func deadline() async throws {
        try await Sandbox.with { sandbox in
            let lock = try self.lock(sandbox)
            let held = try await lock.acquire(for: .restart, within: .zero)
            let waiter = Task { try await lock.acquire(for: .stop, within: .seconds(1)).release() }
            while self.clock.now < .seconds(1) {
                try await eventually("the waiter pauses") { self.clock.sleeperCount == 1 }
                self.clock.advance(by: .milliseconds(20))
            }
            let error = try await #require(throws: LifecycleError.self) { try await waiter.value }
            #expect(error.code == .lockTimeout)
            for words in ["\(getpid())", "restart", lock.path, "do not remove"] {
                #expect(error.message.contains(words))
            }
            #expect(lock.holder()?.isAlive == true)
            _ = consume held
            #expect(lock.holder() == nil)
            #expect(access(lock.path, F_OK) == 0)
        }
    }

    @Test("A waiter can be cancelled between two looks")
    func cancelled() async throws {
        try await Sandbox.with { sandbox in
            let lock = try self.lock(sandbox)
            let held = try await lock.acquire(for: .restart, within: .zero)
            let waiter = Task { try await lock.acquire(for: .stop, within: .seconds(60)).release() }
            try await eventually("the waiter pauses") { self.clock.sleeperCount == 1 }
            waiter.cancel()
            await #expect(throws: CancellationError.self) { try await waiter.value }
            _ = consume held
        }
    }

    @Test("A lock that was let go is free, also while a stub that is being forked has a copy of its descriptor")
    func copies() async throws {
        try await Sandbox.with { sandbox in
            let lock = try self.lock(sandbox)
            let held = try await lock.acquire(for: .start, within: .zero)
            let copies = OpenFiles.copies(of: lock.path)
            #expect(copies.count == 1)
            await held.releasing()
            try await lock.acquire(for: .stop, within: .zero).release()
            OpenFiles.close(copies)
        }
    }

    @Test("A lock whose holder was killed is free at once, and its old text has no effect")
    func holderKilled() async throws {
        try await Sandbox.with { sandbox in
            let id = try WorkspaceID("blue")
            _ = await sandbox.act("create", on: id, ["--kill-at", "lockTaken"])
            let lock = try self.lock(sandbox)
            #expect(lock.holder()?.isAlive == false)
            _ = try await lock.acquire(for: .stop, within: .zero)
        }
    }

    @Test(
        "Invalid text gives no holder",
        arguments: ["", "pid=1", "pid=x\nstart-ticks=1\nboot-id=b\nverb=v\nsince=0\n"]
    )
    func oddText(text: String) {
        #expect(LockHolder(Array(text.utf8)) == nil)
    }
}

extension StartLock.Held {
    /// Ends a held lock here, because it can't leave a task.
    fileprivate consuming func release() {}

    /// Ends a held lock before the next line.
    fileprivate consuming func releasing() async {}
}
