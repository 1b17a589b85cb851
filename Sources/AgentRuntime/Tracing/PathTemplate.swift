import WorkspaceProtocol

extension AgentctlAPI {
    /// A path of the runtime with `:id` in place of what a caller has chosen, so that traces have few of them.
    ///
    /// - Parameter path: The path, without a query.
    /// - Returns: The path as the documentation of agentctl writes it.
    static func template(of path: String) -> String {
        let fixed = [Self.terminalStartPath, Self.processStartPath, Self.processStopPath]
        guard !fixed.contains(path) else { return path }
        for parent in [Self.instancesPath, Self.processesPath, "/api/v1/git/commit", "/api/v1/shell/terminal"]
        where path.hasPrefix(parent + "/") {
            let rest = path.dropFirst(parent.count + 1).drop { $0 != "/" }
            return "\(parent)/:id\(rest)"
        }
        return path
    }
}
