/// A value behind a reference: copies share it until one of them is changed, and are one word each.
///
/// For what is large, kept by many, and seldom changed.
@usableFromInline
package struct Shared<Value: Sendable>: Sendable {
    @usableFromInline
    final class Box: Sendable {
        @usableFromInline let value: Value

        @inlinable
        init(_ value: Value) { self.value = value }
    }

    @usableFromInline var box: Box

    @inlinable
    package init(_ value: Value) { self.box = Box(value) }

    /// The value; setting it leaves other copies as they are.
    @inlinable package var value: Value {
        get { self.box.value }
        set { self.box = Box(newValue) }
    }
}
