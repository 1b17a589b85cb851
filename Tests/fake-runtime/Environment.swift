import Glibc

/// The variables that the starter has set.
enum Environment {
    static func value(_ name: String) -> String {
        getenv(name).map { String(cString: $0) } ?? ""
    }

    static var generation: String { self.value("WORKSPACE_GENERATION") }
    static var nonce: String { self.value("WORKSPACE_NONCE") }
}
