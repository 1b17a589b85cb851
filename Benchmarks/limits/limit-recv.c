// The first limit: plain recv, without a look at the bytes. It counts the bytes on the wire, with frame headers.
#include "limit.h"

static size_t consume(const uint8_t *bytes, size_t length, struct counted *counted) {
    (void)bytes;
    counted->bytes += length;
    if (counted->bytes >= limit_wanted.bytes) counted->messages = limit_wanted.messages;
    return length;
}

int main(int count, char **arguments) { return limit_main(count, arguments, "", consume); }
