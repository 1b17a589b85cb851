@testable import WorkspaceLifecycle

/// Keeps what happened, in order.
final class Recorder<Element: Sendable>: Sendable {
    private let elements = Mutex([Element]())

    func append(_ element: Element) { self.elements.withLock { $0.append(element) } }

    /// What was kept since the last time.
    func take() -> [Element] {
        self.elements.withLock { elements in
            defer { elements = [] }
            return elements
        }
    }
}
