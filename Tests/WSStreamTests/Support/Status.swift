@testable import wsstream

/// The testing library has a type of the same name.
typealias Status = wsstream.ExitStatus
