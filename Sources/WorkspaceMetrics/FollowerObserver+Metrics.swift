public import CoreMetrics
public import WorkspaceFollowing

extension FollowerObserver {
    /// Turns what happens to followers into metrics; the names are in `docs/OBSERVATION.md`.
    ///
    /// ```swift
    /// configuration.observer = .metrics()
    /// ```
    ///
    /// One observer serves any number of followers, and adds up what they do. No metric names a workspace: thousands of
    /// workspaces would be thousands of series for each metric.
    ///
    /// - Parameters:
    ///   - factory: Makes the metrics. The default, nil, uses the factory that `MetricsSystem` has when this function is
    ///     called. The handlers of the factory are called on event loops, so they must not block.
    ///   - workspace: A name that every metric gets as the label `workspace`. Default: nil; then no metric has this
    ///     label. Give each follower an observer of its own to tell a few workspaces apart.
    /// - Returns: The observer.
    public static func metrics(
        factory: (any MetricsFactory)? = nil,
        workspace: String? = nil
    ) -> FollowerObserver {
        let factory = factory ?? MetricsSystem.factory
        let workspaceStream = FollowerMetrics(.workspace, workspace: workspace, factory: factory)
        let agentStream = FollowerMetrics(.agent, workspace: workspace, factory: factory)
        return FollowerObserver { observation in
            switch observation.stream {
            case .workspace: workspaceStream.record(observation.kind)
            case .agent: agentStream.record(observation.kind)
            @unknown default: break
            }
        }
    }

    /// What each metric of ``metrics(factory:workspace:)`` means, by its name; for backends that show such texts.
    public static var metricHelp: [String: String] {
        [
            "workspace_streams": "Followed streams by the phase of their connection.",
            "workspace_reconnects_total": "Lost connections and failed attempts after which another attempt followed.",
            "workspace_ends_total": "Followed streams that have ended, by the reason.",
            "workspace_gaps_total": "Gaps: places where something may be missing.",
            "workspace_recovered_events_total": "Events that were recovered from answers of the runtime.",
            "workspace_recovered_bytes_total": "Bytes of the output in these events.",
            "workspace_recovery_seconds": "Time from the first question of a recovery or an audit until its delivery.",
            "workspace_dial_seconds": "Time of a dial, by its result.",
            "workspace_events_total": "Events that came on the wire.",
            "workspace_wire_bytes_total": "Bytes of these events on the wire.",
            "workspace_dropped_total": "Events that were dropped or joined, by the reason.",
            "workspace_reading_paused_total": "Pauses of reading because the consumer was slow.",
            "workspace_queue_bytes": "Bytes that wait for the consumer, at most once a second for each stream.",
            "workspace_queue_elements": "Elements that wait for the consumer, at most once a second for each stream.",
        ]
    }
}
