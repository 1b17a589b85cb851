#if RED_CONTROLS
internal import RedControls
#endif

/// The binary messages of a client to a terminal: input as it is, or a new size after the byte 1.
package enum TerminalMessage {
    /// The first byte of a message with a new size; also what Ctrl-A sends.
    private static let mark: UInt8 = 0x01

    /// The possible widths and heights: the system keeps them in 16 bits.
    package static let sizes = 1...65_535

    /// The message that changes the size: the byte 1, then `{"cols":100,"rows":30}`.
    package static func resize(columns: Int, rows: Int) -> [UInt8] {
        #if RED_CONTROLS
        if RedControl.isActive(.resizeWithoutMark) { return Array(#"{"cols":\#(columns),"rows":\#(rows)}"#.utf8) }
        #endif
        return [self.mark] + #"{"cols":\#(columns),"rows":\#(rows)}"#.utf8
    }

    /// The messages that carry input, none of which can be taken for a new size.
    ///
    /// Only a message with more than one byte can be a size. So each byte 1 with which a message would begin is a
    /// message of its own.
    ///
    /// - Parameter input: Any bytes.
    /// - Returns: One message for most inputs; none for an empty one. Together they are the input.
    package static func messages(of input: [UInt8]) -> [[UInt8]] {
        guard let first = input.first else { return [] }
        #if RED_CONTROLS
        if RedControl.isActive(.inputTakenForSize) { return [input] }
        #endif
        guard first == self.mark, input.count > 1 else { return [input] }
        let marks = input.prefix { $0 == self.mark }
        let rest = Array(input[marks.count...])
        return marks.map { [$0] } + (rest.isEmpty ? [] : [rest])
    }
}
