// The load server of the benchmarks: one thread, epoll, and zlib as its only dependency. It has only the functions that
// a client under test needs, and does as much as possible before the clock runs.
#ifndef BENCH_SERVER_H
#define BENCH_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// The compression of a block's messages (RFC 7692).
enum compression { UNCOMPRESSED, TAKEOVER, NO_TAKEOVER };

// Whole frames of one kind, made once and written again and again.
struct block {
    const char *kind;
    // The file of its messages, without folder and ending; NULL if they are made up.
    const char *corpus;
    // The type of its messages; NULL if it has all messages of the corpus.
    const char *type;
    uint8_t *bytes;
    size_t length;
    // The end of each frame, because a Close frame or a paced message must not cut one.
    size_t *ends;
    size_t count;
    enum compression compression;
};

enum role { HANDSHAKE, RECEIVE, ECHO, SINK, IDLE, STEP };

// The state of the frame that is being received.
struct incoming {
    uint8_t header[14];
    uint8_t header_length;
    uint8_t opcode;
    uint8_t first_byte;
    bool in_payload;
    uint8_t key[4];
    uint64_t position;
    uint64_t length;
    uint8_t control[125];
};

struct connection {
    int descriptor;
    enum role role;
    // True after our Close frame, or when the input can't be understood any more.
    bool ending;
    bool waits_for_room;
    struct incoming in;
    // Bytes that were made only for this connection: the response, echoes, control frames.
    uint8_t *own;
    size_t own_length, own_sent, own_capacity;
    // The rest of the block to write, from `offset` on; the block is repeated as often as needed.
    const struct block *block;
    size_t offset;
    uint64_t block_left;
    // The same for a connection that must wait before it begins; and the time of the wait, in nanoseconds.
    uint64_t held_back, delay;
    // For a paced connection: its place in the table, its messages, and the time when they began; a rate below zero
    // means by steps.
    long pace;
    double rate, phase;
    uint64_t started, issued, count;
    size_t next_message;
    struct connection *next_dead;
};

// blocks.c, corpus.c
struct block *block_named(const char *kind, size_t length);
bool blocks_load(const char *directory);
void block_append(struct block *block, const uint8_t *payload, size_t length, bool compressed);
bool corpus_fill(struct block *block, const char *path);
uint64_t block_bytes(const struct block *block, size_t first, uint64_t messages);
size_t block_rest_of_frame(const struct block *block, size_t offset);

// connection.c
void connection_accept(int listener);
void connection_ready(struct connection *connection, uint32_t events);
void connection_append(struct connection *connection, const void *bytes, size_t length);
void connection_flush(struct connection *connection);
void connection_end(struct connection *connection);
void connection_bury_dead(void);

// handshake.c: returns the bytes of the request, 0 if it is not whole yet, -1 if it was refused.
long handshake_receive(struct connection *connection, const char *bytes, size_t length);

// frames.c
void frames_receive(struct connection *connection, const uint8_t *bytes, size_t length);
size_t frame_header(uint8_t *header, uint8_t first_byte, uint64_t length);

// pace.c
void pace_start(struct connection *connection);
void pace_stop(struct connection *connection);
void pace_tick(void);
void pace_step(uint64_t messages);
int pace_timer(void);

// sha1.c
void sha1(const uint8_t *bytes, size_t length, uint8_t digest[20]);

// main.c
extern int epoll;
uint64_t now_nanoseconds(void);

#endif
