import ConcurrencyPrimitives
import WorkspaceFollowing

/// Gives each element of a fleet to the log of its workspace.
final class FleetLogs: Sendable {
    private let logs = Locked<[String: ElementLog]>([:])
    /// Elements of a workspace that has no log.
    private let strays = Locked(0)

    /// The elements that belonged to no workspace that is logged; there should be none.
    var strayCount: Int { self.strays.withLock { $0 } }

    /// From now on the elements of a workspace go to a log.
    func begin(_ workspace: String, _ log: ElementLog) { self.logs.withLock { $0[workspace] = log } }

    /// Nothing more comes of a workspace.
    func end(_ workspace: String) { self.logs.withLock { $0[workspace] = nil } }

    /// Takes elements until the end.
    func take(_ fleet: WorkspaceFleet) async throws {
        for try await element in fleet.elements {
            if let log = self.logs.withLock({ $0[element.workspace] }) {
                log.add(element.element)
            } else {
                self.strays.withLock { $0 += 1 }
            }
        }
    }
}
