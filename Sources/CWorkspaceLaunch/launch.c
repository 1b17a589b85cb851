#define _GNU_SOURCE
#include "CWorkspaceLaunch.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef P_PIDFD
#define P_PIDFD 3
#endif
#ifndef PIDFD_SIGNAL_PROCESS_GROUP
#define PIDFD_SIGNAL_PROCESS_GROUP (1UL << 2)
#endif

#ifdef RED_CONTROLS
#include <stdlib.h>

// Whether this process runs with this mutant.
static int red_control(const char *name) {
    const char *chosen = getenv("WSSTREAM_RED_CONTROL");
    return chosen != NULL && strcmp(chosen, name) == 0;
}
#endif

enum { WL_COMMIT = 5, WL_FIRST_FREE = 6, WL_ABANDONED = 125, WL_EXEC_FAILED = 127 };

int wl_pidfd_open(pid_t pid) { return (int)syscall(SYS_pidfd_open, pid, 0); }

int wl_pidfd_signal(int pidfd, int signal, int group) {
    unsigned long flags = group ? PIDFD_SIGNAL_PROCESS_GROUP : 0;
    return (int)syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, flags);
}

int wl_eventfd(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

int wl_commit(int commit) { return send(commit, "G", 1, MSG_NOSIGNAL) == 1 ? 0 : -1; }

int wl_exchange(const char *one, const char *other) {
    return (int)syscall(SYS_renameat2, AT_FDCWD, one, AT_FDCWD, other, 2 /* RENAME_EXCHANGE */);
}

int wl_reap(int pidfd, int *code) {
    siginfo_t information;
    memset(&information, 0, sizeof information);
    if (waitid((idtype_t)P_PIDFD, (id_t)pidfd, &information, WEXITED | WNOHANG) < 0) return -1;
    if (information.si_pid == 0) return 0;
    *code = information.si_code == CLD_EXITED ? information.si_status : -information.si_status;
    return 1;
}

// ---- The stub. Only async-signal-safe calls between fork and exec: another thread may have held any lock.

static void reset_signals(void) {
#ifdef RED_CONTROLS
    if (red_control("stub-signals-not-reset")) return;
#endif
    for (int number = 1; number < NSIG; number++) signal(number, SIG_DFL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

// Moves the descriptors to their places and closes all others. The most important ones are the starter's own start lock
// and the write ends of other commit pipes. If those stayed open, other stubs would wait for a dead starter.
static int arrange_descriptors(const struct wl_request *request, int commit) {
    int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (null < 0) return -1;
    int from[] = {null, request->log, request->log, request->life, request->report, commit};
    // First move them away from their targets. So dup2 never overwrites a source that is still needed.
    for (int place = 0; place < WL_FIRST_FREE; place++) {
        from[place] = fcntl(from[place], F_DUPFD, WL_FIRST_FREE + 10);
        if (from[place] < 0) return -1;
    }
    for (int place = 0; place < WL_FIRST_FREE; place++) {
        if (dup2(from[place], place) < 0) return -1;
    }
#ifdef RED_CONTROLS
    if (red_control("stub-keeps-descriptors")) return fcntl(WL_COMMIT, F_SETFD, FD_CLOEXEC);
#endif
    if (syscall(SYS_close_range, (unsigned)WL_FIRST_FREE, ~0U, 0) < 0) return -1;
    return fcntl(WL_COMMIT, F_SETFD, FD_CLOEXEC);
}

static void report_failure(const char *step, int number) {
    char line[96];
    // In glibc and musl, snprintf with %s and small %d takes no lock.
    int length = snprintf(line, sizeof line, "failed reason=%s%%20failed,%%20errno%%20%d\n", step, number);
    if (length > 0 && write(WL_REPORT, line, (size_t)length) < 0) _exit(WL_EXEC_FAILED);
}

static void run_stub(const struct wl_request *request, int commit) {
    reset_signals();
#ifdef RED_CONTROLS
    if (red_control("stub-sets-umask")) umask(077);
    if (!red_control("stub-keeps-session"))
#endif
    setsid();
    if (arrange_descriptors(request, commit) < 0) _exit(WL_ABANDONED);
    char byte = 0;
    ssize_t count;
    do count = read(WL_COMMIT, &byte, 1);
    while (count < 0 && errno == EINTR);
#ifdef RED_CONTROLS
    if (red_control("stub-does-not-wait")) count = 1;
#endif
    if (count != 1) _exit(WL_ABANDONED); // End of file: the starter has ended or has given up.
    if (request->directory != NULL && chdir(request->directory) < 0) {
        report_failure("chdir", errno);
        _exit(WL_EXEC_FAILED);
    }
    execve(request->path, request->arguments, request->environment);
    report_failure("exec", errno);
    _exit(WL_EXEC_FAILED);
}

// A signal handler of the starter must never run in the child.
static pid_t fork_with_signals_blocked(sigset_t *before) {
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, before);
    return fork();
}

static void unblock_signals(const sigset_t *before) {
    int number = errno;
    sigprocmask(SIG_SETMASK, before, NULL);
    errno = number;
}

static pid_t fork_stub(const struct wl_request *request, const int commit[2]) {
    sigset_t before;
    pid_t pid = fork_with_signals_blocked(&before);
    if (pid == 0) {
        run_stub(request, commit[0]);
        _exit(WL_ABANDONED);
    }
    unblock_signals(&before);
    return pid;
}

pid_t wl_run_outside(const char *path, char *const *arguments, char *const *environment) {
    sigset_t before;
    pid_t pid = fork_with_signals_blocked(&before);
    if (pid == 0) {
        setsid();
        // Above all the life lock: if it was inherited, it would not be released before this program ends.
        syscall(SYS_close_range, 3U, ~0U, 0);
        // Signals that the caller ignored stay ignored. The exec removes all handlers.
        sigprocmask(SIG_SETMASK, &before, NULL);
        execve(path, arguments, environment);
        _exit(WL_EXEC_FAILED);
    }
    unblock_signals(&before);
    return pid;
}

int wl_spawn(const struct wl_request *request, struct wl_stub *stub) {
    int commit[2];
    // The commit pipe is a socket pair, because a write to it cannot raise SIGPIPE.
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, commit) < 0) return -1;
    pid_t pid = fork_stub(request, commit);
    int number = errno;
    close(commit[0]);
    // It is our own child and not reaped yet, so its number was not used again.
    int pidfd = pid < 0 ? -1 : wl_pidfd_open(pid);
    if (pidfd < 0) {
        if (pid > 0) number = errno;
        close(commit[1]);
        if (pid > 0) waitpid(pid, NULL, 0); // The closed pipe ends it at once.
        errno = number;
        return -1;
    }
    *stub = (struct wl_stub){.pid = pid, .pidfd = pidfd, .commit = commit[1]};
    return 0;
}
