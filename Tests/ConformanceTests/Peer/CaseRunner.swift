import WebSocketProtocol

/// Plays a case against our side.
enum CaseRunner {
    /// Plays one case.
    ///
    /// - Parameters:
    ///   - conformanceCase: The case to play.
    ///   - role: The role of our side.
    /// - Returns: The transcript.
    /// - Throws: Only an error of the set-up; errors of our side are in the transcript.
    static func run(_ conformanceCase: ConformanceCase, role: Role) async throws -> Transcript {
        let (transcript, end) = try await Subject(role: role).run { peer in
            try await Self.shakeHands(peer)
            return await Self.play(conformanceCase, as: peer)
        }
        var complete = transcript
        complete.reportedEnd = end
        return complete
    }

    private static func shakeHands(_ peer: PeerConnection) async throws {
        if peer.subject == .server { try await peer.send(PeerHandshake.request()) }
        let head = try await peer.receiveHead()
        if peer.subject == .client { try await peer.send(try PeerHandshake.response(to: head)) }
    }

    private static func play(_ conformanceCase: ConformanceCase, as peer: PeerConnection) async -> Transcript {
        var transcript = Transcript()
        do {
            for step in conformanceCase.steps { try await Self.take(step, as: peer) }
            try await peer.awaitClose()
            // RFC 6455 §7.1.1: the server ends TCP first.
            if peer.subject == .client { await peer.endOutput() }
            try await peer.awaitEnd()
            transcript.isEnded = true
        } catch let error as FrameScanner.Malformed {
            transcript.malformed = error.message
        } catch let error as PeerConnection.Missed {
            (transcript.missed, transcript.isEnded) = (error.subject, true)
        } catch {
            transcript.missed = "\(error)"
        }
        transcript.frames = peer.frames
        return transcript
    }

    private static func take(_ step: PeerStep, as peer: PeerConnection) async throws {
        switch step {
        case .send(let frames, let chopping): try await Self.sendUnlessEnded { try await peer.send(frames, chopping) }
        case .sendPart(let frame, let part): try await Self.sendUnlessEnded { try await peer.sendPart(frame, part) }
        case .awaitFrames(let count): try await peer.awaitFrames(count)
        case .awaitClose: try await peer.awaitClose()
        case .roundTrips(let frame, let count):
            for _ in 0..<count {
                try await peer.send([frame])
                try await peer.awaitFrames(peer.frames.count + 1)
            }
        }
    }

    /// Our side may have failed the connection while the peer still sends.
    private static func sendUnlessEnded(_ send: () async throws -> Void) async throws {
        do { try await send() } catch { try Task.checkCancellation() }
    }
}
