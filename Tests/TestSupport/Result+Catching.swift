extension Result where Failure == any Error {
    /// The outcome of an async call; but if the task of the test itself is cancelled, that is thrown.
    package static func catching(_ body: () async throws -> Success) async throws -> Self {
        do {
            return .success(try await body())
        } catch {
            try Task.checkCancellation()
            return .failure(error)
        }
    }

    package var error: (any Error)? {
        if case .failure(let error) = self { error } else { nil }
    }
}
