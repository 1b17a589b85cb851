// The server's side of the opening handshake (RFC 6455 §4.2), and the meaning of each path.
#include "server.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { MAXIMUM_HEAD = 8192 };

static void base64(const uint8_t bytes[20], char text[29]) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    char *out = text;
    for (int i = 0; i < 20; i += 3) {
        uint32_t group = (uint32_t)bytes[i] << 16 | (uint32_t)bytes[i + 1] << 8 | (i + 2 < 20 ? bytes[i + 2] : 0u);
        for (int shift = 18; shift >= 0; shift -= 6) *out++ = digits[group >> shift & 63];
    }
    text[27] = '=';
    text[28] = 0;
}

static long refuse(struct connection *connection, const char *status, const char *why) {
    char response[512];
    int length = snprintf(response, sizeof response,
                          "HTTP/1.1 %s\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n%s\n", status,
                          strlen(why) + 1, why);
    connection_append(connection, response, (size_t)length);
    connection->ending = true;
    return -1;
}

// Gets the value of a field; false if it is missing. Fields that occur twice are joined by a comma, which a list
// allows.
static bool field(const char *head, const char *name, char *value, size_t capacity) {
    size_t length = 0;
    bool found = false;
    for (const char *line = strstr(head, "\r\n"); line != NULL; line = strstr(line + 2, "\r\n")) {
        const char *start = line + 2;
        if (strncasecmp(start, name, strlen(name)) != 0 || start[strlen(name)] != ':') continue;
        start += strlen(name) + 1;
        const char *end = strstr(start, "\r\n");
        while (start < end && (*start == ' ' || *start == '\t')) start++;
        while (end > start && (end[-1] == ' ' || end[-1] == '\t')) end--;
        if (length + (size_t)(end - start) + 2 > capacity) return false;
        if (found) value[length++] = ',';
        memcpy(value + length, start, (size_t)(end - start));
        length += (size_t)(end - start);
        found = true;
    }
    value[length] = 0;
    return found;
}

static double query_number(const char *target, const char *name, double otherwise) {
    const char *query = strchr(target, '?');
    size_t length = strlen(name);
    while (query != NULL) {
        query++;
        if (strncmp(query, name, length) == 0 && query[length] == '=') return strtod(query + length + 1, NULL);
        query = strchr(query, '&');
    }
    return otherwise;
}

// Negotiates permessage-deflate (RFC 7692 §7.1) for a block that was compressed with a window of 15 bits.
static const char *extension(const char *head, enum compression compression) {
    char offer[1024];
    if (compression == UNCOMPRESSED) return "";
    if (!field(head, "Sec-WebSocket-Extensions", offer, sizeof offer)) return NULL;
    if (strstr(offer, "permessage-deflate") == NULL) return NULL;
    const char *window = strstr(offer, "server_max_window_bits=");
    if (window != NULL && strncmp(strchr(window, '=') + 1, "15", 2) != 0) return NULL;
    // A client that offers to use no context takeover may insist on it, as gorilla does.
    if (compression == NO_TAKEOVER && strstr(offer, "client_no_context_takeover") != NULL)
        return "Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover; "
               "client_no_context_takeover\r\n";
    if (compression == NO_TAKEOVER)
        return "Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover\r\n";
    // The server can accept an offer of server_no_context_takeover only by doing without context takeover.
    if (strstr(offer, "server_no_context_takeover") != NULL) return NULL;
    return "Sec-WebSocket-Extensions: permessage-deflate\r\n";
}

// Sets the role by the path; false if no path has that name.
static bool choose_role(struct connection *connection, const char *target) {
    // A runtime's client adds the path of the workspace stream to its base URL.
    static const char stream[] = "/api/v1/workspace/stream";
    size_t length = strcspn(target, "? ");
    if (length > strlen(stream) && memcmp(target + length - strlen(stream), stream, strlen(stream)) == 0)
        length -= strlen(stream);
    static const struct {
        const char *path;
        enum role role;
    } paths[] = {{"/echo", ECHO}, {"/sink", SINK}, {"/idle", IDLE}};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        if (length == strlen(paths[i].path) && memcmp(target, paths[i].path, length) == 0) {
            connection->role = paths[i].role;
            return true;
        }
    if (strncmp(target, "/receive/", 9) != 0) return false;
    connection->block = block_named(target + 9, length - 9);
    connection->role = RECEIVE;
    return connection->block != NULL;
}

static void begin_sending(struct connection *connection, const char *target) {
    double count = query_number(target, "count", 0);
    connection->count = count >= 1 ? (uint64_t)count : UINT64_MAX;
    connection->rate = query_number(target, "step", 0) > 0 ? -1 : query_number(target, "rate", 0);
    connection->delay = (uint64_t)(1e6 * query_number(target, "after", 0));
    uint64_t bytes = count >= 1 ? block_bytes(connection->block, 0, connection->count) : UINT64_MAX;
    if (connection->rate != 0 || connection->delay > 0) pace_start(connection);
    if (connection->rate != 0) return;
    if (connection->delay > 0) connection->held_back = bytes;
    else connection->block_left = bytes;
}

long handshake_receive(struct connection *connection, const char *bytes, size_t length) {
    char head[MAXIMUM_HEAD + 1], target[1024], key[64], joined[128], accept[29];
    size_t copied = length < MAXIMUM_HEAD ? length : MAXIMUM_HEAD;
    memcpy(head, bytes, copied);
    head[copied] = 0;
    char *end = strstr(head, "\r\n\r\n");
    if (end == NULL) return length < MAXIMUM_HEAD ? 0 : refuse(connection, "431 Too Large", "the head is too large");
    end[2] = 0;
    if (sscanf(head, "GET %1023s HTTP/1.1", target) != 1) return refuse(connection, "400 Bad Request", "not a GET");
    if (!field(head, "Sec-WebSocket-Key", key, sizeof key))
        return refuse(connection, "400 Bad Request", "no Sec-WebSocket-Key");
    if (!choose_role(connection, target)) return refuse(connection, "404 Not Found", "no such path");
    const char *agreed = extension(head, connection->block == NULL ? UNCOMPRESSED : connection->block->compression);
    if (agreed == NULL) return refuse(connection, "400 Bad Request", "this path needs an offer of permessage-deflate");
    uint8_t digest[20];
    int joined_length = snprintf(joined, sizeof joined, "%s258EAFA5-E914-47DA-95CA-C5AB0DC85B11", key);
    sha1((const uint8_t *)joined, (size_t)joined_length, digest);
    base64(digest, accept);
    char response[512];
    int response_length = snprintf(response, sizeof response,
                                   "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                                   "Sec-WebSocket-Accept: %s\r\n%s",
                                   accept, agreed);
    if (connection->role == RECEIVE) begin_sending(connection, target);
    // The number of bytes that will come, for a client that does not look at frames.
    uint64_t coming = connection->block_left + connection->held_back;
    if (connection->role == RECEIVE && connection->rate == 0 && coming != UINT64_MAX)
        response_length += snprintf(response + response_length, 64, "X-Bytes: %llu\r\n", (unsigned long long)coming);
    connection_append(connection, response, (size_t)response_length);
    connection_append(connection, "\r\n", 2);
    return end + 4 - head;
}
