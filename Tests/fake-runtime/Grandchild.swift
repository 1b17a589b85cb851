import Glibc

/// A process that the runtime starts and then ignores.
enum Grandchild {
    /// What it keeps of the runtime, so that it can be recognised.
    enum Kind: String, CaseIterable {
        /// It keeps everything.
        case plain = "--grandchild"
        /// It keeps the life lock, but neither the session nor the environment.
        case detached = "--detached-grandchild"
        /// It keeps the session, but neither the life lock nor the environment.
        case hidden = "--hidden-grandchild"
        /// It keeps the environment, but neither the session nor the life lock, like children of Python and Node by
        /// default.
        case session = "--session-grandchild"
        /// It keeps only the session, and ignores SIGTERM.
        case stubborn = "--stubborn-grandchild"
        /// It keeps only the session, and starts when the runtime gets SIGTERM; the runtime does not end.
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
        // A new program inherits ignored signals.
        let before = kind == .stubborn ? signal(SIGTERM, SIG_IGN) : nil
        defer { if kind == .stubborn { signal(SIGTERM, before) } }
        if kind == .hidden || kind == .late || kind == .stubborn || kind == .session {
            for descriptor in Int32(3)...9 { posix_spawn_file_actions_addclose(&actions, descriptor) }
        }
        // With this mark the test's guard finds it in any case.
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
