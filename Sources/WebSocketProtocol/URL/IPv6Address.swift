/// The text form of an IPv6 address (RFC 4291 §2.2).
enum IPv6Address {
    /// Whether the text is eight groups, or fewer with one `::`; the last two may be an IPv4 address.
    static func isValid(_ text: ArraySlice<UInt8>) -> Bool {
        // The longest legal form has 45 bytes.
        guard text.count <= 45 else { return false }
        let pieces = text.split(separator: HTTPCharacter.colon, omittingEmptySubsequences: false)
        guard let gap = self.gap(in: pieces) else {
            return self.groupCount(of: pieces[...], isTail: true) == 8
        }
        // The gap stands for at least one group of zeros.
        guard let before = self.groupCount(of: pieces[..<gap.lowerBound], isTail: false),
            let after = self.groupCount(of: pieces[gap.upperBound...], isTail: true)
        else { return false }
        return before + after <= 7
    }

    /// The empty pieces that `::` makes: one inside, two at an end, three if there is nothing else.
    private static func gap(in pieces: [ArraySlice<UInt8>]) -> Range<Int>? {
        let empty = pieces.indices.filter { pieces[$0].isEmpty }
        guard let first = empty.first, let last = empty.last, empty.count == last - first + 1 else { return nil }
        let atStart = first == 0 ? 1 : 0
        let atEnd = last == pieces.count - 1 ? 1 : 0
        return empty.count == 1 + atStart + atEnd ? first..<(last + 1) : nil
    }

    /// How many 16-bit groups the pieces are, or nil if one of them is illegal.
    private static func groupCount(of pieces: ArraySlice<ArraySlice<UInt8>>, isTail: Bool) -> Int? {
        guard let last = pieces.last else { return 0 }
        let endsInIPv4 = isTail && self.isIPv4(last)
        let groups = endsInIPv4 ? pieces.dropLast() : pieces
        guard groups.allSatisfy(self.isGroup) else { return nil }
        return groups.count + (endsInIPv4 ? 2 : 0)
    }

    private static func isGroup(_ piece: ArraySlice<UInt8>) -> Bool {
        (1...4).contains(piece.count) && piece.allSatisfy { HTTPCharacter.hexValue($0) != nil }
    }

    private static func isIPv4(_ piece: ArraySlice<UInt8>) -> Bool {
        let numbers = piece.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return numbers.count == 4 && numbers.allSatisfy(self.isIPv4Number)
    }

    private static func isIPv4Number(_ digits: ArraySlice<UInt8>) -> Bool {
        guard (1...3).contains(digits.count), digits.allSatisfy(HTTPCharacter.isDigit) else { return false }
        guard digits.count == 1 || digits.first != UInt8(ascii: "0") else { return false }
        return digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) } <= 255
    }
}
