/// The version of this package, which its parts send to their peers.
package enum PackageVersion {
    /// Three numbers: semantic versioning.
    package static let current = "0.1.0"
}
