import Foundation
import WebSocketProtocol

/// The wishes of both sides for permessage-deflate.
struct Combination: Sendable {
    var ours: DeflateWish
    var theirs: DeflateWish

    /// Combinations of all values of all parameters on both sides.
    ///
    /// There are 48 combinations for the server's messages and 48 for the client's. By default, each of them is tested
    /// with four of the other kind. With `WSSTREAM_INTEROP_ALL=1` in the environment, all 2304 pairs are tested.
    ///
    /// - Parameter role: Our role.
    static func chosen(as role: Role) -> [Combination] {
        let ofServer = Self.directions(ours: [nil, 9, 12], theirs: [nil, 9, 12, 15])
        // Only a client may leave the choice of its window to the server, or omit the parameter.
        let (limits, offers): ([DeflateWish.ClientWindow], [DeflateWish.ClientWindow]) =
            ([.absent, .bits(9), .bits(15)], [.absent, .bare, .bits(9), .bits(15)])
        let ofClient =
            role == .client
            ? Self.directions(ours: [.absent, .bare, .bits(9)], theirs: [.absent, .bits(9), .bits(12), .bits(15)])
            : Self.directions(ours: limits, theirs: offers)
        let isComplete = ProcessInfo.processInfo.environment["WSSTREAM_INTEROP_ALL"] != nil
        let shifts = isComplete ? Array(ofClient.indices) : [0, 7, 19, 34]
        return ofServer.indices.flatMap { index in
            shifts.map { shift in
                Self.combination(server: ofServer[index], client: ofClient[(index + shift) % ofClient.count])
            }
        }
    }

    /// The wishes of both sides for one direction.
    private struct Direction<Window> {
        var ours: (takeover: Bool, window: Window)
        var theirs: (takeover: Bool, window: Window)
    }

    private static func directions<Window>(ours: [Window], theirs: [Window]) -> [Direction<Window>] {
        [true, false].flatMap { ourTakeover in
            [true, false].flatMap { theirTakeover in
                ours.flatMap { our in
                    theirs.map { Direction(ours: (ourTakeover, our), theirs: (theirTakeover, $0)) }
                }
            }
        }
    }

    private static func combination(
        server: Direction<Int?>,
        client: Direction<DeflateWish.ClientWindow>
    ) -> Combination {
        Combination(
            ours: DeflateWish(
                serverTakeover: server.ours.takeover,
                clientTakeover: client.ours.takeover,
                serverBits: server.ours.window,
                clientBits: client.ours.window
            ),
            theirs: DeflateWish(
                serverTakeover: server.theirs.takeover,
                clientTakeover: client.theirs.takeover,
                serverBits: server.theirs.window,
                clientBits: client.theirs.window
            )
        )
    }
}
