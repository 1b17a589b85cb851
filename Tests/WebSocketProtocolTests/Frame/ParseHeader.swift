import WebSocketProtocol

/// The header at the start of `bytes`, or the violation in it.
func parseHeader(
    _ bytes: [UInt8],
    from sender: Role,
    allowedReservedBits: UInt8 = 0
) -> Result<FrameHeader.Parsed?, ProtocolViolation> {
    bytes.withUnsafeBytes { bytes in
        Result { () throws(ProtocolViolation) in
            try FrameHeader.parse(bytes, from: sender, allowedReservedBits: allowedReservedBits)
        }
    }
}
