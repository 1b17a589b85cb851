/// The hosts in a certificate, and whether the certificate is self-issued (RFC 5280 §4.1, §4.2.1.6).
struct CertificateNames: Equatable {
    /// Whether issuer and subject are the same.
    var isSelfIssued = false
    /// The host names as they are in the certificate.
    var hosts: [String] = []
    /// The addresses: 4 or 16 bytes each.
    var addresses: [IPAddress] = []

    /// The tags of X.690 §8.1.2: universal ones, then those that RFC 5280 gives to parts of a certificate.
    private enum Tag {
        static let boolean: UInt8 = 0x01
        static let octetString: UInt8 = 0x04
        static let objectIdentifier: UInt8 = 0x06
        static let sequence: UInt8 = 0x30
        static let version: UInt8 = 0xA0
        static let extensions: UInt8 = 0xA3
        static let dnsName: UInt8 = 0x82
        static let ipAddress: UInt8 = 0x87
    }

    /// The object identifier 2.5.29.17.
    private static let subjectAlternativeName: [UInt8] = [0x55, 0x1D, 0x11]

    init() {}

    /// Reads a certificate and skips all parts that it can't read.
    init(der: [UInt8]) {
        var outer = DERReader(der[...])
        var certificate = DERReader(outer.next(tagged: Tag.sequence) ?? [])
        var fields = DERReader(certificate.next(tagged: Tag.sequence) ?? [])
        // Version, serial number, algorithm.
        _ = fields.next(tagged: Tag.version)
        _ = (fields.next(), fields.next())
        let issuer = fields.next()?.content
        // Validity.
        _ = fields.next()
        let subject = fields.next()?.content
        self.isSelfIssued = issuer != nil && issuer == subject
        // Public key and unique identifiers.
        while let element = fields.next() {
            if element.tag == Tag.extensions { self.read(extensions: element.content) }
        }
    }

    private mutating func read(extensions bytes: ArraySlice<UInt8>) {
        var outer = DERReader(bytes)
        var list = DERReader(outer.next(tagged: Tag.sequence) ?? [])
        while let content = list.next(tagged: Tag.sequence) {
            var parts = DERReader(content)
            guard let name = parts.next(tagged: Tag.objectIdentifier), name.elementsEqual(Self.subjectAlternativeName)
            else { continue }
            // Critical or not.
            _ = parts.next(tagged: Tag.boolean)
            if let value = parts.next(tagged: Tag.octetString) { self.read(alternativeNames: value) }
        }
    }

    private mutating func read(alternativeNames bytes: ArraySlice<UInt8>) {
        var outer = DERReader(bytes)
        var names = DERReader(outer.next(tagged: Tag.sequence) ?? [])
        while let name = names.next() {
            switch name.tag {
            case Tag.dnsName: self.hosts.append(String(decoding: name.content, as: UTF8.self))
            case Tag.ipAddress:
                if let address = IPAddress(bytes: Array(name.content)) { self.addresses.append(address) }
            default: break
            }
        }
    }
}
