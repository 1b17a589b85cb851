import NIOCore
import NIOPosix

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The file of a Unix domain socket.
enum UnixSocket {
    /// The identity of a file, for any path to it.
    struct FileID: Sendable, Equatable {
        var device: UInt64
        var inode: UInt64
    }

    /// Checks the length of a path: an address has space for 107 bytes (103 on Darwin).
    ///
    /// - Throws: ``WebSocketError`` with `invalidConfiguration`.
    static func validate(_ path: String) throws(WebSocketError) {
        do {
            _ = try SocketAddress(unixDomainSocketPath: path)
        } catch {
            let message = "The path of a Unix socket is too long for the system: \(path.utf8.count) bytes."
            throw WebSocketError(.invalidConfiguration, message, cause: error)
        }
        guard !path.isEmpty, !path.utf8.contains(0) else {
            throw WebSocketError(.invalidConfiguration, "The path of a Unix socket is empty or holds a NUL.")
        }
    }

    /// The socket at a path; nil if there is no file, or a file of another kind.
    static func file(at path: String) -> FileID? {
        var status = stat()
        guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFSOCK else { return nil }
        return FileID(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
    }

    /// Removes the file if it is still the same socket.
    static func remove(_ file: FileID, at path: String) {
        guard self.file(at: path) == file else { return }
        unlink(path)
    }

    /// Whether a process listens on the socket.
    ///
    /// - Returns: False only if the connection is refused: then no process uses the file.
    static func isListening(at path: String, group: any EventLoopGroup) async -> Bool {
        do {
            let channel = try await ClientBootstrap(group: group).connect(unixDomainSocketPath: path).get()
            try? await channel.close()
            return true
        } catch let error as IOError {
            return error.errnoCode != ECONNREFUSED
        } catch {
            return true
        }
    }
}
