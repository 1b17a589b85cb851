import NIOCore

extension WebSocketConnection {
    /// Stops reading the socket, so that not even a Ping or a Close is noticed: for a mock server that stalls.
    ///
    /// Bytes that were read already are still delivered. Ends with ``resumeReading()``, or with the connection.
    package func pauseReading() { self.setAutoRead(false) }

    /// Reads the socket again after ``pauseReading()``.
    package func resumeReading() { self.setAutoRead(true) }

    private func setAutoRead(_ isOn: Bool) {
        let core = self.core
        core.eventLoop.execute {
            // The option takes effect at once; a channel that is closed already refuses it, which is as good.
            try? core.handler.value?.context?.channel.syncOptions?.setOption(.autoRead, value: isOn)
        }
    }
}
