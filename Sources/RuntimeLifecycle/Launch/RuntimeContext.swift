internal import Glibc

/// The runtime's side: what a starter has told the process it became, and where to report.
///
/// A runtime written in Swift makes one from its environment, answers its health resource with ``identity`` and calls
/// ``report(_:)`` once it listens. In another language a few lines do the same; see `docs/LIFECYCLE.md`.
public struct RuntimeContext: Sendable, Hashable {
    /// The workspace it serves.
    public let workspace: WorkspaceID
    /// Who it is: to be echoed by the health resource.
    public let identity: RuntimeIdentity
    private let reportDescriptor: Int32

    /// Reads what a starter put into the environment; `nil` when this process was not started as a runtime.
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

    /// Tells the starter; appends one line to a small local file.
    ///
    /// - Parameter report: What to tell.
    /// - Returns: Whether it was written whole; if not (a full disk), the starter asks at the endpoint it configured.
    @discardableResult
    public func report(_ report: RuntimeReport) -> Bool {
        let bytes = Array(report.line.utf8)
        return bytes.withUnsafeBytes { write(self.reportDescriptor, $0.baseAddress, $0.count) } == bytes.count
    }
}
