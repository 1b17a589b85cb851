// Makes the frames of each kind once.
#include "server.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_BYTES = 1 << 20, LARGEST_SIZE = 1 << 24, TEXT = 0x81, RSV1 = 0x40 };

static struct block blocks[] = {
    {.kind = "64"},
    {.kind = "512"},
    {.kind = "16384"},
    {.kind = "1048576"},
    {.kind = "utf8-512"},
    {.kind = "events", .corpus = "events"},
    {.kind = "events-takeover", .corpus = "events", .compression = TAKEOVER},
    {.kind = "events-no-takeover", .corpus = "events", .compression = NO_TAKEOVER},
    {.kind = "agent-events", .corpus = "agent-events"},
    {.kind = "agent-chunks", .corpus = "agent-events", .type = "message_chunk"},
    {.kind = "settled", .corpus = "settled"},
    {.kind = "agent-updates", .corpus = "agent-events", .type = "tool_update"},
};

enum { BLOCKS = sizeof blocks / sizeof *blocks };

// SplitMix64: the same bytes on every machine.
static uint64_t random_state = 1;

static uint64_t random_number(void) {
    uint64_t mixed = random_state += 0x9E3779B97F4A7C15;
    mixed = (mixed ^ mixed >> 30) * 0xBF58476D1CE4E5B9;
    mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EB;
    return mixed ^ mixed >> 31;
}

static void *reallocate(void *old, size_t bytes) {
    void *new = realloc(old, bytes);
    if (new == NULL) abort();
    return new;
}

void block_append(struct block *block, const uint8_t *payload, size_t length, bool compressed) {
    uint8_t header[10];
    size_t header_length = frame_header(header, compressed ? TEXT | RSV1 : TEXT, length);
    block->bytes = reallocate(block->bytes, block->length + header_length + length);
    memcpy(block->bytes + block->length, header, header_length);
    memcpy(block->bytes + block->length + header_length, payload, length);
    block->length += header_length + length;
    block->ends = reallocate(block->ends, (block->count + 1) * sizeof *block->ends);
    block->ends[block->count++] = block->length;
}

static void fill_ascii(uint8_t *bytes, size_t length) {
    for (size_t i = 0; i < length; i++) bytes[i] = (uint8_t)(' ' + random_number() % 95);
}

// Fills with two-byte characters (Cyrillic) and three-byte ones (CJK). 2 and 3 add up to any length above 1, so no
// character is cut.
static void fill_multibyte(uint8_t *bytes, size_t length) {
    size_t at = 0;
    while (at < length) {
        size_t left = length - at;
        bool two = left == 2 || left == 4 || (left != 3 && random_number() % 2 == 0);
        uint32_t scalar = two ? 0x410 + random_number() % 64 : 0x4E00 + random_number() % 0x5000;
        if (two) {
            bytes[at++] = (uint8_t)(0xC0 | scalar >> 6);
        } else {
            bytes[at++] = (uint8_t)(0xE0 | scalar >> 12);
            bytes[at++] = (uint8_t)(0x80 | (scalar >> 6 & 63));
        }
        bytes[at++] = (uint8_t)(0x80 | (scalar & 63));
    }
}

static void fill_text(struct block *block, size_t length, void (*fill)(uint8_t *, size_t)) {
    uint8_t *payload = reallocate(NULL, length);
    do {
        fill(payload, length);
        block_append(block, payload, length, false);
    } while (block->length < BLOCK_BYTES);
    free(payload);
}

bool blocks_load(const char *directory) {
    char path[4096];
    for (int i = 0; i < BLOCKS; i++) {
        struct block *block = &blocks[i];
        if (block->corpus != NULL) {
            snprintf(path, sizeof path, "%s/%s.ndjson", directory, block->corpus);
            if (!corpus_fill(block, path)) return false;
        } else if (strcmp(block->kind, "utf8-512") == 0) {
            fill_text(block, 512, fill_multibyte);
        } else {
            fill_text(block, strtoul(block->kind, NULL, 10), fill_ascii);
        }
    }
    return true;
}

// ASCII text of any other size; it is made when it is first asked for.
static struct block *block_of_size(const char *kind, size_t length) {
    static struct block sizes[64];
    static size_t size_of[64], count;
    char *end;
    size_t size = strtoul(kind, &end, 10);
    if (end != kind + length || size == 0 || size > LARGEST_SIZE) return NULL;
    for (size_t i = 0; i < count; i++)
        if (size_of[i] == size) return &sizes[i];
    if (count == sizeof sizes / sizeof *sizes) return NULL;
    size_of[count] = size;
    fill_text(&sizes[count], size, fill_ascii);
    return &sizes[count++];
}

struct block *block_named(const char *kind, size_t length) {
    for (int i = 0; i < BLOCKS; i++)
        if (strlen(blocks[i].kind) == length && memcmp(blocks[i].kind, kind, length) == 0) return &blocks[i];
    return block_of_size(kind, length);
}

// The number of bytes of `messages` messages from message `first` on; after the last message of the block it continues
// with the first.
uint64_t block_bytes(const struct block *block, size_t first, uint64_t messages) {
    uint64_t bytes = messages / block->count * block->length;
    size_t rest = (size_t)(messages % block->count);
    size_t start = first == 0 ? 0 : block->ends[first - 1];
    if (rest == 0) return bytes;
    if (first + rest <= block->count) return bytes + block->ends[first + rest - 1] - start;
    return bytes + block->length - start + block->ends[first + rest - block->count - 1];
}

// The number of bytes that are left at the offset of a frame that has begun; 0 between frames.
size_t block_rest_of_frame(const struct block *block, size_t offset) {
    size_t low = 0, high = block->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (block->ends[middle] <= offset) low = middle + 1;
        else high = middle;
    }
    size_t start = low == 0 ? 0 : block->ends[low - 1];
    return offset == start || low == block->count ? 0 : block->ends[low] - offset;
}
