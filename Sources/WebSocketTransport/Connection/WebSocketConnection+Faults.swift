import NIOCore

extension WebSocketConnection {
    /// Stops reading the socket, so that not even a Ping or a Close frame is seen: for a mock server that stalls.
    ///
    /// Bytes that were already read are still delivered. It lasts until ``resumeReading()`` or the end of the
    /// connection.
    package func pauseReading() { self.setAutoRead(false) }

    /// Reads the socket again after ``pauseReading()``.
    package func resumeReading() { self.setAutoRead(true) }

    private func setAutoRead(_ isOn: Bool) {
        let core = self.core
        core.eventLoop.execute {
            // The option takes effect at once. A closed channel refuses it, which does no harm.
            try? core.handler.value?.context?.channel.syncOptions?.setOption(.autoRead, value: isOn)
        }
    }
}
