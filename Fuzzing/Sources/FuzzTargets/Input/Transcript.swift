/// The output of the code under test, as bytes; two runs agree if their transcripts are equal.
///
/// It is cheaper to fill and to compare than a list of values.
struct Transcript: Equatable {
    private(set) var bytes: [UInt8] = []

    mutating func removeAll() { self.bytes.removeAll(keepingCapacity: true) }

    mutating func append(_ number: Int) {
        withUnsafeBytes(of: number) { self.bytes.append(contentsOf: $0) }
    }

    mutating func append(_ part: UnsafeRawBufferPointer) {
        self.append(part.count)
        self.bytes.append(contentsOf: part)
    }

    mutating func append(_ part: [UInt8]) { part.withUnsafeBytes { self.append($0) } }

    mutating func append(_ text: String) {
        var text = text
        text.withUTF8 { self.append(UnsafeRawBufferPointer($0)) }
    }
}
