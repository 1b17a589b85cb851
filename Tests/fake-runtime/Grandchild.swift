import Glibc

/// A process the runtime starts and does not look after.
enum Grandchild {
    /// What it keeps of the runtime, and so what it can be recognised by.
    enum Kind: String, CaseIterable {
        /// Everything.
        case plain = "--grandchild"
        /// The life lock, but neither the session nor the environment.
        case detached = "--detached-grandchild"
        /// The session, but neither the life lock nor the environment.
        case hidden = "--hidden-grandchild"
        /// The environment, but neither the session nor the life lock: what Python and Node start by default.
        case session = "--session-grandchild"
        /// The session alone, and it does not end when it is asked.
        case stubborn = "--stubborn-grandchild"
        /// The session alone, and it begins when the runtime is asked to end, which stays.
        case late = "--late-grandchild"
    }

    static func start(_ kind: Kind, mark: String) {
        var pid = pid_t()
        var attributes = posix_spawnattr_t()
        var actions = posix_spawn_file_actions_t()
        posix_spawnattr_init(&attributes)
        posix_spawn_file_actions_init(&actions)
        // POSIX_SPAWN_SETSID, which Glibc shows only to GNU sources.
        if kind == .detached || kind == .session { posix_spawnattr_setflags(&attributes, 0x80) }
        if kind == .late || kind == .stubborn { posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP)) }
        // What is ignored stays so in a new program.
        let before = kind == .stubborn ? signal(SIGTERM, SIG_IGN) : nil
        defer { if kind == .stubborn { signal(SIGTERM, before) } }
        if kind == .hidden || kind == .late || kind == .stubborn || kind == .session {
            for descriptor in Int32(3)...9 { posix_spawn_file_actions_addclose(&actions, descriptor) }
        }
        // The mark lets the test's guard find it, whatever else it has lost.
        let texts = [CommandLine.arguments[0], "--never-ready", mark]
        var arguments: [UnsafeMutablePointer<CChar>?] = texts.map { strdup($0) }
        arguments.append(nil)
        var nothing: [UnsafeMutablePointer<CChar>?] = [nil]
        nothing.withUnsafeMutableBufferPointer { buffer in
            let environment = kind == .plain || kind == .session ? environ : buffer.baseAddress
            _ = posix_spawn(&pid, CommandLine.arguments[0], &actions, &attributes, &arguments, environment)
        }
    }
}
