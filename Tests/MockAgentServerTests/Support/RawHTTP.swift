import TestSupport
import WebSocketProtocol

/// One TCP connection on which requests are sent one after the other.
struct RawHTTP {
    struct Answer: Equatable {
        var status: Int
        /// The fields by their names in lower case.
        var fields: [String: String]
        var body: [UInt8]

        var text: String { String(decoding: self.body, as: UTF8.self) }
    }

    struct Malformed: Error { var received: String }

    let peer: RawPeer

    static func connect(to port: Int) async throws -> RawHTTP { RawHTTP(peer: try await RawPeer.connect(to: port)) }

    /// Sends one request on a connection of its own.
    static func ask(
        _ port: Int,
        _ method: String,
        _ path: String,
        headers: [(String, String)] = [],
        body: String? = nil
    ) async throws -> Answer {
        let connection = try await self.connect(to: port)
        let answer = try await connection.ask(method, path, headers: headers, body: body)
        await connection.peer.close()
        return answer
    }

    func ask(
        _ method: String,
        _ path: String,
        headers: [(String, String)] = [],
        body: String? = nil
    ) async throws -> Answer {
        try await self.send(method, path, headers: headers, body: body)
        return try await self.receive()
    }

    func send(
        _ method: String,
        _ path: String,
        headers: [(String, String)] = [],
        body: String? = nil
    ) async throws {
        var lines = ["\(method) \(path) HTTP/1.1", "Host: 127.0.0.1"]
        for (name, value) in headers { lines.append("\(name): \(value)") }
        if let body { lines.append("Content-Length: \(body.utf8.count)") }
        try await self.peer.send(Array((lines.joined(separator: "\r\n") + "\r\n\r\n" + (body ?? "")).utf8))
    }

    /// Waits for one whole answer, and takes it.
    func receive() async throws -> Answer {
        var answer: Answer?
        try await eventually("an answer") {
            answer = Self.parse(self.peer.received)
            return answer != nil || self.peer.isInputEnded
        }
        guard let answer else {
            throw Malformed(received: String(decoding: self.peer.received, as: UTF8.self))
        }
        _ = self.peer.takeReceived()
        return answer
    }

    private static func parse(_ bytes: [UInt8]) -> Answer? {
        let separator = Array("\r\n\r\n".utf8)
        guard let end = bytes.indices.first(where: { bytes[$0...].starts(with: separator) }) else { return nil }
        let lines = String(decoding: bytes[..<end], as: UTF8.self).split(separator: "\r\n")
        guard let status = lines.first?.split(separator: " ").dropFirst().first.flatMap({ Int($0) }) else { return nil }
        var fields: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            fields[parts[0].lowercased()] = parts.count == 2 ? String(parts[1].drop { $0 == " " }) : ""
        }
        let body = bytes[(end + 4)...]
        guard status != 101 else { return Answer(status: status, fields: fields, body: []) }
        let length = fields["content-length"].flatMap { Int($0) } ?? 0
        guard body.count >= length else { return nil }
        return Answer(status: status, fields: fields, body: Array(body.prefix(length)))
    }
}
