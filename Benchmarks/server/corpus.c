// A corpus of events: one message per line, compressed as the kind says.
#include "server.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { LEVEL = 6, WINDOW_BITS = 15, MEMORY_LEVEL = 8, LARGEST = 65536 };

static uint8_t compressed[2 * LARGEST];

// RFC 7692 §7.2.1: compress, flush, and leave out the last four bytes 00 00 FF FF.
static size_t deflate_message(z_stream *stream, uint8_t *bytes, size_t length) {
    stream->next_in = bytes;
    stream->avail_in = (uInt)length;
    stream->next_out = compressed;
    stream->avail_out = sizeof compressed;
    if (deflate(stream, Z_SYNC_FLUSH) != Z_OK || stream->avail_out == 0) abort();
    return sizeof compressed - stream->avail_out - 4;
}

// The first message of a block refers to nothing before it, so that the block can be repeated.
static void append(struct block *block, z_stream *stream, uint8_t *line, size_t length) {
    if (block->compression == UNCOMPRESSED) {
        block_append(block, line, length, false);
        return;
    }
    if (block->compression == NO_TAKEOVER) deflateReset(stream);
    block_append(block, compressed, deflate_message(stream, line, length), true);
}

// Whether a message is of the type, which agentctl writes first; NULL is every type.
static bool has_type(const char *line, const char *type) {
    if (type == NULL) return true;
    char start[64];
    int length = snprintf(start, sizeof start, "{\"type\":\"%s\"", type);
    return strncmp(line, start, (size_t)length) == 0;
}

bool corpus_fill(struct block *block, const char *path) {
    static uint8_t line[LARGEST];
    FILE *file = fopen(path, "r");
    if (file == NULL) {
        fprintf(stderr, "%s is missing: make it with make -C Benchmarks\n", path);
        return false;
    }
    z_stream stream = {0};
    if (deflateInit2(&stream, LEVEL, Z_DEFLATED, -WINDOW_BITS, MEMORY_LEVEL, Z_DEFAULT_STRATEGY) != Z_OK) abort();
    // The line break stays: agentctl's messages end with it.
    while (fgets((char *)line, sizeof line, file) != NULL)
        if (has_type((char *)line, block->type)) append(block, &stream, line, strlen((char *)line));
    deflateEnd(&stream);
    fclose(file);
    if (block->count > 0) return true;
    fprintf(stderr, "%s has no message for %s\n", path, block->kind);
    return false;
}
