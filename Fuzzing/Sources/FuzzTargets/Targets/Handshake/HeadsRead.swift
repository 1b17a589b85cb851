import WebSocketProtocol

/// A head that can be written.
protocol WrittenHead: HTTPHead, Equatable {
    var fields: HTTPFields { get }
    func serialize() -> [UInt8]
}

extension HTTPRequestHead: WrittenHead {}
extension HTTPResponseHead: WrittenHead {}

/// Reads head after head, and adds the results to a transcript.
struct HeadsRead<Head: WrittenHead> {
    private var parser: HTTPHeadParser<Head>
    private let limits: HandshakeLimits
    private var isDone = false

    init(limits: HandshakeLimits) {
        self.parser = HTTPHeadParser(limits: limits)
        self.limits = limits
    }

    mutating func receive(_ bytes: UnsafeRawBufferPointer, into transcript: inout Transcript) {
        var rest = bytes
        while !self.isDone, !rest.isEmpty {
            do throws(HandshakeError) {
                let span = Span<UInt8>(_unsafeElements: rest.bindMemory(to: UInt8.self))
                guard case .complete(let head, let consumed) = try self.parser.receive(span) else { return }
                self.check(head)
                transcript.append(head.serialize())
                rest = UnsafeRawBufferPointer(rebasing: rest[consumed...])
            } catch {
                self.isDone = true
                transcript.append(error)
                require(self.parser.errorAtEndOfStream().code == error.code, "A failure is forgotten.")
            }
        }
    }

    private func check(_ head: Head) {
        require(head.fields.count <= self.limits.maximumFields, "There are too many fields.")
        let written = head.serialize()
        var parser = HTTPHeadParser<Head>(limits: HandshakeLimits())
        guard case .complete(let read, written.count)? = try? parser.receive(written.span) else {
            return require(false, "A value that was read and written can't be read again.")
        }
        require(read == head, "A value that was read is written differently.")
    }
}
