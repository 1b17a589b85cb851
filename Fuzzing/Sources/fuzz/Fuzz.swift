import CLibFuzzer

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// libFuzzer around the target that `FUZZ_TARGET` names: one binary holds them all, so it is built once.
///
/// The name is not an argument, as libFuzzer starts itself again with its own ones, to minimise a crash.
@main
enum Fuzz {
    private static let targets: [String: any FuzzTarget.Type] = [
        "deflate": DeflateTarget.self,
        "events": EventsTarget.self,
        "events-differential": EventsDifferentialTarget.self,
        "extensions": ExtensionsTarget.self,
        "frame-writer": FrameWriterTarget.self,
        "frames": FramesTarget.self,
        "handshake": HandshakeTarget.self,
        "inflate": InflateTarget.self,
    ]

    private static let target: any FuzzTarget.Type = {
        let name = getenv("FUZZ_TARGET").map { String(cString: $0) } ?? ""
        guard let target = Self.targets[name] else {
            fatalError("FUZZ_TARGET must be one of \(Self.targets.keys.sorted()), got \"\(name)\".")
        }
        return target
    }()

    static func main() {
        var count = CommandLine.argc
        var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
        let status = LLVMFuzzerRunDriver(&count, &arguments) { start, count in
            Fuzz.target.run(FuzzInput(UnsafeRawBufferPointer(start: start, count: count)))
            return 0
        }
        exit(status)
    }
}
