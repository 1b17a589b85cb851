/// Knows whether an object still exists, but does not keep it alive.
final class WeakReference {
    private(set) weak var object: AnyObject?

    init(_ object: AnyObject) { self.object = object }
}
