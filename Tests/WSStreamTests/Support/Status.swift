import CommandIO

/// The testing library has a type of the same name.
typealias Status = CommandIO.ExitStatus
