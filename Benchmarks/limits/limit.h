// Code for the three limits: a blocking socket, an opening handshake, the measuring and the line of JSON.
#ifndef BENCH_LIMIT_H
#define BENCH_LIMIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { LIMIT_READ_BYTES = 256 * 1024 };

// The counts so far; a program adds to them, and limit_main prints them.
struct counted {
    uint64_t messages, bytes;
};

// When to stop: after a number of messages, or after the number of bytes on the wire that the server gave (X-Bytes).
struct wanted {
    uint64_t messages, bytes;
};
extern struct wanted limit_wanted;

// Takes the received bytes. Bytes that it did not count in `consumed` are kept in front of the next read.
typedef size_t limit_consume(const uint8_t *bytes, size_t length, struct counted *counted);

// The main function of all three: PROGRAM receive URL count=N. It exits with 3 for scenarios that a limit does not
// have.
int limit_main(int count, char **arguments, const char *offer, limit_consume *consume);

// Parses a whole frame of a server at `bytes` and gives its payload; false if the frame is not whole. A masked frame
// ends the program with an error.
struct frame {
    const uint8_t *payload;
    uint64_t length;
    size_t whole;
    uint8_t opcode;
    bool compressed;
};
bool limit_frame(const uint8_t *bytes, size_t length, struct frame *frame);

// Uses every byte in a way that no compiler can leave out.
uint64_t limit_touch(const uint8_t *bytes, uint64_t length);

_Noreturn void limit_fail(const char *what);

#endif
