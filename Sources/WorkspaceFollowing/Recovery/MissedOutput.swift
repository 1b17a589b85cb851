import WorkspaceProtocol

/// Which output of a process was missed, by its ring, as a pure value.
///
/// The ring has the last output of stdout and stderr together. A piece that was delivered is found again by its stream,
/// timestamp and length. The readers of stdout and stderr race, so each stream is looked at alone.
struct MissedOutput: Sendable {
    /// The pieces that were missed, in the order of the ring.
    private(set) var chunks: [WorkspaceProcess.Chunk] = []
    /// The gap to tell; nil if nothing else can be missing.
    private(set) var gap: (cause: Gap.Cause, certainty: Gap.Certainty)?

    init(of process: WorkspaceTracker.ProcessTrack, in ring: [WorkspaceProcess.Chunk]) {
        // A ring never becomes empty again, so nothing was ever written.
        guard !ring.isEmpty else { return }
        guard !process.outputs.isEmpty else {
            self.chunks = ring
            // Whether older output was replaced is not known: the size of the ring is not in the answer.
            self.gap = (.disconnected, .unknown)
            return
        }
        let ends = process.outputs.map { ($0.stream, Self.end(of: $0.track, $0.stream, in: ring)) }
        let found = ends.compactMap(\.1)
        for (index, chunk) in ring.enumerated() {
            let end = ends.first { $0.0 == chunk.stream }
            // All of a stream that was never heard, or whose last piece was replaced, was missed.
            if let end = end?.1, index <= end { continue }
            self.chunks.append(chunk)
        }
        if ends.contains(where: { stream, end in end == nil && ring.contains { $0.stream == stream } }) {
            self.gap = (.evicted, .exact)
        } else if found.isEmpty {
            // The pieces of the only stream that was heard were replaced by those of the other one.
            self.gap = (.evicted, .unknown)
        }
    }

    /// The place of the last delivered piece in the ring; nil if it was replaced.
    private static func end(
        of track: WorkspaceTracker.OutputTrack,
        _ stream: ProcessOutput.Stream,
        in ring: [WorkspaceProcess.Chunk]
    ) -> Int? {
        // Several pieces can have the same key; as many of them as were delivered are skipped.
        var places: [Int] = []
        for (index, chunk) in ring.enumerated()
        where chunk.stream == stream && chunk.timestamp == track.last.timestamp
            && chunk.data.utf8.count == track.last.length
        {
            places.append(index)
            if places.count == track.count { break }
        }
        return places.last
    }
}
