import CommandIO

/// A short name, because the testing library has a type of the same name.
typealias Status = CommandIO.ExitStatus
