// The frames of clients: masked (RFC 6455 §5.2), and parsed correctly at every cut of a read.
#include "server.h"

#include <string.h>

enum { CONTINUATION = 0, CLOSE = 8, PING = 9, PONG = 10, FIN = 0x80 };

size_t frame_header(uint8_t *header, uint8_t first_byte, uint64_t length) {
    header[0] = first_byte;
    if (length < 126) {
        header[1] = (uint8_t)length;
        return 2;
    }
    int bytes = length < 65536 ? 2 : 8;
    header[1] = bytes == 2 ? 126 : 127;
    for (int i = 0; i < bytes; i++) header[2 + i] = (uint8_t)(length >> 8 * (bytes - 1 - i));
    return 2 + (size_t)bytes;
}

static void append_frame(struct connection *connection, uint8_t opcode, const uint8_t *payload, size_t length) {
    uint8_t header[10];
    connection_append(connection, header, frame_header(header, FIN | opcode, length));
    connection_append(connection, payload, length);
}

// A Close frame ends all sending, but only after the frame that has begun.
static void close_with(struct connection *connection, const uint8_t *payload, size_t length) {
    if (connection->ending) return;
    if (connection->block != NULL) {
        pace_stop(connection);
        uint64_t rest = block_rest_of_frame(connection->block, connection->offset);
        if (rest < connection->block_left) connection->block_left = rest;
    }
    append_frame(connection, CLOSE, payload, length);
    connection->ending = true;
}

static void refuse(struct connection *connection) { close_with(connection, (const uint8_t[]){0x03, 0xEA}, 2); }

static size_t header_length(const uint8_t *header) {
    uint8_t length = header[1] & 0x7F;
    return length < 126 ? 6 : length == 126 ? 8 : 14;
}

static void begin_frame(struct connection *connection) {
    struct incoming *in = &connection->in;
    in->first_byte = in->header[0];
    in->opcode = in->header[0] & 0x0F;
    size_t header = in->header_length;
    in->length = in->header[1] & 0x7F;
    if (in->length >= 126) {
        in->length = 0;
        for (size_t i = 2; i < header - 4; i++) in->length = in->length << 8 | in->header[i];
    }
    memcpy(in->key, in->header + header - 4, 4);
    in->position = 0;
    in->header_length = 0;
    in->in_payload = true;
    bool is_control = in->opcode >= CLOSE;
    if ((in->header[1] & 0x80) == 0 || (in->header[0] & 0x70) != 0 || (is_control && in->length > 125)) {
        refuse(connection);
    } else if (connection->role == ECHO && !is_control) {
        uint8_t answer[10];
        connection_append(connection, answer, frame_header(answer, in->first_byte, in->length));
    }
}

static void unmask(uint8_t *bytes, size_t length, const uint8_t key[4], uint64_t position) {
    uint8_t turned[8];
    for (int i = 0; i < 8; i++) turned[i] = key[(position + (uint64_t)i) & 3];
    uint64_t wide;
    memcpy(&wide, turned, 8);
    size_t i = 0;
    for (; i + 8 <= length; i += 8) {
        uint64_t word;
        memcpy(&word, bytes + i, 8);
        word ^= wide;
        memcpy(bytes + i, &word, 8);
    }
    for (; i < length; i++) bytes[i] ^= turned[i & 7];
}

static void take_payload(struct connection *connection, const uint8_t *bytes, size_t length) {
    struct incoming *in = &connection->in;
    if (in->opcode >= CLOSE) {
        memcpy(in->control + in->position, bytes, length);
        unmask(in->control + in->position, length, in->key, in->position);
    } else if (connection->role == ECHO) {
        connection_append(connection, bytes, length);
        unmask(connection->own + connection->own_length - length, length, in->key, in->position);
    }
    in->position += length;
}

static void end_frame(struct connection *connection) {
    struct incoming *in = &connection->in;
    in->in_payload = false;
    if (in->opcode == PING) append_frame(connection, PONG, in->control, in->length);
    if (in->opcode == CLOSE) close_with(connection, in->control, in->length >= 2 ? in->length : 0);
}

void frames_receive(struct connection *connection, const uint8_t *bytes, size_t length) {
    struct incoming *in = &connection->in;
    size_t at = 0;
    while (at < length && !connection->ending) {
        if (!in->in_payload) {
            in->header[in->header_length++] = bytes[at++];
            if (in->header_length < 2 || in->header_length < header_length(in->header)) continue;
            begin_frame(connection);
            if (connection->ending) return;
        }
        uint64_t left = in->length - in->position;
        size_t part = length - at < left ? length - at : (size_t)left;
        if (part > 0) take_payload(connection, bytes + at, part);
        at += part;
        if (in->position == in->length) end_frame(connection);
    }
}
