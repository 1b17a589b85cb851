import CommandIO
import ConcurrencyPrimitives
import WebSocketTransport

@testable import wsstream

/// Keeps the written bytes, and can fail like a pipe.
final class CollectingSink: OutputSink {
    private struct State {
        var writes: [[UInt8]] = []
        var error: OutputError?
    }

    private let state = Locked(State())
    /// Resolves at the first write.
    let firstWrite = Promise<Void>()

    /// Resolve it, and the reader has left.
    let readerLeft = Promise<Void>()

    init(failingWith error: OutputError? = nil) { self.state.withLock { $0.error = error } }

    var writes: [[UInt8]] { self.state.withLock { $0.writes } }
    var text: String { String(decoding: self.writes.joined(), as: UTF8.self) }
    var lines: [Substring] { self.text.split(separator: "\n") }

    func write(_ bytes: [UInt8]) async throws(OutputError) {
        let error = self.state.withLock { state in
            if state.error == nil { state.writes.append(bytes) }
            return state.error
        }
        self.firstWrite.resolve(())
        if let error { throw error }
    }

    func limitWaiting(to patience: OutputPatience) {}

    func waitUntilReaderLeft() async -> Bool { (try? await self.readerLeft.waitUnlessCancelled()) != nil }
}
