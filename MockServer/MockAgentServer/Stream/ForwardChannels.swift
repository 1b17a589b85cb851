/// How many events wait for a client that does not read; more are dropped without a trace.
///
/// agentctl has two channels for each workspace stream: one for the output of the shell, and one for everything else.
public struct ChannelSlots: Sendable, Hashable {
    /// The slots for events of repositories, files and processes.
    ///
    /// Default: 100, as in agentctl.
    public var tracker = 100
    /// The slots for output of the shell.
    ///
    /// Default: 256, as in agentctl.
    public var shell = 256

    /// Creates the channels of agentctl.
    public init() {}

    /// Creates channels of other sizes.
    ///
    /// - Parameters:
    ///   - tracker: See ``tracker``.
    ///   - shell: See ``shell``.
    public init(tracker: Int, shell: Int) { (self.tracker, self.shell) = (tracker, shell) }
}

/// The frames that wait in the channels of one stream, as a pure value.
struct ForwardChannels: Sendable {
    private let slots: ChannelSlots
    private var tracker: [[UInt8]] = []
    private var shell: [[UInt8]] = []
    private var isShellNext = false

    init(_ slots: ChannelSlots) { self.slots = slots }

    var isEmpty: Bool { self.tracker.isEmpty && self.shell.isEmpty }

    /// Puts a frame into its channel.
    ///
    /// - Returns: False if the channel is full; then the frame is dropped.
    mutating func put(_ frame: [UInt8], isShell: Bool) -> Bool {
        guard isShell ? self.shell.count < self.slots.shell : self.tracker.count < self.slots.tracker else {
            return false
        }
        if isShell { self.shell.append(frame) } else { self.tracker.append(frame) }
        return true
    }

    /// Takes the next frame; the channels take turns, where Go's `select` would choose at random.
    mutating func next() -> [UInt8]? {
        guard !self.isEmpty else { return nil }
        let takesShell = self.tracker.isEmpty || self.isShellNext && !self.shell.isEmpty
        self.isShellNext = !takesShell
        return takesShell ? self.shell.removeFirst() : self.tracker.removeFirst()
    }
}
