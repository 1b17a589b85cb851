/// The hosts in a certificate, and whether the certificate is self-issued (RFC 5280 §4.1, §4.2.1.6).
struct CertificateNames: Equatable {
    /// Whether issuer and subject are the same.
    var isSelfIssued = false
    /// The host names as they are in the certificate.
    var hosts: [String] = []
    /// The addresses: 4 or 16 bytes each.
    var addresses: [IPAddress] = []

    private static let sequence: UInt8 = 0x30
    private static let subjectAlternativeName: [UInt8] = [0x55, 0x1D, 0x11]

    init() {}

    /// Reads a certificate and skips all parts that it can't read.
    init(der: [UInt8]) {
        var outer = DERReader(der[...])
        var certificate = DERReader(outer.next(tagged: Self.sequence) ?? [])
        var fields = DERReader(certificate.next(tagged: Self.sequence) ?? [])
        // Version, serial number, algorithm.
        _ = fields.next(tagged: 0xA0)
        _ = (fields.next(), fields.next())
        let issuer = fields.next()?.content
        // Validity.
        _ = fields.next()
        let subject = fields.next()?.content
        self.isSelfIssued = issuer != nil && issuer == subject
        // Public key and unique identifiers.
        while let element = fields.next() {
            if element.tag == 0xA3 { self.read(extensions: element.content) }
        }
    }

    private mutating func read(extensions bytes: ArraySlice<UInt8>) {
        var outer = DERReader(bytes)
        var list = DERReader(outer.next(tagged: Self.sequence) ?? [])
        while let content = list.next(tagged: Self.sequence) {
            var parts = DERReader(content)
            guard let name = parts.next(tagged: 0x06), name.elementsEqual(Self.subjectAlternativeName) else { continue }
            // Critical or not.
            _ = parts.next(tagged: 0x01)
            if let value = parts.next(tagged: 0x04) { self.read(alternativeNames: value) }
        }
    }

    private mutating func read(alternativeNames bytes: ArraySlice<UInt8>) {
        var outer = DERReader(bytes)
        var names = DERReader(outer.next(tagged: Self.sequence) ?? [])
        while let name = names.next() {
            switch name.tag {
            case 0x82: self.hosts.append(String(decoding: name.content, as: UTF8.self))
            case 0x87: if let address = IPAddress(bytes: Array(name.content)) { self.addresses.append(address) }
            default: break
            }
        }
    }
}
