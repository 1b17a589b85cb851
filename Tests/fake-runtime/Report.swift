import Glibc

/// Writes lines to the report descriptor.
enum Report {
    static func write(_ line: String) {
        guard let descriptor = Int32(Environment.value("WORKSPACE_REPORT_FD")) else { return }
        let bytes = Array((line + "\n").utf8)
        _ = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
    }
}
