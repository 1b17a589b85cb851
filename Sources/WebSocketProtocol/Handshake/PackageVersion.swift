/// The version of this package, as its parts name it to their peers.
package enum PackageVersion {
    /// Three numbers, by semantic versioning.
    package static let current = "0.1.0"
}
