// A client on libwebsockets for the benchmark; see README.md and ../README.md.
#include <libwebsockets.h>

#include "../common/measure.h"

enum scenario { RECEIVE, ECHO, SEND, UNKNOWN };

static const char *const names[] = {"receive", "echo", "send"};

// The only connection, and the progress of its scenario.
static struct {
    enum scenario scenario;
    long count, size, done;
    int64_t bytes, sent_at, *latencies;
    measurement start, end;
    // The received message, in memory of the application; the next message overwrites it.
    unsigned char *message;
    size_t length, capacity;
    // The library masks a payload in place, so each payload is first copied here, after room for the frame's header.
    unsigned char *payload, *frame;
    int is_complete, is_over, has_failed;
} state;

// Returns -1: if a callback returns this, the library sends a Close frame.
static int complete(struct lws *wsi) {
    if (state.scenario != SEND) state.end = measure();
    state.is_complete = 1;
    lws_close_reason(wsi, LWS_CLOSE_STATUS_NORMAL, NULL, 0);
    return -1;
}

static int received_message(struct lws *wsi) {
    state.bytes += (int64_t)state.length;
    if (state.scenario == ECHO) {
        state.latencies[state.done] = now_ns() - state.sent_at;
        if (state.length != (size_t)state.size) return -1;
        lws_callback_on_writable(wsi);
    }
    state.length = 0;
    state.done++;
    return state.done == state.count ? complete(wsi) : 0;
}

static int received(struct lws *wsi, const void *bytes, size_t count) {
    // The server continues to send until it has read the Close frame.
    if (state.is_complete) return 0;
    if (state.length + count > state.capacity) {
        state.capacity = 2 * (state.length + count);
        state.message = realloc(state.message, state.capacity);
    }
    if (count > 0) memcpy(state.message + state.length, bytes, count);
    state.length += count;
    return lws_is_final_fragment(wsi) ? received_message(wsi) : 0;
}

static int write_one(struct lws *wsi) {
    memcpy(state.frame + LWS_PRE, state.payload, (size_t)state.size);
    return lws_write(wsi, state.frame + LWS_PRE, (size_t)state.size, LWS_WRITE_TEXT) < (int)state.size ? -1 : 0;
}

static int writeable(struct lws *wsi) {
    if (state.is_complete) return -1;
    if (state.scenario == RECEIVE) return 0;
    if (state.scenario == ECHO) {
        state.sent_at = now_ns();
        return write_one(wsi);
    }
    if (state.done == state.count) return complete(wsi);
    // Writes as many as the socket takes, and not only one per turn of the loop.
    do {
        if (write_one(wsi) != 0) return -1;
        state.done++;
        state.bytes += state.size;
    } while (state.done < state.count && !lws_send_pipe_choked(wsi));
    lws_callback_on_writable(wsi);
    return 0;
}

static int failed(const char *problem) {
    fprintf(stderr, "libwebsockets: %s\n", problem ? problem : "no connection");
    state.is_over = state.has_failed = 1;
    return 0;
}

static int behave(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t count) {
    switch (reason) {
    case LWS_CALLBACK_CLIENT_ESTABLISHED:
        // 64 KiB at once and not 1 KiB; without compression the call does nothing.
        lws_set_extension_option(wsi, "permessage-deflate", "rx_buf_size", "16");
        state.start = measure();
        lws_callback_on_writable(wsi);
        return 0;
    case LWS_CALLBACK_CLIENT_RECEIVE:
        return received(wsi, in, count);
    case LWS_CALLBACK_CLIENT_WRITEABLE:
        return writeable(wsi);
    case LWS_CALLBACK_CLIENT_CONNECTION_ERROR:
        return failed(in);
    case LWS_CALLBACK_CLIENT_CLOSED:
        if (!state.is_complete) return failed("the connection ended early");
        if (state.scenario == SEND) state.end = measure();
        state.is_over = 1;
        return 0;
    default:
        // Answers the questions of extensions.
        return lws_callback_http_dummy(wsi, reason, user, in, count);
    }
}

static const struct lws_protocols protocols[] = {
    {"benchmark", behave, 0, 65536, 0, NULL, 0},
    {NULL, NULL, 0, 0, 0, NULL, 0},
};

static const struct lws_extension takeover[] = {
    {"permessage-deflate", lws_extension_callback_pm_deflate, "permessage-deflate; client_max_window_bits"},
    {NULL, NULL, NULL},
};

static const struct lws_extension no_takeover[] = {
    {"permessage-deflate", lws_extension_callback_pm_deflate,
     "permessage-deflate; client_max_window_bits; server_no_context_takeover"},
    {NULL, NULL, NULL},
};

static struct lws_context *create_context(const char *url) {
    struct lws_context_creation_info info = {0};
    info.port = CONTEXT_PORT_NO_LISTEN;
    info.protocols = protocols;
    if (path_ends_with(url, "-takeover")) info.extensions = takeover;
    if (path_ends_with(url, "-no-takeover")) info.extensions = no_takeover;
    info.gid = (gid_t)-1;
    info.uid = (uid_t)-1;
    // The size of one read.
    info.pt_serv_buf_size = 65536;
    return lws_create_context(&info);
}

static int connect_to(struct lws_context *context, const char *url) {
    char copy[1000], path[1000] = "/", host[300];
    const char *scheme, *address, *rest;
    struct lws_client_connect_info info = {0};
    snprintf(copy, sizeof copy, "%s", url);
    if (lws_parse_uri(copy, &scheme, &address, &info.port, &rest) != 0) return -1;
    snprintf(path + 1, sizeof path - 1, "%s", rest);
    snprintf(host, sizeof host, "%s:%d", address, info.port);
    info.context = context;
    info.address = address;
    info.host = host;
    info.path = path;
    info.local_protocol_name = protocols[0].name;
    return lws_client_connect_via_info(&info) ? 0 : -1;
}

static void report_all(void) {
    char more[120] = "";
    if (state.scenario == ECHO) write_percentiles(more, sizeof more, state.latencies, (size_t)state.count);
    report(state.start, state.end, state.count, state.bytes, more);
}

int main(int count, char **words) {
    if (count < 3) return failed("SCENARIO URL [KEY=VALUE ...]"), 1;
    while (state.scenario < UNKNOWN && strcmp(words[1], names[state.scenario]) != 0) state.scenario++;
    if (state.scenario == UNKNOWN) return 3;
    state.count = option(count - 3, words + 3, "count", 1);
    state.size = option(count - 3, words + 3, "size", 64);
    state.latencies = malloc((size_t)state.count * sizeof *state.latencies);
    state.payload = malloc((size_t)state.size);
    state.frame = malloc(LWS_PRE + (size_t)state.size);
    memset(state.payload, 'x', (size_t)state.size);

    lws_set_log_level(LLL_ERR, NULL);
    struct lws_context *context = create_context(words[2]);
    if (!context || connect_to(context, words[2]) != 0) failed(NULL);
    while (!state.is_over && lws_service(context, 0) >= 0) {
    }
    if (!state.has_failed) report_all();
    if (context) lws_context_destroy(context);
    free(state.message);
    free(state.latencies);
    free(state.payload);
    free(state.frame);
    return state.has_failed;
}
