// What the three limits share: a blocking socket, an opening handshake, the measuring and the line of JSON.
#ifndef BENCH_LIMIT_H
#define BENCH_LIMIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { LIMIT_READ_BYTES = 256 * 1024 };

// Counted so far; a program adds to it, limit_main prints it.
struct counted {
    uint64_t messages, bytes;
};

// When to stop: so many messages, or so many bytes on the wire, as the server told (X-Bytes).
struct wanted {
    uint64_t messages, bytes;
};
extern struct wanted limit_wanted;

// Gets what was received, which is kept in front of the next read as far as `consumed` says it was not.
typedef size_t limit_consume(const uint8_t *bytes, size_t length, struct counted *counted);

// main of all three: PROGRAM receive URL count=N; exit 3 for scenarios that a limit has not.
int limit_main(int count, char **arguments, const char *offer, limit_consume *consume);

// A whole frame of a server at `bytes`: its payload, or false if it is not whole. Fails the program on a masked one.
struct frame {
    const uint8_t *payload;
    uint64_t length;
    size_t whole;
    uint8_t opcode;
    bool compressed;
};
bool limit_frame(const uint8_t *bytes, size_t length, struct frame *frame);

// Takes every byte into account, in a way that no compiler can leave out.
uint64_t limit_touch(const uint8_t *bytes, uint64_t length);

_Noreturn void limit_fail(const char *what);

#endif
