/// All fuzz targets, by name.
package enum AllTargets {
    private static let targets: [String: any FuzzTarget.Type] = [
        "agent-events": AgentEventsTarget.self,
        "close": CloseTarget.self,
        "deflate": DeflateTarget.self,
        "events": EventsTarget.self,
        "events-differential": EventsDifferentialTarget.self,
        "extensions": ExtensionsTarget.self,
        "frame-writer": FrameWriterTarget.self,
        "frames": FramesTarget.self,
        "handshake": HandshakeTarget.self,
        "heads": HeadsTarget.self,
        "inflate": InflateTarget.self,
        "url": URLTarget.self,
    ]

    /// The names, sorted.
    package static var names: [String] { self.targets.keys.sorted() }

    /// A function that runs one target.
    ///
    /// - Parameter name: Its name.
    /// - Returns: A function that tries one input, and stops the process if a rule is broken; nil for an unknown name.
    package static func target(named name: String) -> ((UnsafeRawBufferPointer) -> Void)? {
        guard let target = self.targets[name] else { return nil }
        return { target.run(FuzzInput($0)) }
    }
}
