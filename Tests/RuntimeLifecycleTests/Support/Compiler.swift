import Foundation

@testable import RuntimeLifecycle

/// The compiler that built these tests, for code that must not compile.
enum Compiler {
    /// The modules are in the same directory as the products of the build.
    private static let modules: String? = {
        guard let end = Products.actor.lastIndex(of: "/") else { return nil }
        let path = Products.actor[..<end] + "/Modules"
        return access(path + "/RuntimeLifecycle.swiftmodule", R_OK) == 0 ? String(path) : nil
    }()

    private static let program: String? = {
        let folders = (getenv("PATH").map { String(cString: $0) } ?? "").split(separator: ":")
        return folders.map { "\($0)/swiftc" }.first { access($0, X_OK) == 0 }
    }()

    static var isAvailable: Bool { self.modules != nil && self.program != nil }

    /// Type-checks a snippet as part of this module's tests.
    static func check(_ snippet: String, in sandbox: Sandbox) async -> ChildProcess {
        guard let modules = self.modules, let program = self.program else {
            return ChildProcess(code: 127, output: "no compiler")
        }
        let file = sandbox.path + "/snippet.swift"
        Sandbox.write("@testable import RuntimeLifecycle\n\(snippet)\n", to: file)
        // The ownership of values is looked at after the types: `-typecheck` would not see it.
        let arguments = [program, "-swift-version", "6", "-parse-as-library", "-Onone", "-emit-sil", "-o", "/dev/null"]
        return await ChildProcess.run(
            arguments + ["-I", modules] + self.moduleMaps(beside: modules) + ["-module-name", "Snippet", file]
        )
    }

    /// The module maps of all C targets; the module and its imports need several of them.
    private static func moduleMaps(beside modules: String) -> [String] {
        let products = String(modules.dropLast("/Modules".count))
        let folders = ((try? FileManager.default.contentsOfDirectory(atPath: products)) ?? []).filter {
            $0.hasSuffix(".build")
        }
        let paths: [String] = folders.map { "\(products)/\($0)/module.modulemap" }
        let maps = paths.filter { access($0, R_OK) == 0 }
        return maps.flatMap { ["-Xcc", "-fmodule-map-file=\($0)"] }
    }
}
