import TestSupport

@testable import WebSocketProtocol

/// Messages that compress well, badly, or not at all; some of them are similar.
enum CompressibleMessages {
    static func make(using random: inout SplitMix64) -> [[UInt8]] {
        var messages: [[UInt8]] = [[], [0x61], [UInt8](repeating: 0x20, count: 100_000)]
        for index in 0..<20 {
            messages.append(Array(#"{"type":"process_status","id":\#(index),"text":"the same again and again"}"#.utf8))
            messages.append([UInt8].random(count: Int(random.next() % 5000), using: &random))
        }
        return messages + messages
    }
}

extension NegotiatedDeflate {
    /// The same for both directions.
    static func both(windowBits: Int, contextTakeover: Bool) -> Self {
        let direction = Direction(windowBits: windowBits, contextTakeover: contextTakeover)
        return Self(own: direction, peer: direction)
    }
}
