internal import Glibc

/// The values that a starter passes to its runtime process, and the way to report back.
///
/// A runtime written in Swift makes one from its environment. It answers its health resource with ``identity`` and
/// calls ``report(_:)`` when it listens. In another language a few lines do the same; see `docs/LIFECYCLE.md`.
public struct RuntimeContext: Sendable, Hashable {
    /// The workspace it serves.
    public let workspace: WorkspaceID
    /// The identity of this runtime; its health resource must repeat it.
    public let identity: RuntimeIdentity
    private let reportDescriptor: Int32

    /// Reads the variables of the starter; `nil` if this process was not started as a runtime.
    ///
    /// - Parameter environment: The environment of this process.
    public init?(environment: [String: String]) {
        guard let workspace = environment["WORKSPACE_ID"].flatMap({ try? WorkspaceID($0) }),
            let generation = environment["WORKSPACE_GENERATION"].flatMap({ UInt64($0) }),
            let nonce = environment["WORKSPACE_NONCE"], !nonce.isEmpty,
            let descriptor = environment["WORKSPACE_REPORT_FD"].flatMap({ Int32($0) }), descriptor > 2
        else { return nil }
        self.workspace = workspace
        self.identity = RuntimeIdentity(generation: generation, nonce: nonce)
        self.reportDescriptor = descriptor
    }

    /// Reports to the starter: appends one line to a small local file.
    ///
    /// - Parameter report: The report.
    /// - Returns: Whether the whole line was written. If not (a full disk), the starter asks at the endpoint of its
    ///   command.
    @discardableResult
    public func report(_ report: RuntimeReport) -> Bool {
        let bytes = Array(report.line.utf8)
        return bytes.withUnsafeBytes { write(self.reportDescriptor, $0.baseAddress, $0.count) } == bytes.count
    }
}
