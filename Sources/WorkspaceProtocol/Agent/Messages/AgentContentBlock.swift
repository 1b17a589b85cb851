/// A piece of content: text, an image, audio, or a resource.
public struct AgentContentBlock: Sendable, Hashable {
    /// Its type: `text`, `image`, `audio`, `resource_link` or `resource`.
    public var type = ""

    /// The text.
    public var text = ""

    /// The bytes in base64.
    public var data = ""

    /// The media type.
    public var mimeType = ""

    /// Where the resource is.
    public var uri = ""

    /// The name of the resource.
    public var name = ""

    /// The title of the resource.
    public var title = ""

    /// What the resource is.
    public var blockDescription = ""

    /// The size of the resource in bytes; nil if unknown.
    public var size: Int?

    /// Creates a value without members; you can set single ones.
    public init() {}
}

extension AgentContentBlock: WorkspacePayload {
    /// The members, in agentctl's order.
    enum Field {
        static var type: JSONField { JSONField(0, "type") }
        static var text: JSONField { JSONField(1, "text") }
        static var data: JSONField { JSONField(2, "data") }
        static var mimeType: JSONField { JSONField(3, "mime_type") }
        static var uri: JSONField { JSONField(4, "uri") }
        static var name: JSONField { JSONField(5, "name") }
        static var title: JSONField { JSONField(6, "title") }
        static var blockDescription: JSONField { JSONField(7, "description") }
        static var size: JSONField { JSONField(8, "size") }
    }

    mutating func read(_ members: inout JSONMembers, from scanner: inout JSONScanner) throws(JSONFailure) {
        if members.isNext(Field.type, in: &scanner) { self.type = try scanner.string() }
        if members.isNext(Field.text, in: &scanner) { self.text = try scanner.string() }
        if members.isNext(Field.data, in: &scanner) { self.data = try scanner.string() }
        if members.isNext(Field.mimeType, in: &scanner) { self.mimeType = try scanner.string() }
        if members.isNext(Field.uri, in: &scanner) { self.uri = try scanner.string() }
        if members.isNext(Field.name, in: &scanner) { self.name = try scanner.string() }
        if members.isNext(Field.title, in: &scanner) { self.title = try scanner.string() }
        if members.isNext(Field.blockDescription, in: &scanner) { self.blockDescription = try scanner.string() }
        if members.isNext(Field.size, in: &scanner) { self.size = try scanner.int() }
    }

    func write(to writer: inout JSONWriter) {
        writer.member(Field.type.name, self.type)
        writer.memberIfNotZero(Field.text.name, self.text)
        writer.memberIfNotZero(Field.data.name, self.data)
        writer.memberIfNotZero(Field.mimeType.name, self.mimeType)
        writer.memberIfNotZero(Field.uri.name, self.uri)
        writer.memberIfNotZero(Field.name.name, self.name)
        writer.memberIfNotZero(Field.title.name, self.title)
        writer.memberIfNotZero(Field.blockDescription.name, self.blockDescription)
        writer.memberIfPresent(Field.size.name, self.size)
    }
}
