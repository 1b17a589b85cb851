// The measuring of the peers in C and C++; see ../README.md.
#pragma once

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

typedef struct {
    int64_t user, system, wall;
} measurement;

static inline int64_t now_ns(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static inline measurement measure(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    measurement result;
    result.user = (int64_t)usage.ru_utime.tv_sec * 1000000000 + (int64_t)usage.ru_utime.tv_usec * 1000;
    result.system = (int64_t)usage.ru_stime.tv_sec * 1000000000 + (int64_t)usage.ru_stime.tv_usec * 1000;
    result.wall = now_ns();
    return result;
}

// Returns a line of /proc/self/status. Unlike ru_maxrss, VmHWM does not count the program before exec.
static inline long status_kib(const char *name) {
    FILE *file = fopen("/proc/self/status", "r");
    char line[256];
    long kib = 0;
    while (file && fgets(line, sizeof line, file))
        if (strncmp(line, name, strlen(name)) == 0) kib = strtol(line + strlen(name), NULL, 10);
    if (file) fclose(file);
    return kib;
}

// Prints the line; `more` is empty or has further members, each after a comma.
static inline void report(measurement start, measurement end, int64_t messages, int64_t bytes, const char *more) {
    printf("{\"messages\":%lld,\"bytes\":%lld,\"cpu_user_ns\":%lld,\"cpu_system_ns\":%lld,\"wall_ns\":%lld,"
           "\"max_rss_kib\":%ld%s}\n",
           (long long)messages, (long long)bytes, (long long)(end.user - start.user),
           (long long)(end.system - start.system), (long long)(end.wall - start.wall), status_kib("VmHWM:"), more);
}

static inline int ascending(const void *one, const void *other) {
    int64_t a = *(const int64_t *)one, b = *(const int64_t *)other;
    return (a > b) - (a < b);
}

// Sorts the latencies and writes their percentiles as further members.
static inline void write_percentiles(char *more, size_t size, int64_t *latencies, size_t count) {
    qsort(latencies, count, sizeof *latencies, ascending);
    snprintf(more, size, ",\"p50_ns\":%lld,\"p90_ns\":%lld,\"p99_ns\":%lld", (long long)latencies[count * 50 / 100],
             (long long)latencies[count * 90 / 100], (long long)latencies[count * 99 / 100]);
}

// The number of KEY=NUMBER among the words, or else the default.
static inline long option(int count, char **words, const char *key, long missing) {
    size_t length = strlen(key);
    for (int index = 0; index < count; index++)
        if (strncmp(words[index], key, length) == 0 && words[index][length] == '=')
            return strtol(words[index] + length + 1, NULL, 10);
    return missing;
}

// Whether the path of a URL, without its query, ends with a kind such as `-takeover` in /receive/events-takeover.
static inline int path_ends_with(const char *url, const char *end) {
    size_t path = strcspn(url, "?"), length = strlen(end);
    return path >= length && strncmp(url + path - length, end, length) == 0;
}

static inline void raise_file_limit(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}
