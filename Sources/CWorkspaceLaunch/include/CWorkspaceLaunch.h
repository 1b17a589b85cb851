#ifndef CWORKSPACELAUNCH_H
#define CWORKSPACELAUNCH_H

#include <sys/types.h>

// Every function returns -1 and sets errno on failure, like the system calls it wraps.

/// What a stub becomes when it is told to go on.
struct wl_request {
    const char *path;         // of the executable, no search
    char *const *arguments;   // NULL-terminated
    char *const *environment; // NULL-terminated
    const char *directory;    // or NULL: stay
    int log;                  // becomes descriptors 1 and 2
    int life;                 // becomes descriptor WL_LIFE, held by the runtime for its whole life
    int report;               // becomes descriptor WL_REPORT
};

/// A forked stub that waits for its commit byte.
struct wl_stub {
    pid_t pid;
    int pidfd;
    int commit; // wl_commit() to exec, close to let the stub die
};

enum { WL_LIFE = 3, WL_REPORT = 4 };

/// Forks a stub: own session and process group, nothing inherited but what `request` names. It execs only after
/// a byte arrives on the commit pipe, and exits when the pipe is closed instead: also when its starter dies.
int wl_spawn(const struct wl_request *request, struct wl_stub *stub);

/// Lets the stub exec. Fails with EPIPE when it is already gone; raises no signal.
int wl_commit(int commit);

/// Opens a descriptor that names one process for good: its number can't be reused behind it.
int wl_pidfd_open(pid_t pid);

/// Signals the process, or with `group` its whole process group (needs Linux 6.9, else EINVAL).
int wl_pidfd_signal(int pidfd, int signal, int group);

/// Makes a non-blocking event counter that wakes a poll.
int wl_eventfd(void);

/// Reaps a child that has ended. Returns 1 and sets `code` (exit code, or -signal), or 0 while it runs.
int wl_reap(int pidfd, int *code);

/// Swaps the names of two files at one instant (fails with EINVAL where the file system can't).
int wl_exchange(const char *one, const char *other);

/// Runs a program outside of everything this process belongs to: a session of its own, no descriptor but 0 to 2.
/// Returns its process number; the caller waits for it, if it lives.
pid_t wl_run_outside(const char *path, char *const *arguments, char *const *environment);

#endif
