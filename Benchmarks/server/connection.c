// The life of a connection: reading, writing, ending. epoll is level-triggered. The block is written without a copy.
#include "server.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    READ_BYTES = 256 * 1024,
    // The bytes that a connection may write before the others have their turn.
    TURN_BYTES = 4 * 1024 * 1024,
    // A larger output buffer is freed when it is empty.
    KEPT_BYTES = 64 * 1024,
    MAXIMUM_OWN_BYTES = 64 * 1024 * 1024,
};

static struct connection *dead;

void connection_accept(int listener) {
    for (;;) {
        int descriptor = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (descriptor < 0) return;
        int yes = 1;
        setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        struct connection *connection = calloc(1, sizeof *connection);
        if (connection == NULL) abort();
        connection->descriptor = descriptor;
        connection->pace = -1;
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = connection};
        if (epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event) != 0) connection_end(connection);
    }
}

// The memory stays until all events of this turn were handled, because a later event may name the connection.
void connection_end(struct connection *connection) {
    if (connection->descriptor < 0) return;
    pace_stop(connection);
    close(connection->descriptor);
    connection->descriptor = -1;
    free(connection->own);
    connection->own = NULL;
    connection->next_dead = dead;
    dead = connection;
}

void connection_bury_dead(void) {
    while (dead != NULL) {
        struct connection *next = dead->next_dead;
        free(dead);
        dead = next;
    }
}

void connection_append(struct connection *connection, const void *bytes, size_t length) {
    size_t needed = connection->own_length + length;
    if (needed > connection->own_capacity) {
        size_t doubled = 2 * connection->own_capacity;
        connection->own_capacity = needed > doubled ? needed : doubled;
        connection->own = realloc(connection->own, connection->own_capacity);
        if (connection->own == NULL) abort();
    }
    memcpy(connection->own + connection->own_length, bytes, length);
    connection->own_length = needed;
}

static void wait_for_room(struct connection *connection, bool waits) {
    if (connection->waits_for_room == waits) return;
    connection->waits_for_room = waits;
    struct epoll_event event = {.events = waits ? EPOLLIN | EPOLLOUT : EPOLLIN, .data.ptr = connection};
    epoll_ctl(epoll, EPOLL_CTL_MOD, connection->descriptor, &event);
}

// Returns the number of bytes that were taken, 0 if there is no room, -1 if the connection has ended.
static ssize_t write_some(struct connection *connection, const uint8_t *bytes, size_t length) {
    ssize_t taken = send(connection->descriptor, bytes, length, MSG_NOSIGNAL);
    if (taken >= 0) return taken;
    return errno == EAGAIN || errno == EINTR ? 0 : -1;
}

static ssize_t write_own(struct connection *connection) {
    size_t left = connection->own_length - connection->own_sent;
    ssize_t taken = write_some(connection, connection->own + connection->own_sent, left);
    if (taken <= 0) return taken;
    connection->own_sent += (size_t)taken;
    if (connection->own_sent < connection->own_length) return taken;
    connection->own_sent = connection->own_length = 0;
    if (connection->own_capacity > KEPT_BYTES || connection->role != ECHO) {
        free(connection->own);
        connection->own = NULL;
        connection->own_capacity = 0;
    }
    return taken;
}

static ssize_t write_block(struct connection *connection, uint64_t most) {
    const struct block *block = connection->block;
    uint64_t part = block->length - connection->offset;
    if (part > connection->block_left) part = connection->block_left;
    if (part > most) part = most;
    ssize_t taken = write_some(connection, block->bytes + connection->offset, (size_t)part);
    if (taken <= 0) return taken;
    connection->offset += (size_t)taken;
    if (connection->offset == block->length) connection->offset = 0;
    if (connection->block_left != UINT64_MAX) connection->block_left -= (uint64_t)taken;
    return taken;
}

// First the rest of a frame of the block that has begun, then our own bytes, then more of the block.
void connection_flush(struct connection *connection) {
    for (size_t written = 0; written < TURN_BYTES;) {
        bool has_own = connection->own_length > 0;
        uint64_t rest = has_own && connection->block_left > 0
                            ? block_rest_of_frame(connection->block, connection->offset)
                            : connection->block_left;
        if (!has_own && rest == 0) {
            wait_for_room(connection, false);
            if (connection->ending) connection_end(connection);
            return;
        }
        ssize_t taken = has_own && (rest == 0 || connection->block_left == 0) ? write_own(connection)
                                                                              : write_block(connection, rest);
        if (taken < 0) {
            connection_end(connection);
            return;
        }
        if (taken == 0) break;
        written += (size_t)taken;
    }
    wait_for_room(connection, true);
}

static void receive_steps(struct connection *connection) {
    char steps[256];
    ssize_t length = recv(connection->descriptor, steps, sizeof steps, 0);
    if (length > 0) pace_step((uint64_t)length);
    else if (length == 0 || (errno != EAGAIN && errno != EINTR)) connection_end(connection);
}

// Heads are short and usually arrive whole. If one does not, it is peeked at again when there is more.
static void receive_request(struct connection *connection) {
    static char head[16 * 1024];
    ssize_t length = recv(connection->descriptor, head, sizeof head, MSG_PEEK);
    if (length <= 0) {
        if (length == 0 || (errno != EAGAIN && errno != EINTR)) connection_end(connection);
        return;
    }
    if (head[0] == '+') {
        connection->role = STEP;
        receive_steps(connection);
        return;
    }
    long used = handshake_receive(connection, head, (size_t)length);
    if (used == 0) return;
    if (used > 0 && recv(connection->descriptor, head, (size_t)used, 0) != used) {
        connection_end(connection);
        return;
    }
    connection_flush(connection);
}

static void receive_frames(struct connection *connection) {
    static uint8_t buffer[READ_BYTES];
    ssize_t length = recv(connection->descriptor, buffer, sizeof buffer, 0);
    if (length < 0 && (errno == EAGAIN || errno == EINTR)) return;
    // A client that keeps sending without reading its echoes is aborted.
    if (length <= 0 || connection->own_length > MAXIMUM_OWN_BYTES) {
        connection_end(connection);
        return;
    }
    frames_receive(connection, buffer, (size_t)length);
    if (connection->own_length > 0 && !connection->waits_for_room) connection_flush(connection);
}

void connection_ready(struct connection *connection, uint32_t events) {
    if (connection->descriptor < 0) return;
    if (events & (EPOLLIN | EPOLLHUP | EPOLLERR)) {
        if (connection->role == HANDSHAKE) receive_request(connection);
        else if (connection->role == STEP) receive_steps(connection);
        else receive_frames(connection);
    }
    if (connection->descriptor >= 0 && (events & EPOLLOUT)) connection_flush(connection);
}
