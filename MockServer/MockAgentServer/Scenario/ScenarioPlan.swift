import WebSocketProtocol

/// The steps of one attempt, in groups by the time at which they run.
struct ScenarioPlan: Sendable {
    /// Steps before the answer to the handshake.
    var beforeUpgrade: [UpgradeStep] = []
    /// Whether `connected` and `git_status` are sent.
    var attaches = true
    /// Steps on the open connection.
    var steps: [ScenarioStep] = []

    init(_ steps: [ScenarioStep]) {
        for step in steps {
            switch step {
            case .holdUpgrade(let duration): self.beforeUpgrade.append(.hold(duration))
            case .refuseUpgrade(let status, let fields, let body):
                self.beforeUpgrade.append(.refuse(UpgradeStep.Refusal(status: status, fields: fields, body: body)))
            case .dropUpgrade: self.beforeUpgrade.append(.drop)
            case .skipAttach: self.attaches = false
            default: self.steps.append(step)
            }
        }
    }
}

/// A step before the answer to the handshake.
enum UpgradeStep: Sendable {
    struct Refusal: Sendable {
        var status: Int
        var fields: HTTPFields
        var body: [UInt8]
    }

    case hold(Duration?)
    case refuse(Refusal)
    case drop
}
