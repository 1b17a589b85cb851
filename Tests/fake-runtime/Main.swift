import Glibc

/// A runtime for tests: reports ready on its descriptor, answers `GET /health` with its identity, and misbehaves on
/// request.
@main
enum Main {
    static func main() {
        let options = Options(CommandLine.arguments.dropFirst())
        if options.has("--exit-at-once") { exit(7) }
        if options.has("--ignore-sigterm") { signal(SIGTERM, SIG_IGN) }
        signal(SIGPIPE, SIG_IGN)
        if let path = options.value("--term-marker") { Termination.mark(path) }
        if options.has("--close-life") { close(3) }
        Census.enter(options.value("--census"))
        for kind in Grandchild.Kind.allCases where kind != .late && options.has(kind.rawValue) {
            Grandchild.start(kind, mark: options.value("--census") ?? "")
        }
        if options.has(Grandchild.Kind.late.rawValue) {
            signal(SIGTERM) { _ in
                Grandchild.start(.late, mark: Options(CommandLine.arguments.dropFirst()).value("--census") ?? "")
            }
        }
        if options.has("--report-address-in-use") {
            Report.write("address-in-use endpoint=http://127.0.0.1:1")
            exit(3)
        }
        if options.has("--never-ready") { while true { pause() } }
        if let milliseconds = options.value("--ready-after").flatMap({ UInt32($0) }) { usleep(milliseconds * 1000) }
        Health(options).serve()
    }
}
