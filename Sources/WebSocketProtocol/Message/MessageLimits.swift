#if RED_CONTROLS
internal import RedControls
#endif

/// What a peer may make us hold.
///
/// Memory is taken for bytes that were received, never for a length that was announced.
public struct MessageLimits: Sendable, Hashable {
    /// The most payload bytes of one message, all fragments together.
    ///
    /// A larger one fails the connection with close code 1009; of a compressed one, what counts is its size when
    /// decompressed, and it is decompressed up to this size only. Default: 64 MiB.
    public var maximumMessageBytes = 64 * 1024 * 1024

    /// The most fragments of one message, empty ones included.
    ///
    /// One more fails the connection with close code 1008. Fragments are joined as they come, so this bounds work, not
    /// memory. Default: 131,072, enough for 8 MiB in pieces of 64 bytes.
    public var maximumFragments = 131_072

    /// The limit of a message for an error: its value, and where it is set.
    var sentence: String {
        #if RED_CONTROLS
        if RedControl.isActive(.limitNotNamed) { return "the limit." }
        #endif
        return "the limit of \(self.maximumMessageBytes) bytes that MessageLimits.maximumMessageBytes sets."
    }

    /// A violation of the decompressor, with the limit by its name.
    func naming(_ violation: ProtocolViolation) -> ProtocolViolation {
        guard violation.code == .messageTooBig else { return violation }
        let message = "A compressed message exceeds \(self.sentence) It is counted as it is decompressed."
        return ProtocolViolation(.messageTooBig, message, closeCode: violation.closeCode)
    }

    /// The most payload bytes of one frame of a compressed message: DEFLATE makes nothing much larger.
    var maximumCompressedFrame: Int {
        let (sum, overflow) = self.maximumMessageBytes.addingReportingOverflow(self.maximumMessageBytes / 16 + 1024)
        return overflow ? .max : sum
    }

    /// Creates the default limits; change single properties from there.
    public init() {}
}
