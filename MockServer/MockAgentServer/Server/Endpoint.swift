import WebSocketProtocol

/// One method and path of an HTTP API, and what answers it.
struct Endpoint: Sendable {
    typealias Handle = @Sendable (MockRequest, String) async -> Void

    let method: String
    /// The path as in agentctl's table, such as `/api/v1/processes/:id`.
    let path: String
    private let segments: [Substring]
    private let handle: Handle

    /// - Parameters:
    ///   - method: The method.
    ///   - path: The path; a segment `:id` stands for any text.
    ///   - handle: Answers the request; gets the text at `:id`, or an empty text.
    init(_ method: String, _ path: String, _ handle: @escaping Handle) {
        (self.method, self.path, self.handle) = (method, path, handle)
        self.segments = path.split(separator: "/", omittingEmptySubsequences: false)
    }

    /// Creates an endpoint with a plain answer.
    static func plain(
        _ method: String,
        _ path: String,
        _ answer: @escaping @Sendable (MockRequest, String) -> HTTPAnswer
    ) -> Endpoint {
        Endpoint(method, path) { request, id in request.respond(answer(request, id)) }
    }

    /// The text at `:id`; nil if the path does not match.
    fileprivate func match(_ path: [Substring]) -> String? {
        guard path.count == self.segments.count else { return nil }
        var id = ""
        for (given, expected) in zip(path, self.segments) {
            if expected == ":id", !given.isEmpty {
                id = PercentText.decoded(given)
            } else if given != expected {
                return nil
            }
        }
        return id
    }

    func callAsFunction(_ request: MockRequest, id: String) async { await self.handle(request, id) }
}

/// The endpoints of one port, with gin's rules for paths that are not among them.
struct EndpointTable: Sendable {
    /// What to do with a request.
    enum Found: Sendable {
        case endpoint(Endpoint, id: String)
        case redirect(String)
        case nothing
    }

    let endpoints: [Endpoint]

    func find(_ head: HTTPRequestHead) -> Found {
        let path = head.path
        if let (endpoint, id) = self.first(head.method, path) { return .endpoint(endpoint, id: id) }
        let other = path.hasSuffix("/") ? path.dropLast() : path + "/"
        return self.first(head.method, other) == nil ? .nothing : .redirect(String(other))
    }

    private func first(_ method: String, _ path: some StringProtocol) -> (Endpoint, String)? {
        let segments = String(path).split(separator: "/", omittingEmptySubsequences: false)
        for endpoint in self.endpoints where endpoint.method == method {
            if let id = endpoint.match(segments) { return (endpoint, id) }
        }
        return nil
    }
}
