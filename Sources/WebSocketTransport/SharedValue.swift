/// A value behind a reference: copies share it until one of them is changed, and each copy is one word.
///
/// For a large value that many objects keep and that seldom changes.
@usableFromInline
package struct SharedValue<Value: Sendable>: Sendable {
    @usableFromInline
    final class Box: Sendable {
        @usableFromInline let value: Value

        @inlinable
        init(_ value: Value) { self.value = value }
    }

    @usableFromInline var box: Box

    @inlinable
    package init(_ value: Value) { self.box = Box(value) }

    /// The value; setting it does not change other copies.
    @inlinable package var value: Value {
        get { self.box.value }
        set { self.box = Box(newValue) }
    }
}
