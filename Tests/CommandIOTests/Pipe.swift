import ConcurrencyPrimitives
import Foundation
import WebSocketTransport

/// Both ends of a pipe or of a pair of sockets, like those of a command.
final class Pipe: Sendable {
    let writing: Int32
    private let reading: Locked<Int32?>

    private init(_ ends: [Int32]) { (self.reading, self.writing) = (Locked(ends[0]), ends[1]) }

    deinit {
        self.readerLeaves()
        close(self.writing)
    }

    static func make() throws -> Pipe {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw POSIXError(.EMFILE) }
        return Pipe(ends)
    }

    static func makeSockets() throws -> Pipe {
        var ends: [Int32] = [-1, -1]
        #if canImport(Darwin)
        let kind = SOCK_STREAM
        #else
        let kind = Int32(SOCK_STREAM.rawValue)
        #endif
        guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else { throw POSIXError(.EMFILE) }
        return Pipe(ends)
    }

    /// Closes the reading end.
    func readerLeaves() {
        if let reading = self.reading.withLock({ $0.take() }) { close(reading) }
    }

    /// Reads this number of bytes, or fewer at the end.
    func read(_ count: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var taken = 0
        guard let reading = self.reading.withLock({ $0 }) else { return [] }
        while taken < count {
            let got = bytes.withUnsafeMutableBytes { Foundation.read(reading, $0.baseAddress! + taken, count - taken) }
            guard got > 0 else { break }
            taken += got
        }
        return Array(bytes[..<taken])
    }

    /// Whether a write of another process that shares the descriptor would block.
    var isBlocking: Bool { fcntl(self.writing, F_GETFL) & O_NONBLOCK == 0 }
}
