#ifndef CWORKSPACELAUNCH_H
#define CWORKSPACELAUNCH_H

#include <sys/types.h>

// Every function returns -1 and sets errno on failure, like the system calls it wraps.

/// The program that a stub becomes after it receives its commit byte, and its descriptors.
struct wl_request {
    const char *path;         // of the executable; no search in PATH
    char *const *arguments;   // NULL-terminated
    char *const *environment; // NULL-terminated
    const char *directory;    // or NULL: the starter's directory
    int log;                  // becomes descriptors 1 and 2
    int life;                 // becomes descriptor WL_LIFE, which the runtime holds while it lives
    int report;               // becomes descriptor WL_REPORT
};

/// A forked stub that waits for its commit byte.
struct wl_stub {
    pid_t pid;
    int pidfd;
    int commit; // call wl_commit() to exec, or close it to end the stub
};

enum { WL_LIFE = 3, WL_REPORT = 4 };

/// Forks a stub with its own session and process group. It inherits only what `request` names. It execs only after a
/// byte arrives on the commit pipe. If the pipe is closed instead, it exits; the pipe also closes when its starter
/// dies.
int wl_spawn(const struct wl_request *request, struct wl_stub *stub);

/// Lets the stub exec. Fails with EPIPE if the stub has already ended; raises no signal.
int wl_commit(int commit);

/// Opens a descriptor that always names this one process, even if its number is used again.
int wl_pidfd_open(pid_t pid);

/// Signals the process or, with `group`, its whole process group (needs Linux 6.9, else EINVAL).
int wl_pidfd_signal(int pidfd, int signal, int group);

/// Makes a non-blocking event counter that wakes a poll.
int wl_eventfd(void);

/// Reaps a child that has ended. Returns 1 and sets `code` (exit code, or -signal), or 0 while it runs.
int wl_reap(int pidfd, int *code);

/// Swaps the names of two files atomically. Fails with EINVAL if the file system cannot do it.
int wl_exchange(const char *one, const char *other);

/// Runs a program that does not belong to anything of this process: it has its own session and only the descriptors 0
/// to 2. Returns its process id. The caller waits for it, if the caller still lives.
pid_t wl_run_outside(const char *path, char *const *arguments, char *const *environment);

#endif
