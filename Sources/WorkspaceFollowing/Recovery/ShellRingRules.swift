/// What the recovery of a shell's output relies on: the size of the ring, and how much equal text is evidence.
package struct ShellRingRules: Sendable, Equatable {
    /// How many bytes the ring of a shell holds; 16,384 for agentctl.
    package let ringBytes: Int

    /// From how many equal bytes on two texts count as the same piece of output; 32 unless told otherwise.
    ///
    /// Shorter pieces, such as a prompt, are equal by chance too often.
    package let evidenceBytes: Int

    /// The rules for agentctl: 16,384 bytes of ring, 32 bytes of evidence.
    package static let agentctl = Self(ringBytes: 16_384, evidenceBytes: 32)

    /// Creates rules; tests use small rings.
    ///
    /// - Parameters:
    ///   - ringBytes: The size of the ring, at least 1.
    ///   - evidenceBytes: How much equal text is evidence, at least 1.
    package init(ringBytes: Int, evidenceBytes: Int) {
        self.ringBytes = max(1, ringBytes)
        self.evidenceBytes = max(1, evidenceBytes)
    }

    /// Whether the ring may have lost the beginning of the shell's output.
    ///
    /// The JSON text of a ring is never shorter than the ring: U+FFFD has 3 bytes and stands for 1 to 3. So a text that
    /// is shorter than the ring's size is the whole history of the shell. A longer one may be, if it has U+FFFD.
    ///
    /// - Parameter ring: The text of the ring.
    /// - Returns: `false` only if the text is the whole history for certain.
    package func mayBeFull(_ ring: String) -> Bool { ring.utf8.count >= self.ringBytes }
}
