/// The command line of a client program: `PROGRAM [--loop | --pool] SCENARIO URL [KEY=NUMBER ...]`.
public struct Scenario: Sendable {
    /// The scenario, for instance `receive`.
    public let name: String
    /// The URL to connect to, including the query.
    public let url: String
    /// The number of messages, or of connections.
    public let count: Int
    /// The size of a message to send, in bytes.
    public let size: Int
    /// The number of tasks that send.
    public let tasks: Int
    /// The number of messages that go in both directions on each stream before it is idle.
    public let echoes: Int
    /// The time that `tail` runs, in seconds.
    public let seconds: Int
    /// The largest number of bytes of a read; nil for the default.
    public let readBytes: Int?
    /// Whether messages are received on the cooperative pool and not on the event loop: `--pool`, or `pool=1`.
    public let usesPool: Bool
    /// Whether events are taken on the event loop and not on the cooperative pool: `--loop`, or `loop=1`.
    public let usesLoop: Bool

    /// Reads the command line.
    ///
    /// - Parameter arguments: The words after the name of the program.
    /// - Throws: ``BenchFailure`` if a word is not understood.
    public init(_ arguments: some Sequence<String>) throws(BenchFailure) {
        var words = Array(arguments)
        let option = words.first.flatMap { ["--loop", "--pool"].contains($0) ? $0 : nil }
        if option != nil { words.removeFirst() }
        guard words.count >= 2 else { throw BenchFailure("usage: [--loop | --pool] SCENARIO URL [KEY=NUMBER ...]") }
        (self.name, self.url) = (words[0], words[1])
        var numbers: [String: Int] = [:]
        for word in words.dropFirst(2) {
            let parts = word.split(separator: "=", maxSplits: 1)
            guard parts.count == 2, let number = Int(parts[1]), number > 0 else {
                throw BenchFailure("\(word): KEY=NUMBER is wanted, the number above zero")
            }
            numbers[String(parts[0])] = number
        }
        (self.count, self.size) = (numbers["count"] ?? 1, numbers["size"] ?? 64)
        (self.echoes, self.readBytes) = (numbers["echoes"] ?? 0, numbers["read"])
        self.usesPool = option == "--pool" || numbers["pool"] != nil
        self.usesLoop = option == "--loop" || numbers["loop"] != nil
        (self.tasks, self.seconds) = (numbers["tasks"] ?? 1, numbers["seconds"] ?? 5)
    }

    /// Whether the server sends each message on request; see ``Stepper``.
    public var isStepped: Bool { self.url.contains("step=") }

    /// The text of a message to send.
    public var text: String { String(repeating: "x", count: self.size) }

    /// The URL without the scheme, which is `ws`.
    ///
    /// - Throws: ``BenchFailure`` if it is not `ws://HOST:PORT/PATH`.
    /// - Returns: Host, port and path.
    public func target() throws(BenchFailure) -> (host: String, port: Int, path: String) {
        guard self.url.hasPrefix("ws://"), let slash = self.url.dropFirst(5).firstIndex(of: "/") else {
            throw BenchFailure("\(self.url): ws://HOST:PORT/PATH is wanted")
        }
        let authority = self.url.dropFirst(5)[..<slash].split(separator: ":")
        guard authority.count == 2, let port = Int(authority[1]) else {
            throw BenchFailure("\(self.url): ws://HOST:PORT/PATH is wanted")
        }
        return (String(authority[0]), port, String(self.url[slash...]))
    }
}
