internal import CWorkspaceLaunch
internal import Glibc

#if RED_CONTROLS
internal import RedControls
#endif

/// Makes the stub, which waits for its commit before it becomes the runtime; blocking.
struct Spawner: Sendable {
    let directory: StateDirectory
    let id: WorkspaceID

    /// Forks a stub that inherits only the life lock, the log and the report file.
    func spawn(
        _ command: RuntimeCommand,
        as identity: RuntimeIdentity,
        life: consuming OwnedDescriptor
    ) throws(LifecycleError) -> RuntimeStub {
        let path = try command.executable()
        #if RED_CONTROLS
        let emptied = RedControl.isActive(.logNotEmptied) ? 0 : O_TRUNC
        #else
        let emptied = O_TRUNC
        #endif
        let log = try self.open(self.directory.log(self.id), emptied)
        let report = try self.open(self.directory.report(self.id, identity.generation), O_TRUNC)
        let environment = command.environment.merging(self.variables(identity)) { $1 }
        let entries = environment.map { "\($0.key)=\($0.value)" }.sorted()
        var stub = wl_stub()
        let failure = CStrings.with(command.arguments) { arguments in
            CStrings.with(entries) { entries in
                CStrings.with([path, command.workingDirectory ?? ""]) { paths in
                    var request = wl_request()
                    (request.path, request.arguments, request.environment) = (
                        paths[0].map { UnsafePointer($0) }, arguments, entries
                    )
                    request.directory = command.workingDirectory == nil ? nil : paths[1].map { UnsafePointer($0) }
                    (request.log, request.life, request.report) = (log.number, life.number, report.number)
                    return SystemCalls.current.spawn(&request, &stub) == 0 ? 0 : errno
                }
            }
        }
        guard failure == 0 else {
            throw LifecycleError(
                .spawnFailed,
                "Cannot make a process for workspace \(self.id): \(SystemError.text(failure)). "
                    + "Check the limits of processes and memory, and try again.",
                systemError: failure
            )
        }
        return RuntimeStub(pid: stub.pid, pidfd: stub.pidfd, commit: stub.commit)
    }

    private func open(_ path: String, _ flags: Int32) throws(LifecycleError) -> OwnedDescriptor {
        let number = Glibc.open(path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC | flags, 0o600)
        guard number >= 0 else { throw SystemError.storage("open", path, errno) }
        return OwnedDescriptor(number)
    }

    private func variables(_ identity: RuntimeIdentity) -> [String: String] {
        var variables = RuntimeMark.variables(self.id, identity, in: self.directory.workspace(self.id))
        variables[RuntimeMark.Name.life] = String(WL_LIFE)
        variables[RuntimeMark.Name.report] = String(WL_REPORT)
        return variables
    }
}
