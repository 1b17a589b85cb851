/// Knows whether an object is still there, without holding it.
final class WeakReference {
    private(set) weak var object: AnyObject?

    init(_ object: AnyObject) { self.object = object }
}
