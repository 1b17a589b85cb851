import Foundation
import Testing

@Suite("The trait TLS")
struct TraitTests {
    @Test("NIOSSL is imported only where the trait is on")
    func imports() throws {
        let root = (0..<4).reduce(URL(filePath: #filePath)) { url, _ in url.deletingLastPathComponent() }
        var found = 0
        for folder in ["Sources", "MockServer"] {
            let place = root.appending(path: folder)
            let files = FileManager.default.enumerator(at: place, includingPropertiesForKeys: nil)
            for case let file as URL in files?.allObjects ?? [] where file.pathExtension == "swift" {
                let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
                guard let place = lines.firstIndex(where: { $0.hasSuffix("import NIOSSL") }) else { continue }
                found += 1
                #expect(lines[..<place].contains("#if TLS"), "\(file.lastPathComponent)")
            }
        }
        #expect(found > 5)
    }

    @Test("The tests run with it")
    func isOn() {
        #if !TLS
        Issue.record("The trait TLS is off.")
        #endif
    }
}
