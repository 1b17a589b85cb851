import Glibc

@testable import RuntimeLifecycle

extension Sandbox {
    /// The error of a start that must fail.
    func refusal(_ id: WorkspaceID) async -> LifecycleError? {
        do {
            _ = try await self.lifecycle().getOrStart(id, command: self.command())
            return nil
        } catch { return error as? LifecycleError }
    }

    static func mode(_ path: String) -> mode_t {
        var status = stat()
        return lstat(path, &status) == 0 ? status.st_mode & 0o777 : 0
    }

    static func write(_ text: String, to path: String) {
        let number = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        _ = OwnedDescriptor(number).writeAll(Array(text.utf8))
    }

    static func read(_ path: String) -> String {
        let number = open(path, O_RDONLY)
        return OwnedDescriptor(number).readAll(limit: 1 << 20).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
}
