import Foundation

/// Whether the README contains the example of a test, character for character, so that readers copy compiled code.
///
/// - Parameter file: The test's source, three folders below the package; the example is between `// example begins` and
///   `// example ends`.
/// - Returns: False also if there is no example.
/// - Throws: An error of reading the files.
package func readmeHasExample(of file: String) throws -> Bool {
    let source = URL(filePath: file)
    let root = (0..<4).reduce(source) { url, _ in url.deletingLastPathComponent() }
    let readme = try String(contentsOf: root.appending(path: "README.md"), encoding: .utf8)
    let parts = try String(contentsOf: source, encoding: .utf8).components(separatedBy: "// example begins\n")
    guard let code = parts.dropFirst().first?.components(separatedBy: "// example ends").first else { return false }
    return readme.contains(code)
}

/// The Swift examples of the README, and whether each of them is compiled by a test.
///
/// - Parameter file: A test's source, three folders below the package.
/// - Returns: The examples, without the imports at their beginning.
/// - Throws: An error of reading the files.
package func readmeExamples(of file: String) throws -> [(code: String, isCompiled: Bool)] {
    let root = (0..<4).reduce(URL(filePath: file)) { url, _ in url.deletingLastPathComponent() }
    let readme = try String(contentsOf: root.appending(path: "README.md"), encoding: .utf8)
    let tests = root.appending(path: "Tests")
    let sources =
        (FileManager.default.enumerator(at: tests, includingPropertiesForKeys: nil)?.allObjects as? [URL] ?? [])
        .filter { $0.lastPathComponent == "ReadmeExampleTests.swift" }
    let compiled = try sources.map { try String(contentsOf: $0, encoding: .utf8) }
    return readme.components(separatedBy: "```swift\n").dropFirst().map { block in
        let lines = block.components(separatedBy: "```")[0].split(separator: "\n", omittingEmptySubsequences: false)
        let code = lines.drop { $0.hasPrefix("import ") || $0.isEmpty }.joined(separator: "\n")
        return (code, compiled.contains { $0.contains("// example begins\n\(code)// example ends") })
    }
}

/// The Swift examples of the articles, and those of a test, without indentation and the imports at their beginning.
///
/// - Parameter file: The test's source, three folders below the package; its examples are between `// example begins`
///   and `// example ends`.
/// - Returns: The examples of all articles in `Sources`, and those of the test.
/// - Throws: An error of reading the files.
package func articleExamples(of file: String) throws -> (articles: [String], tests: [String]) {
    let root = (0..<4).reduce(URL(filePath: file)) { url, _ in url.deletingLastPathComponent() }
    let files = FileManager.default.enumerator(at: root.appending(path: "Sources"), includingPropertiesForKeys: nil)
    let articles = (files?.allObjects as? [URL] ?? []).filter { $0.path.contains(".docc/") && $0.pathExtension == "md" }
    let blocks = try articles.flatMap { article in
        try String(contentsOf: article, encoding: .utf8).components(separatedBy: "```swift\n").dropFirst()
            .map { $0.components(separatedBy: "```")[0] }
    }
    let parts = try String(contentsOf: URL(filePath: file), encoding: .utf8)
        .components(separatedBy: "// example begins\n").dropFirst()
    return (blocks.map(plain), parts.map { plain($0.components(separatedBy: "// example ends")[0]) })
}

/// Code at the left margin, without the imports and empty lines at its beginning, and without spaces at its end.
private func plain(_ code: String) -> String {
    let lines = code.split(separator: "\n", omittingEmptySubsequences: false)
        .drop { $0.hasPrefix("import ") || $0.isEmpty }
    let margin = lines.first?.prefix { $0 == " " }.count ?? 0
    return lines.map { $0.dropFirst(min(margin, $0.prefix { $0 == " " }.count)) }.joined(separator: "\n")
        .trimmingCharacters(in: .whitespacesAndNewlines)
}
