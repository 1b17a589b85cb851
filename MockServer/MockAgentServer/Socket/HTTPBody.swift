import WebSocketProtocol

/// Collects the body of one request: by its length, or chunked (RFC 9112 §6 and §7.1).
struct HTTPBody {
    /// Why a body can't be read.
    enum Failure: Error { case malformed, tooLarge }

    private enum Form {
        case length(Int)
        case chunkSize
        case chunk(Int)
        case chunkEnd
        case trailer
        case complete
    }

    /// Larger than any body that a client of agentctl sends.
    private static let maximumBytes = 64 * 1024 * 1024
    private static let maximumLineBytes = 8192

    private(set) var bytes: [UInt8] = []
    private var form: Form
    private var line: [UInt8] = []

    init(_ head: HTTPRequestHead) throws(Failure) {
        if let coding = head.fields.first("Transfer-Encoding") {
            guard coding.lowercased() == "chunked" else { throw .malformed }
            self.form = .chunkSize
        } else if let text = head.fields.first("Content-Length") {
            guard let length = Int(text), length >= 0 else { throw .malformed }
            guard length <= Self.maximumBytes else { throw .tooLarge }
            self.form = .length(length)
        } else {
            self.form = .length(0)
        }
    }

    var isComplete: Bool {
        switch self.form {
        case .length(let length): self.bytes.count == length
        case .complete: true
        default: false
        }
    }

    /// Takes bytes of the body.
    ///
    /// - Returns: How many bytes belong to the body.
    mutating func receive(_ input: ArraySlice<UInt8>) throws(Failure) -> Int {
        var rest = input
        while !rest.isEmpty, !self.isComplete {
            switch self.form {
            case .length(let length): self.take(length - self.bytes.count, of: &rest)
            case .chunk(let left):
                let before = rest.count
                self.take(left, of: &rest)
                let remaining = left - (before - rest.count)
                self.form = remaining == 0 ? .chunkEnd : .chunk(remaining)
            case .chunkSize, .chunkEnd, .trailer:
                guard let line = try self.takeLine(of: &rest) else { continue }
                try self.received(line)
            case .complete: break
            }
            guard self.bytes.count <= Self.maximumBytes else { throw .tooLarge }
        }
        return input.count - rest.count
    }

    private mutating func take(_ count: Int, of rest: inout ArraySlice<UInt8>) {
        self.bytes += rest.prefix(count)
        rest = rest.dropFirst(count)
    }

    private mutating func takeLine(of rest: inout ArraySlice<UInt8>) throws(Failure) -> [UInt8]? {
        while let byte = rest.popFirst() {
            guard byte != UInt8(ascii: "\n") else {
                defer { self.line = [] }
                if self.line.last == UInt8(ascii: "\r") { self.line.removeLast() }
                return self.line
            }
            self.line.append(byte)
            guard self.line.count <= Self.maximumLineBytes else { throw .malformed }
        }
        return nil
    }

    private mutating func received(_ line: [UInt8]) throws(Failure) {
        switch self.form {
        case .chunkSize:
            let digits = line.prefix { $0 != UInt8(ascii: ";") && $0 != UInt8(ascii: " ") }
            guard let size = Int(String(decoding: digits, as: UTF8.self), radix: 16), size >= 0 else {
                throw .malformed
            }
            guard size <= Self.maximumBytes else { throw .tooLarge }
            self.form = size == 0 ? .trailer : .chunk(size)
        case .chunkEnd:
            guard line.isEmpty else { throw .malformed }
            self.form = .chunkSize
        case .trailer: if line.isEmpty { self.form = .complete }
        case .length, .chunk, .complete: break
        }
    }
}
