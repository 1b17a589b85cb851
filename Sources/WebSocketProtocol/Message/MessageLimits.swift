#if RED_CONTROLS
internal import RedControls
#endif

/// Limits for received messages.
///
/// Memory is allocated for bytes that have arrived, never for a length that the peer has only announced.
public struct MessageLimits: Sendable, Hashable {
    /// The maximum payload of one message in bytes, all fragments together.
    ///
    /// A larger message fails the connection with close code 1009. For a compressed message the limit applies to the
    /// decompressed size, and decompression stops at the limit. Default: 64 MiB.
    public var maximumMessageBytes = 64 * 1024 * 1024

    /// The maximum number of fragments of one message; empty ones count too.
    ///
    /// One more fails the connection with close code 1008. Fragments are joined when they arrive, so this limits work,
    /// not memory. Default: 131,072, enough for 8 MiB in pieces of 64 bytes.
    public var maximumFragments = 131_072

    /// The message limit as text for an error: its value, and the property that sets it.
    var sentence: String {
        #if RED_CONTROLS
        if RedControl.isActive(.limitNotNamed) { return "the limit." }
        #endif
        return "the limit of \(self.maximumMessageBytes) bytes that MessageLimits.maximumMessageBytes sets."
    }

    /// Adds the name and value of the limit to a violation of the decompressor.
    func naming(_ violation: ProtocolViolation) -> ProtocolViolation {
        guard violation.code == .messageTooBig else { return violation }
        let message = "A compressed message exceeds \(self.sentence) It is counted as it is decompressed."
        return ProtocolViolation(.messageTooBig, message, closeCode: violation.closeCode)
    }

    /// The maximum payload of one frame of a compressed message: DEFLATE output is never much larger than its input.
    var maximumCompressedFrame: Int {
        let (sum, overflow) = self.maximumMessageBytes.addingReportingOverflow(self.maximumMessageBytes / 16 + 1024)
        return overflow ? .max : sum
    }

    /// Creates the default limits; then change single properties.
    public init() {}
}
