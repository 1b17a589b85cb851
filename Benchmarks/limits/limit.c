// limit_main: connects, sends the request, receives until all messages have arrived, and prints the cost.
#include "limit.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

// The largest message of the benchmark. A header has at most 10 bytes (RFC 6455 §5.2).
enum { LARGEST_PAYLOAD = 1 << 20 };
// Room for a frame that a read has cut, and for the next read.
enum { BUFFER_BYTES = LARGEST_PAYLOAD + 10 + LIMIT_READ_BYTES };

static uint8_t buffer[BUFFER_BYTES];
struct wanted limit_wanted;

void limit_fail(const char *what) {
    fprintf(stderr, "limit: %s\n", what);
    exit(1);
}

static uint64_t nanoseconds(struct timeval time) {
    return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_usec * 1000;
}

static uint64_t wall(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

// Unlike ru_maxrss, this does not count the program that ran in the process before exec.
static long peak_kib(void) {
    FILE *file = fopen("/proc/self/status", "r");
    char line[256];
    long kib = 0;
    while (file != NULL && fgets(line, sizeof line, file) != NULL)
        if (strncmp(line, "VmHWM:", 6) == 0) kib = strtol(line + 6, NULL, 10);
    if (file != NULL) fclose(file);
    return kib;
}

static int connect_to(const char *url, char path[512], unsigned long count) {
    char host[64];
    unsigned port;
    if (sscanf(url, "ws://%63[^:]:%u%400s", host, &port, path) != 3) limit_fail("the URL is not ws://HOST:PORT/PATH");
    if (strstr(path, "count=") == NULL)
        snprintf(path + strlen(path), 64, "%ccount=%lu", strchr(path, '?') == NULL ? '?' : '&', count);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    if (inet_pton(AF_INET, host, &address.sin_addr) != 1) limit_fail("the host is not an address");
    int descriptor = socket(AF_INET, SOCK_STREAM, 0);
    if (descriptor < 0 || connect(descriptor, (struct sockaddr *)&address, sizeof address) != 0)
        limit_fail("can't connect");
    return descriptor;
}

// Returns the number of bytes that came after the response; they are at the beginning of the buffer.
static size_t shake_hands(int descriptor, const char *path, const char *offer) {
    char request[1024];
    int length = snprintf(request, sizeof request,
                          "GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                          "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n%s\r\n",
                          path, offer);
    if (send(descriptor, request, (size_t)length, 0) != length) limit_fail("can't send");
    size_t received = 0;
    for (;;) {
        ssize_t part = recv(descriptor, buffer + received, LIMIT_READ_BYTES - received, 0);
        if (part <= 0) limit_fail("no response");
        received += (size_t)part;
        uint8_t *end = memmem(buffer, received, "\r\n\r\n", 4);
        if (end == NULL) continue;
        *end = 0;
        if (memcmp(buffer, "HTTP/1.1 101", 12) != 0) limit_fail("the server refused");
        const char *bytes = strstr((char *)buffer, "X-Bytes: ");
        limit_wanted.bytes = bytes == NULL ? 0 : strtoull(bytes + 9, NULL, 10);
        size_t rest = received - (size_t)(end + 4 - buffer);
        memmove(buffer, end + 4, rest);
        return rest;
    }
}

static void receive(int descriptor, size_t held, limit_consume *consume, struct counted *counted) {
    for (;;) {
        size_t used = consume(buffer, held, counted);
        if (counted->messages >= limit_wanted.messages) return;
        held -= used;
        // At most one cut frame is left; the next read continues after it.
        if (used > 0 && held > 0) memmove(buffer, buffer + used, held);
        ssize_t part = recv(descriptor, buffer + held, LIMIT_READ_BYTES, 0);
        if (part <= 0) limit_fail("the server closed early");
        held += (size_t)part;
    }
}

bool limit_frame(const uint8_t *bytes, size_t length, struct frame *frame) {
    if (length < 2) return false;
    size_t header = 2;
    uint64_t payload = bytes[1];
    if (payload & 0x80) limit_fail("a masked frame");
    if (payload >= 126) {
        header = payload == 126 ? 4 : 10;
        if (length < header) return false;
        payload = 0;
        for (size_t i = 2; i < header; i++) payload = payload << 8 | bytes[i];
    }
    // Checked before the program waits for the rest of the frame, which does not fit into the buffer.
    if (payload > LARGEST_PAYLOAD) limit_fail("a frame of more than 1 MiB");
    if (length - header < payload) return false;
    frame->payload = bytes + header;
    frame->length = payload;
    frame->whole = header + (size_t)payload;
    frame->opcode = bytes[0] & 0x0F;
    frame->compressed = (bytes[0] & 0x40) != 0;
    return true;
}

uint64_t limit_touch(const uint8_t *bytes, uint64_t length) {
    uint64_t sum = 0, i = 0;
    for (; i + 8 <= length; i += 8) {
        uint64_t word;
        memcpy(&word, bytes + i, 8);
        sum += word;
    }
    for (; i < length; i++) sum += bytes[i];
    return sum;
}

int limit_main(int count, char **arguments, const char *offer, limit_consume *consume) {
    if (count < 4 || strcmp(arguments[1], "receive") != 0 || strncmp(arguments[3], "count=", 6) != 0) {
        fprintf(stderr, "usage: %s receive URL count=N\n", arguments[0]);
        return count >= 2 && strcmp(arguments[1], "receive") != 0 ? 3 : 2;
    }
    unsigned long messages = strtoul(arguments[3] + 6, NULL, 10);
    char path[512];
    int descriptor = connect_to(arguments[2], path, messages);
    limit_wanted.messages = messages;
    struct rusage before, after;
    struct counted counted = {0};
    size_t held = shake_hands(descriptor, path, offer);
    getrusage(RUSAGE_SELF, &before);
    uint64_t start = wall();
    receive(descriptor, held, consume, &counted);
    uint64_t end = wall();
    getrusage(RUSAGE_SELF, &after);
    close(descriptor);
    printf("{\"messages\":%lu,\"bytes\":%lu,\"cpu_user_ns\":%lu,\"cpu_system_ns\":%lu,\"wall_ns\":%lu,"
           "\"max_rss_kib\":%ld}\n",
           counted.messages, counted.bytes, nanoseconds(after.ru_utime) - nanoseconds(before.ru_utime),
           nanoseconds(after.ru_stime) - nanoseconds(before.ru_stime), end - start, peak_kib());
    return 0;
}
