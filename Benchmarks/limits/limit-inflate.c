// The third limit: recv, frame parsing, and zlib's inflate of each message into one buffer. It does not look at the
// result.
#include "limit.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { LARGEST_MESSAGE = 1 << 16 };

static z_stream stream;
static uint8_t message[LARGEST_MESSAGE];
// RFC 7692 §7.2.2: the bytes that the sender leaves out.
static const uint8_t tail[4] = {0x00, 0x00, 0xFF, 0xFF};

static void inflate_part(const uint8_t *bytes, size_t length) {
    stream.next_in = (uint8_t *)bytes;
    stream.avail_in = (uInt)length;
    int result = inflate(&stream, Z_SYNC_FLUSH);
    if ((result != Z_OK && result != Z_BUF_ERROR) || stream.avail_in != 0) limit_fail("a message can't be inflated");
}

static size_t consume(const uint8_t *bytes, size_t length, struct counted *counted) {
    size_t at = 0;
    struct frame frame;
    while (counted->messages < limit_wanted.messages && limit_frame(bytes + at, length - at, &frame)) {
        if (!frame.compressed) limit_fail("a message that is not compressed");
        stream.next_out = message;
        stream.avail_out = sizeof message;
        inflate_part(frame.payload, (size_t)frame.length);
        inflate_part(tail, sizeof tail);
        counted->messages++;
        counted->bytes += sizeof message - stream.avail_out;
        at += frame.whole;
    }
    return at;
}

int main(int count, char **arguments) {
    if (inflateInit2(&stream, -15) != Z_OK) limit_fail("inflateInit2");
    const char *offer = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n";
    return limit_main(count, arguments, offer, consume);
}
