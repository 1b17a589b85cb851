/// The open containers, one bit for each: is it an object? So skipping needs neither recursion nor the heap.
struct JSONContainerStack {
    /// The number of open containers.
    private(set) var count = 0

    private var objectBits = InlineArray<8, UInt64>(repeating: 0)

    /// Whether the innermost container is an object; `false` if none is open.
    var isObject: Bool {
        guard self.count > 0 else { return false }
        let index = self.count &- 1
        return self.objectBits[index &>> 6] &>> UInt64(index & 63) & 1 == 1
    }

    /// Opens a container.
    ///
    /// There are ``JSONScanner/nestingLimit`` bits. The caller has checked the limit before.
    mutating func push(isObject: Bool) {
        let bit: UInt64 = 1 &<< UInt64(self.count & 63)
        if isObject { self.objectBits[self.count &>> 6] |= bit } else { self.objectBits[self.count &>> 6] &= ~bit }
        self.count &+= 1
    }

    /// Closes the innermost container.
    mutating func pop() {
        self.count &-= 1
    }
}
