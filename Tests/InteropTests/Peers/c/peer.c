// A peer of the interop tests on libwebsockets; see ../README.md.
#include <libwebsockets.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// One frame or one message that waits until the socket is writeable.
struct outgoing {
    struct outgoing *next;
    enum lws_write_protocol kind;
    size_t count;
    unsigned char bytes[];  // LWS_PRE bytes for the library's header, then the payload.
};

struct connection {
    struct outgoing *first, *last;
    // The last written item: its compression may go on until the library asks for the next one.
    struct outgoing *written;
    unsigned char *message;
    size_t count, capacity;
    int fragmented;
    int closing;
};

static struct lws_context *context;
static int client_is_done;

static void queue(struct lws *wsi, struct connection *self, int kind, const void *bytes, size_t count) {
    struct outgoing *item = malloc(sizeof *item + LWS_PRE + count);
    item->next = NULL;
    item->kind = (enum lws_write_protocol)kind;
    item->count = count;
    if (count > 0) memcpy(item->bytes + LWS_PRE, bytes, count);
    if (self->last) self->last->next = item; else self->first = item;
    self->last = item;
    lws_callback_on_writable(wsi);
}

static void echo(struct lws *wsi, struct connection *self) {
    int kind = lws_frame_is_binary(wsi) ? LWS_WRITE_BINARY : LWS_WRITE_TEXT;
    if (!self->fragmented) {
        queue(wsi, self, kind, self->message, self->count);
        return;
    }
    size_t third = self->count / 3;
    queue(wsi, self, kind | LWS_WRITE_NO_FIN, self->message, third);
    queue(wsi, self, LWS_WRITE_CONTINUATION | LWS_WRITE_NO_FIN, self->message + third, third);
    queue(wsi, self, LWS_WRITE_CONTINUATION, self->message + 2 * third, self->count - 2 * third);
}

// Returns -1 to close the connection.
static int received_message(struct lws *wsi, struct connection *self) {
    // A zero at the end makes the commands strings; there is space for it.
    self->message[self->count] = 0;
    const char *text = (const char *)self->message;
    if (lws_frame_is_binary(wsi) || text[0] != '!') {
        echo(wsi, self);
    } else if (strcmp(text, "!fragment") == 0) {
        self->fragmented = 1;
    } else if (strncmp(text, "!ping ", 6) == 0) {
        queue(wsi, self, LWS_WRITE_PING, text + 6, strlen(text + 6));
    } else if (strncmp(text, "!close ", 7) == 0) {
        char *reason = NULL;
        long code = strtol(text + 7, &reason, 10);
        reason += *reason == ' ';
        lws_close_reason(wsi, (enum lws_close_status)code, (unsigned char *)reason, strlen(reason));
        self->closing = 1;
        return -1;
    }
    self->count = 0;
    return 0;
}

static int received(struct lws *wsi, struct connection *self, const void *bytes, size_t count) {
    if (self->count + count + 1 > self->capacity) {
        self->capacity = 2 * (self->count + count + 1);
        self->message = realloc(self->message, self->capacity);
    }
    if (count > 0) memcpy(self->message + self->count, bytes, count);
    self->count += count;
    if (!lws_is_final_fragment(wsi)) return 0;
    return received_message(wsi, self);
}

static int write_one(struct lws *wsi, struct connection *self) {
    free(self->written);
    struct outgoing *item = self->written = self->first;
    if (!item) return 0;
    int written = lws_write(wsi, item->bytes + LWS_PRE, item->count, item->kind);
    int failed = written < (int)item->count;
    self->first = item->next;
    if (!self->first) self->last = NULL;
    if (self->first) lws_callback_on_writable(wsi);
    return failed ? -1 : 0;
}

static void ponged(struct lws *wsi, struct connection *self, const void *payload, size_t count) {
    char text[140];
    if (count == 0) return;
    int length = snprintf(text, sizeof text, "!pong %.*s", (int)count, (const char *)payload);
    queue(wsi, self, LWS_WRITE_TEXT, text, (size_t)length);
}

static void print_close(const unsigned char *bytes, size_t count) {
    int code = count >= 2 ? bytes[0] << 8 | bytes[1] : 1005;
    printf("closed %d %.*s\n", code, count > 2 ? (int)(count - 2) : 0, (const char *)bytes + 2);
}

static void released(struct connection *self) {
    while (self->first) {
        struct outgoing *next = self->first->next;
        free(self->first);
        self->first = next;
    }
    free(self->written);
    free(self->message);
    memset(self, 0, sizeof *self);
}

static int wants_compression(struct lws *wsi) {
    char part[100];
    for (int index = 0; lws_hdr_copy_fragment(wsi, part, sizeof part, WSI_TOKEN_HTTP_URI_ARGS, index) >= 0; index++)
        if (strcmp(part, "deflate") == 0) return 1;
    return 0;
}

static int behave(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t count) {
    struct connection *self = user;
    switch (reason) {
    case LWS_CALLBACK_RECEIVE:
    case LWS_CALLBACK_CLIENT_RECEIVE:
        return received(wsi, self, in, count);
    case LWS_CALLBACK_SERVER_WRITEABLE:
    case LWS_CALLBACK_CLIENT_WRITEABLE:
        return write_one(wsi, self);
    case LWS_CALLBACK_RECEIVE_PONG:
    case LWS_CALLBACK_CLIENT_RECEIVE_PONG:
        ponged(wsi, self, in, count);
        return 0;
    case LWS_CALLBACK_CONFIRM_EXTENSION_OKAY:
        return !wants_compression(wsi);
    case LWS_CALLBACK_WS_PEER_INITIATED_CLOSE:
        // Also called with the answer to our own Close frame.
        if (!self->closing) print_close(in, count);
        return 0;
    case LWS_CALLBACK_CLIENT_CONNECTION_ERROR:
        printf("refused %u\n", lws_http_client_http_response(wsi));
        client_is_done = 1;
        return 0;
    case LWS_CALLBACK_CLOSED:
        released(self);
        return 0;
    case LWS_CALLBACK_CLIENT_CLOSED:
        released(self);
        client_is_done = 1;
        return 0;
    default:
        // Answers the questions of extensions and the library's own requests.
        return lws_callback_http_dummy(wsi, reason, user, in, count);
    }
}

static const struct lws_protocols protocols[] = {
    {"default", behave, sizeof(struct connection), 65536, 0, NULL, 0},
    {"v1", behave, sizeof(struct connection), 65536, 0, NULL, 0},
    {NULL, NULL, 0, 0, 0, NULL, 0},
};

static char offer[300];
static const struct lws_extension extensions[] = {
    {"permessage-deflate", lws_extension_callback_pm_deflate, offer},
    {NULL, NULL, NULL},
};

// The parameters of the extension are those of the query, separated by semicolons.
static void make_offer(const char *query) {
    snprintf(offer, sizeof offer, "permessage-deflate");
    char copy[200];
    snprintf(copy, sizeof copy, "%s", query ? query : "");
    for (char *part = strtok(copy, "&"); part; part = strtok(NULL, "&")) {
        if (strncmp(part, "server_", 7) != 0 && strncmp(part, "client_", 7) != 0) continue;
        size_t used = strlen(offer);
        snprintf(offer + used, sizeof offer - used, "; %s", part);
    }
}

static struct lws_context *create_context(int port, int compresses) {
    struct lws_context_creation_info info = {0};
    info.port = port;
    info.iface = port == CONTEXT_PORT_NO_LISTEN ? NULL : "127.0.0.1";
    info.protocols = protocols;
    info.extensions = compresses ? extensions : NULL;
    info.gid = (gid_t)-1;
    info.uid = (uid_t)-1;
    info.pt_serv_buf_size = 65536;
    return lws_create_context(&info);
}

static int server(void) {
    context = create_context(0, 1);
    if (!context) return 1;
    printf("%d\n", lws_get_vhost_listen_port(lws_get_vhost_by_name(context, "default")));
    while (lws_service(context, 0) >= 0) {}
    return 0;
}

static int connect_to(char *url) {
    const char *scheme, *address, *path;
    int port;
    if (lws_parse_uri(url, &scheme, &address, &port, &path)) return 1;
    char target[300];
    snprintf(target, sizeof target, "/%s", path);
    const char *query = strchr(path, '?');
    make_offer(query ? query + 1 : NULL);
    context = create_context(CONTEXT_PORT_NO_LISTEN, query && strstr(query, "deflate"));
    if (!context) return 1;
    struct lws_client_connect_info info = {0};
    info.context = context;
    info.address = address;
    info.port = port;
    info.path = target;
    info.host = address;
    info.protocol = query && strstr(query, "subprotocols") ? "v0,v1" : NULL;
    info.local_protocol_name = query && strstr(query, "subprotocols") ? "v1" : "default";
    client_is_done = 0;
    if (lws_client_connect_via_info(&info))
        while (!client_is_done && lws_service(context, 0) >= 0) {}
    lws_context_destroy(context);
    return 0;
}

static void *end_with_input(void *unused) {
    char byte;
    while (read(0, &byte, 1) > 0) {}
    _exit(0);
    return unused;
}

int main(int count, char **arguments) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    lws_set_log_level(LLL_ERR, NULL);
    pthread_t thread;
    pthread_create(&thread, NULL, end_with_input, NULL);
    if (count >= 2 && strcmp(arguments[1], "server") == 0) return server();
    int failed = 0;
    for (int index = 2; index < count; index++) failed |= connect_to(arguments[index]);
    return failed;
}
