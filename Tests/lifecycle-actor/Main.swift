import Glibc
import Logging
import RuntimeLifecycle

/// Runs one verb in a separate process and prints one line: the result or the error.
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
