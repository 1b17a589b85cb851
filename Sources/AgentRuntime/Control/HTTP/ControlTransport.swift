/// Connects control calls to a runtime; tests replace it by a scripted peer.
protocol ControlTransport: Sendable {
    /// Prepares a dial; nothing happens until it is told to connect.
    ///
    /// - Throws: An error of the configuration.
    func dial() throws -> any ControlDial
}

/// One attempt to connect.
protocol ControlDial: Sendable {
    /// Connects; called once.
    ///
    /// - Returns: An open connection. If it throws, nothing of the attempt is left.
    func connect() async throws -> any ControlConnection

    /// Makes `connect` end soon, before or after it is called; from any thread, any number of times.
    func cancel()
}

/// An open connection, which carries one request at a time.
protocol ControlConnection: AnyObject, Sendable {
    /// Whether it has not ended.
    var isOpen: Bool { get }

    /// Sends a request and waits for its answer.
    ///
    /// The wait is bounded by the caller, who aborts the connection.
    ///
    /// - Parameters:
    ///   - request: The request.
    ///   - limits: How much of the answer is read.
    /// - Returns: The answer, and whether the connection can carry another request; otherwise it is ending.
    /// - Throws: ``ControlFailure``; then the connection is ending.
    func exchange(
        _ request: ControlWireRequest,
        limits: ControlLimits
    ) async throws(ControlFailure) -> (answer: ControlAnswer, keepsConnection: Bool)

    /// Ends the connection soon; from any thread, any number of times.
    func abort()

    /// Ends the connection and waits until its socket is closed.
    func close() async

    /// Calls `work` once, when the socket is closed; it must not wait.
    func whenClosed(_ work: @escaping @Sendable () -> Void)
}
