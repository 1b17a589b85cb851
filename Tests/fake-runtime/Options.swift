/// The flags of the fake runtime.
struct Options {
    private let arguments: [String]

    init(_ arguments: some Sequence<String>) { self.arguments = Array(arguments) }

    func has(_ flag: String) -> Bool { self.arguments.contains(flag) }

    func value(_ flag: String) -> String? {
        guard let index = self.arguments.firstIndex(of: flag), index + 1 < self.arguments.count else { return nil }
        return self.arguments[index + 1]
    }
}
