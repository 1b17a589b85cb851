#if !TLS
extension WebSocketError {
    /// This build has no TLS.
    ///
    /// - Parameter use: What needs it.
    /// - Returns: An error with `invalidConfiguration`.
    static func noTLS(for use: String) -> WebSocketError {
        WebSocketError(
            .invalidConfiguration,
            "\(use) needs TLS, which is not in this build: the trait TLS of the package workspace-streams is off."
        )
    }
}
#endif
