import Foundation

/// Whether the README has the example of a test, letter by letter: what a newcomer copies is what is compiled.
///
/// - Parameter file: The test's source, three folders below the package; the example is between `// example begins` and
///   `// example ends`.
/// - Returns: False also when there is no example.
/// - Throws: What reading the files throws.
package func readmeHasExample(of file: String) throws -> Bool {
    let source = URL(filePath: file)
    let root = (0..<4).reduce(source) { url, _ in url.deletingLastPathComponent() }
    let readme = try String(contentsOf: root.appending(path: "README.md"), encoding: .utf8)
    let parts = try String(contentsOf: source, encoding: .utf8).components(separatedBy: "// example begins\n")
    guard let code = parts.dropFirst().first?.components(separatedBy: "// example ends").first else { return false }
    return readme.contains(code)
}
