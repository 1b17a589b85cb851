/// What keeps two runtimes of a workspace apart, and two workspaces out of each other's way.
///
/// Production has all of it; a red control leaves one out and must then fail.
package struct Protections: OptionSet, Sendable {
    package let rawValue: Int
    package init(rawValue: Int) { self.rawValue = rawValue }

    /// The gate within this process.
    package static let gate = Self(rawValue: 1)
    /// The lock between processes.
    package static let startLock = Self(rawValue: 2)
    /// The lock a runtime holds while it lives.
    package static let lifeLock = Self(rawValue: 4)
    /// The look at what still lives before anything is started.
    package static let inspection = Self(rawValue: 8)

    /// A gate and a lock file for each workspace, not one for all.
    package static let separation = Self(rawValue: 16)

    package static let all: Self = [.gate, .startLock, .lifeLock, .inspection, .separation]
}
