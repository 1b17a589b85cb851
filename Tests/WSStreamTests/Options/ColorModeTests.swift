import Testing

@testable import wsstream

@Suite("Whether output is coloured")
struct ColorModeTests {
    @Test(
        "A table of mode, terminal and environment",
        arguments: [
            (.auto, true, [:], true),
            (.auto, false, [:], false),
            (.auto, true, ["NO_COLOR": "1"], false),
            (.auto, true, ["NO_COLOR": ""], true),
            (.auto, true, ["TERM": "dumb"], false),
            (.always, false, ["NO_COLOR": "1"], true),
            (.never, true, [:], false),
        ] as [(ColorMode, Bool, [String: String], Bool)]
    )
    func decides(mode: ColorMode, isTerminal: Bool, environment: [String: String], expected: Bool) {
        #expect(mode.isColored(isTerminal: isTerminal, environment: environment) == expected)
    }
}
