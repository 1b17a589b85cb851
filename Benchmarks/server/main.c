// bench-server --port P --data DIR: prints "listening on P" when it is ready; with P 0 the system chooses the port.
#include "server.h"

#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { EVENTS = 1024, BACKLOG = 65535 };

int epoll;

uint64_t now_nanoseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static void raise_descriptor_limit(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

static int listen_on(uint16_t port) {
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (listener < 0) fail("socket");
    int yes = 1;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    if (bind(listener, (struct sockaddr *)&address, length) != 0) fail("bind");
    if (listen(listener, BACKLOG) != 0) fail("listen");
    if (getsockname(listener, (struct sockaddr *)&address, &length) != 0) fail("getsockname");
    printf("listening on %u\n", ntohs(address.sin_port));
    fflush(stdout);
    return listener;
}

static void watch(int descriptor, void *name) {
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = name};
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event) != 0) fail("epoll_ctl");
}

static void serve(int listener) {
    static struct epoll_event events[EVENTS];
    static char listener_name, timer_name;
    watch(listener, &listener_name);
    watch(pace_timer(), &timer_name);
    for (;;) {
        int count = epoll_wait(epoll, events, EVENTS, -1);
        for (int i = 0; i < count; i++) {
            if (events[i].data.ptr == &listener_name) connection_accept(listener);
            else if (events[i].data.ptr == &timer_name) pace_tick();
            else connection_ready(events[i].data.ptr, events[i].events);
        }
        connection_bury_dead();
    }
}

int main(int count, char **arguments) {
    uint16_t port = 0;
    const char *directory = ".";
    for (int i = 1; i + 1 < count; i += 2) {
        if (strcmp(arguments[i], "--port") == 0) port = (uint16_t)atoi(arguments[i + 1]);
        else if (strcmp(arguments[i], "--data") == 0) directory = arguments[i + 1];
        else count = 0;
    }
    if (count % 2 == 0) {
        fprintf(stderr, "usage: bench-server [--port P] [--data DIR]\n");
        return 2;
    }
    signal(SIGPIPE, SIG_IGN);
    raise_descriptor_limit();
    if (!blocks_load(directory)) return 1;
    epoll = epoll_create1(EPOLL_CLOEXEC);
    if (epoll < 0) fail("epoll_create1");
    serve(listen_on(port));
}
