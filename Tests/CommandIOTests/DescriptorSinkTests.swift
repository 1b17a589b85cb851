import Foundation
import TestSupport
import Testing
import WebSocketTransport

@testable import CommandIO

@Suite("Output", .timeLimit(.minutes(1)))
struct DescriptorSinkTests {
    /// More bytes than a pipe or a socket takes if nobody reads.
    private static let much = [UInt8](repeating: UInt8(ascii: "x"), count: 1 << 20)

    private static let ends: [@Sendable () throws -> Pipe] = [{ try Pipe.make() }, { try Pipe.makeSockets() }]

    @Test("What does not fit at once is written when its reader has read, whole and in order", arguments: Self.ends)
    func writesAll(make: @Sendable () throws -> Pipe) async throws {
        let pipe = try make()
        let bytes = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 / 7) }
        async let reader = Task.detached { pipe.read(bytes.count) }.value
        try await DescriptorSink(descriptor: pipe.writing).write(bytes)
        #expect(await reader == bytes)
        #expect(pipe.isBlocking)
    }

    @Test("A reader that leaves while nothing is written is noticed at once", arguments: Self.ends)
    func noticesItsReader(make: @Sendable () throws -> Pipe) async throws {
        let pipe = try make()
        let sink = DescriptorSink(descriptor: pipe.writing)
        async let hasLeft = withTimeout("the leaving", .seconds(10)) { await sink.waitUntilReaderLeft() }
        try await sink.write([1])
        pipe.readerLeaves()
        #expect(try await hasLeft)
        signal(SIGPIPE, SIG_IGN)
        await #expect(throws: OutputError.readerLeft) { try await sink.write([2]) }
    }

    @Test("A reader that leaves ends a write that waits", arguments: Self.ends)
    func endsAWaitingWrite(make: @Sendable () throws -> Pipe) async throws {
        let pipe = try make()
        let sink = DescriptorSink(descriptor: pipe.writing)
        let written = Task { try await sink.write(Self.much) }
        _ = pipe.read(1)
        pipe.readerLeaves()
        await #expect(throws: OutputError.readerLeft) { try await written.value }
    }

    @Test("The wait for the reader to leave ends when its task is cancelled")
    func waitIsCancelled() async throws {
        let pipe = try Pipe.make()
        let sink = DescriptorSink(descriptor: pipe.writing)
        let task = Task { await sink.waitUntilReaderLeft() }
        task.cancel()
        #expect(await task.value == false)
    }

    @Test("The wait for a reader that does not read is limited, and the error says how many bytes were dropped")
    func givesUp() async throws {
        let pipe = try Pipe.make()
        let sink = DescriptorSink(descriptor: pipe.writing)
        let task = Task { try await sink.write(Self.much) }
        try await eventually("the pipe is full") { !OutputWatcher.isReady(pipe.writing) }
        sink.limitWaiting(to: OutputPatience(withoutProgress: .milliseconds(20)))
        // A sink that does not give up would wait for ever; so the reader leaves in the end, which is another error.
        let deadline = Task {
            try await ContinuousClock().sleep(for: .seconds(10))
            pipe.readerLeaves()
        }
        defer { deadline.cancel() }
        let error = await #expect(throws: OutputError.self) { try await task.value }
        guard case .notRead(let bytes) = error else { throw try #require(error) }
        #expect(pipe.read(Self.much.count - bytes).count == Self.much.count - bytes)
    }

    @Test("The wait for a reader that keeps reading does not end, even if it is slow")
    func waitsForASlowReader() async throws {
        let pipe = try Pipe.make()
        let sink = DescriptorSink(descriptor: pipe.writing)
        sink.limitWaiting(to: OutputPatience(withoutProgress: .seconds(20)))
        async let written: Void = sink.write(Self.much)
        for _ in 0..<16 { #expect(pipe.read(1 << 16).count == 1 << 16) }
        try await written
    }

    @Test("A total limit ends also a write with progress, and a later patient limit does not change that")
    func totalLimit() async throws {
        let pipe = try Pipe.make()
        let sink = DescriptorSink(descriptor: pipe.writing)
        sink.limitWaiting(to: OutputPatience(withoutProgress: .zero, total: .zero))
        sink.limitWaiting(to: .atTheEnd)
        await #expect(throws: OutputError.self) { try await sink.write(Self.much) }
    }

    @Test("A failed write is an error with its reason; a file has no reader that can leave")
    func fails() async throws {
        for (path, flags, reason) in [
            ("/dev/full", O_WRONLY, "No space left on device"), ("/dev/null", O_RDONLY, "Bad file descriptor"),
        ] {
            let descriptor = open(path, flags)
            try #require(descriptor >= 0)
            defer { close(descriptor) }
            let sink = DescriptorSink(descriptor: descriptor)
            await #expect(throws: OutputError.failed(reason)) { try await sink.write([1]) }
            let task = Task { await sink.waitUntilReaderLeft() }
            task.cancel()
            #expect(await task.value == false)
        }
    }

    @Test("A complaint that nobody reads is given up soon")
    func writesBriefly() throws {
        let pipe = try Pipe.make()
        let sink = DescriptorSink(descriptor: pipe.writing)
        #expect(sink.writeBriefly([1], within: .zero))
        #expect(!sink.writeBriefly(Self.much, within: .zero))
        #expect(!sink.writeBriefly([1], within: .milliseconds(10)))
    }
}
