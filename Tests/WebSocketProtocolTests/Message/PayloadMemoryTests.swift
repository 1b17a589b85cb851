import Foundation
import Testing

@testable import WebSocketProtocol

@Suite("Payload memory")
struct PayloadMemoryTests {
    @Test(
        "A block has the room that was asked for, and less than twice as much",
        arguments: [
            1, 100, 32_768, 32_769, 65_535, 65_536, 65_537, 131_073, 262_144, 1_048_577, 2_097_152, 2_097_153,
            5_000_000,
        ]
    )
    func sizes(capacity: Int) {
        let memory = PayloadMemory()
        let block = memory.take(capacity)
        #expect(block.count >= capacity)
        #expect(block.count < 2 * capacity || capacity == 1)
        memory.give(block)
    }

    @Test(
        "What is given back is taken again, by who needs that size",
        arguments: [40_000, 100_000, 200_000, 2_000_000]
    )
    func reuses(capacity: Int) {
        let memory = PayloadMemory()
        let block = memory.take(capacity)
        memory.give(block)
        let other = memory.take(4 * 1024)
        let same = memory.take(capacity - 1)
        #expect(same.baseAddress == block.baseAddress)
        memory.give(other)
        memory.give(same)
    }

    @Test("No two of those who have a block at the same time have the same, whatever the threads")
    func isExclusive() async {
        let memory = SharedMemory()
        await withTaskGroup(of: Bool.self) { group in
            for owner in 1...8 {
                group.addTask { await memory.useAlone(owner: UInt8(owner), rounds: 10_000) }
            }
            for await wasAlone in group { #expect(wasAlone) }
        }
    }

    @Test("Beyond what is kept, blocks go back to the system")
    func isBounded() {
        let memory = PayloadMemory()
        let blocks = (0..<40).map { _ in memory.take(1 << 20) }
        #expect(Set(blocks.map(\.baseAddress)).count == blocks.count)
        for block in blocks { memory.give(block) }
        #expect(memory.keptBytes == 2 << 20)
    }
}

/// The pool of memory, shared by tasks.
private final class SharedMemory: Sendable {
    private static let bytes = 64 * 1024

    private let memory = PayloadMemory()

    /// Fills a block, lets other tasks run, and checks whether a byte of the block has changed.
    func useAlone(owner: UInt8, rounds: Int) async -> Bool {
        let mark = [UInt8](repeating: owner, count: Self.bytes)
        for _ in 0..<rounds {
            let block = self.memory.take(Self.bytes)
            block.copyBytes(from: mark)
            await Task.yield()
            let isUnchanged = mark.withUnsafeBytes { Self.areEqual($0, UnsafeRawBufferPointer(block)) }
            // A changed block has a second owner; that owner gives it back.
            guard isUnchanged else { return false }
            self.memory.give(block)
        }
        return true
    }

    /// A loop over a billion bytes would take a minute in a debug build.
    private static func areEqual(_ first: UnsafeRawBufferPointer, _ second: UnsafeRawBufferPointer) -> Bool {
        guard let first = first.baseAddress, let second = second.baseAddress else { return false }
        return memcmp(first, second, self.bytes) == 0
    }
}
