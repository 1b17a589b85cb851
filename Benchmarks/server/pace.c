// Messages at a rate, or after a delay: one timer for all connections, once a millisecond while any connection is
// paced. Or messages by steps: a client opens a second connection which begins with a plus sign instead of a request,
// and each byte on it asks for one message.
#include "server.h"

#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

static struct connection **paced;
static size_t paced_count, paced_capacity;
static uint64_t paced_ever;
static int timer = -1;

int pace_timer(void) {
    if (timer == -1) timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    return timer;
}

static void arm(bool on) {
    struct itimerspec every = {.it_interval = {.tv_nsec = on ? 1000000 : 0}, .it_value = {.tv_nsec = on ? 1000000 : 0}};
    timerfd_settime(timer, 0, &every, NULL);
}

void pace_start(struct connection *connection) {
    if (paced_count == paced_capacity) {
        paced_capacity = paced_capacity == 0 ? 64 : 2 * paced_capacity;
        paced = realloc(paced, paced_capacity * sizeof *paced);
        if (paced == NULL) abort();
    }
    if (paced_count == 0) arm(true);
    // Streams of the same rate are spread over its period, by the golden ratio.
    double turn = (double)paced_ever++ * 0.61803398875;
    connection->phase = turn - (double)(uint64_t)turn;
    connection->started = now_nanoseconds();
    connection->pace = (long)paced_count;
    paced[paced_count++] = connection;
}

void pace_stop(struct connection *connection) {
    if (connection->pace < 0) return;
    struct connection *last = paced[--paced_count];
    paced[connection->pace] = last;
    last->pace = connection->pace;
    connection->pace = -1;
    if (paced_count == 0) arm(false);
}

// Sends everything at once, after the delay.
static void release(struct connection *connection) {
    connection->block_left = connection->held_back;
    connection->held_back = 0;
    pace_stop(connection);
    if (!connection->waits_for_room) connection_flush(connection);
}

static void give(struct connection *connection, uint64_t until) {
    if (until > connection->count) until = connection->count;
    if (until <= connection->issued) return;
    uint64_t messages = until - connection->issued;
    connection->issued = until;
    connection->block_left += block_bytes(connection->block, connection->next_message, messages);
    connection->next_message = (connection->next_message + messages) % connection->block->count;
    if (until == connection->count) pace_stop(connection);
    if (!connection->waits_for_room) connection_flush(connection);
}

static void issue(struct connection *connection, uint64_t now) {
    if (connection->rate < 0 || now - connection->started < connection->delay) return;
    if (connection->rate == 0) {
        release(connection);
        return;
    }
    double due = (double)(now - connection->started) * 1e-9 * connection->rate + connection->phase;
    give(connection, due >= (double)connection->count ? connection->count : (uint64_t)due);
}

void pace_step(uint64_t messages) {
    for (size_t i = paced_count; i-- > 0;)
        if (i < paced_count && paced[i]->rate < 0) give(paced[i], paced[i]->issued + messages);
}

void pace_tick(void) {
    uint64_t expirations;
    if (read(timer, &expirations, sizeof expirations) < 0) return;
    uint64_t now = now_nanoseconds();
    // From the end: a connection that is done is replaced by one that already had its turn.
    for (size_t i = paced_count; i-- > 0;)
        if (i < paced_count) issue(paced[i], now);
}
