// The second limit: recv, frame parsing, and a read of each payload byte in place. It does not validate, copy or
// deliver anything.
#include "limit.h"

// Volatile, so that the compiler must assume that it is read.
static volatile uint64_t touched;

static size_t consume(const uint8_t *bytes, size_t length, struct counted *counted) {
    size_t at = 0;
    uint64_t sum = 0;
    struct frame frame;
    while (counted->messages < limit_wanted.messages && limit_frame(bytes + at, length - at, &frame)) {
        sum += limit_touch(frame.payload, frame.length);
        counted->messages++;
        counted->bytes += frame.length;
        at += frame.whole;
    }
    touched += sum;
    return at;
}

int main(int count, char **arguments) { return limit_main(count, arguments, "", consume); }
