import NIOConcurrencyHelpers
package import NIOCore

/// Counts the writes and flushes that pass through it.
package final class FlushCounter: ChannelOutboundHandler, Sendable {
    package typealias OutboundIn = ByteBuffer
    package typealias OutboundOut = ByteBuffer

    private let counts = NIOLockedValueBox((writes: 0, flushes: 0))

    package init() {}

    /// The number of writes so far.
    package var writes: Int { self.counts.withLockedValue { $0.writes } }
    /// The number of flushes so far; there are at most as many system calls, unless the system takes a write in parts.
    package var flushes: Int { self.counts.withLockedValue { $0.flushes } }

    package func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        self.counts.withLockedValue { $0.writes += 1 }
        context.write(data, promise: promise)
    }

    package func flush(context: ChannelHandlerContext) {
        self.counts.withLockedValue { $0.flushes += 1 }
        context.flush()
    }
}
