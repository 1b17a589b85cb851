import Glibc
import Logging
import RuntimeLifecycle

/// Runs one verb in a process of its own and prints one line: what it was told, or the error.
///
/// `lifecycle-actor --root DIR --id ID --verb VERB [--kill-at STEP] [--kill-runtime-at STEP]
/// [--deaf-to SIGNAL] [--leak DESCRIPTOR] [--file-size-limit BYTES] [--lock-limit MILLISECONDS] [--readiness-limit MILLISECONDS]
/// [--generation NUMBER] [--attempts NUMBER] [--backoff MILLISECONDS] [--settle MILLISECONDS]
/// [--reset-after MILLISECONDS] -- COMMAND…`
@main
enum Main {
    static func main() async {
        let options = Options(CommandLine.arguments)
        do {
            print(try await Acting(options).run())
        } catch let error as LifecycleError {
            print("error \(error.code) \(error.message)")
            exit(2)
        } catch {
            print("error other \(error)")
            exit(3)
        }
    }
}
