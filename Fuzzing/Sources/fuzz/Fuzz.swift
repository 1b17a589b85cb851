import CLibFuzzer
import FuzzTargets

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Runs libFuzzer with the target that `FUZZ_TARGET` names; one binary holds all targets, so it is built once.
///
/// The name is not an argument, because libFuzzer starts itself again with its own arguments to minimise a crash.
@main
enum Fuzz {
    nonisolated(unsafe) private static let target: (UnsafeRawBufferPointer) -> Void = {
        let name = getenv("FUZZ_TARGET").map { String(cString: $0) } ?? ""
        guard let target = AllTargets.target(named: name) else {
            fatalError("FUZZ_TARGET must be one of \(AllTargets.names), got \"\(name)\".")
        }
        return target
    }()

    static func main() {
        var count = CommandLine.argc
        var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
        let status = LLVMFuzzerRunDriver(&count, &arguments) { start, count in
            Fuzz.target(UnsafeRawBufferPointer(start: start, count: count))
            return 0
        }
        exit(status)
    }
}
