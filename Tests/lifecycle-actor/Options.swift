/// The flags of the actor; everything after `--` is the command of the runtime.
struct Options {
    private let flags: [String]
    let command: [String]

    init(_ arguments: [String]) {
        let end = arguments.firstIndex(of: "--") ?? arguments.endIndex
        self.flags = Array(arguments[..<end])
        self.command = Array(arguments[end...].dropFirst())
    }

    func value(_ flag: String) -> String? {
        guard let index = self.flags.firstIndex(of: flag), index + 1 < self.flags.count else { return nil }
        return self.flags[index + 1]
    }
}
