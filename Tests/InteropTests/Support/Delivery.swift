import TestSupport
import WebSocketProtocol
import WebSocketTransport

/// A message and how it is sent.
struct Delivery: Sendable {
    enum Way: Sendable {
        case whole(MessageCompression)
        /// In frames of this many bytes, which may split a code point.
        case parts(Int)
    }

    var message: WebSocketMessage
    var way = Way.whole(.automatic)

    /// Whether the message is never compressed.
    var isSentAsIs: Bool { if case .whole(.never) = self.way { true } else { false } }

    /// A few kinds that are fast to exchange, for tables with many connections.
    static let few: [Delivery] =
        (0..<6).map { Delivery(message: Self.event($0)) } + [
            Delivery(message: WebSocketMessage(text: "")),
            Delivery(message: WebSocketMessage(text: Self.text(40_000)), way: .parts(9999)),
            Delivery(message: WebSocketMessage(binary: Self.random(3000))),
            Delivery(message: WebSocketMessage(text: Self.text(40_000))),
        ]

    /// Every kind: empty, with each length form, compressible, random, in parts, and many in one context.
    static let all: [Delivery] =
        ["", "a", "täxt 𝄞 日本語", Self.text(256 * 1024), String(repeating: "ü", count: 100_000)].flatMap { text in
            [.whole(.always), .parts(77_777)].map { Delivery(message: WebSocketMessage(text: text), way: $0) }
        }
        + [0, 1, 125, 126, 65_535, 65_536, 256 * 1024].flatMap { count in
            [
                Delivery(message: WebSocketMessage(binary: Self.random(count))),
                Delivery(message: WebSocketMessage(binary: [UInt8](repeating: 7, count: count)), way: .whole(.never)),
                Delivery(message: WebSocketMessage(binary: Self.random(count)), way: .parts(50_000)),
            ]
        }
        + (0..<200).map { Delivery(message: Self.event($0), way: .whole($0 % 5 == 0 ? .never : .automatic)) }

    /// A small message that is similar to the one before.
    private static func event(_ index: Int) -> WebSocketMessage {
        WebSocketMessage(text: #"{"type":"process_status","id":\#(index),"état":"läuft","check":"make check"}"#)
    }

    /// Text of about this many bytes; equal parts are so far apart that the whole window is needed.
    private static func text(_ count: Int) -> String {
        var generator = SplitMix64(seed: 1)
        var text = ""
        while text.utf8.count < count {
            text += "line \(generator.next() % 5000) of the file täxt.swift changed at \(text.utf8.count / 700)\n"
        }
        return text
    }

    private static func random(_ count: Int) -> [UInt8] {
        var generator = SplitMix64(seed: UInt64(count))
        return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    }

    func send(to connection: WebSocketConnection) async throws {
        switch self.way {
        case .whole(let compression):
            try await connection.send(self.message, compression: compression)
        case .parts(let count):
            let bytes = self.message.bytes.withUnsafeBytes { Array($0) }
            try await connection.sendMessage(self.message.kind) { writer in
                for start in stride(from: 0, to: bytes.count, by: count) {
                    try await writer.write(bytes[start..<min(start + count, bytes.count)])
                }
            }
        }
    }
}
