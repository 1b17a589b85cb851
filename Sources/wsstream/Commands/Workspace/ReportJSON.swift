/// A JSON value for output on one line; members keep their order.
indirect enum ReportJSON {
    case text(String)
    case number(UInt64)
    case flag(Bool)
    case null
    case list([ReportJSON])
    case object([(String, ReportJSON)])

    static func optional(_ text: String?) -> ReportJSON { text.map { .text($0) } ?? .null }

    var text: String {
        switch self {
        case .text(let text): Self.quote(text)
        case .number(let number): String(number)
        case .flag(let flag): String(flag)
        case .null: "null"
        case .list(let values): "[" + values.map(\.text).joined(separator: ",") + "]"
        case .object(let members): "{" + members.map { "\(Self.quote($0)):\($1.text)" }.joined(separator: ",") + "}"
        }
    }

    private static func quote(_ text: String) -> String {
        var bytes: [UInt8] = []
        JSONText.append(string: text, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }
}
