extension Result where Failure == any Error {
    /// The outcome of an async call, except that the end of the test's own task is thrown.
    static func catching(_ body: () async throws -> Success) async throws -> Self {
        do {
            return .success(try await body())
        } catch {
            try Task.checkCancellation()
            return .failure(error)
        }
    }

    var error: (any Error)? {
        if case .failure(let error) = self { error } else { nil }
    }
}
