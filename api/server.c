/* The home of libmicrohttpd 0.9.75. What is said here about its insides was read
 * in its source; tests/fault shows what it does when left alone. */
#include "api/server.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <microhttpd.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "api/answer.h"
#include "api/endpoints.h"
#include "engine/clock.h"
#include "engine/config.h"
#include "engine/db.h"

#include "engine/log.h"
#include "engine/metrics.h"
#include "geo/road/nearest.h"
#include "geo/road/route.h"

/* A connection that sends or takes slower than this on average is cut. */
enum { RATE_MIN_BYTES_S = 16 * 1024 };
enum { CONNECTION_MEMORY = 8 * 1024, REAPER_PERIOD_MS = 200, IDLE_TALKS_MAX = 64 };
static const int64_t SECOND_US = 1000000;

/* One connection, as long as it is open. The reaper cuts it after its deadline:
 * libmicrohttpd's own time limit begins anew with every byte. */
struct line {
    int fd;
    _Atomic int64_t deadline_us;  /* 0: none */
    struct line *previous, *next; /* under server.lines_lock */
};

enum talk_state {
    TALK_HEAD,    /* the request line is known */
    TALK_REFUSED, /* the answer is there before the body, of which there is none */
    TALK_BODY,    /* the body is being gathered */
    TALK_QUEUED,  /* suspended: a worker has it or will */
    TALK_ANSWERED,
};

/* One request and its answer, from its first line to its last byte. */
struct talk {
    struct server *server;
    struct MHD_Connection *connection;
    struct line *line;
    struct arena *arena;
    char *target;
    const char *raw_target; /* where it stood in libmicrohttpd's memory */
    size_t raw_size;
    enum talk_state state;
    struct gate_field fields[GATE_FIELDS_MAX + 1];
    struct answer answer;
    struct buf body;
    struct MHD_Response *response;
    int32_t status;
    int64_t start_us, queued_us, taken_us;
    int64_t bytes_seen; /* of the body, kept or not */
    struct talk *next;  /* in the queue, or among the idle ones */
};

struct server {
    struct service *service;
    struct MHD_Daemon *daemon;
    int64_t timeout_us;
    int64_t bodies_max;
    _Atomic int64_t bodies_size; /* all bodies being held */
    _Atomic int64_t open_talks;

    pthread_mutex_t queue_lock; /* queue_*, closing */
    pthread_cond_t queue_filled;
    struct talk *queue_first, **queue_end;
    int64_t queue_count, queue_max;
    bool closing;

    pthread_mutex_t lines_lock; /* lines */
    struct line *lines;

    pthread_mutex_t idle_lock; /* idle, idle_count */
    struct talk *idle;
    int32_t idle_count;

    pthread_t reaper;
    _Atomic bool reaper_stops;
    int32_t worker_count;
    pthread_t workers[];
};

/* ---------------------------------------------------------------- requests */

static struct talk *talk_new(struct server *s)
{
    pthread_mutex_lock(&s->idle_lock);
    struct talk *t = s->idle;

    if (t) {
        s->idle = t->next;
        s->idle_count--;
    }
    pthread_mutex_unlock(&s->idle_lock);
    if (!t) {
        t = calloc(1, sizeof *t);
        if (!t)
            abort();
        t->arena = arena_new();
    }
    t->server = s;
    atomic_fetch_add(&s->open_talks, 1);
    return t;
}

static void talk_free(struct talk *t)
{
    struct server *s = t->server;
    struct arena *arena = t->arena;
    const int64_t kept = (int64_t)t->body.size;

    if (t->response)
        MHD_destroy_response(t->response);
    if (t->answer.reply.arena)
        reply_clear(&t->answer.reply);
    buf_free(&t->body);
    atomic_fetch_sub(&s->bodies_size, kept);
    arena_reset(arena);
    memset(t, 0, sizeof *t);
    t->arena = arena;
    pthread_mutex_lock(&s->idle_lock);
    const bool keep = s->idle_count < IDLE_TALKS_MAX;

    if (keep) {
        t->next = s->idle;
        s->idle = t;
        s->idle_count++;
    }
    pthread_mutex_unlock(&s->idle_lock);
    if (!keep) {
        arena_free(arena);
        free(t);
    }
    atomic_fetch_sub(&s->open_talks, 1);
}

static void set_deadline(struct talk *t, int64_t bytes)
{
    if (t->line)
        t->line->deadline_us =
            clock_steady_us() + t->server->timeout_us + bytes * SECOND_US / RATE_MIN_BYTES_S;
}

/* ---------------------------------------------------------------- the answer */

/* Whatever the page may do is said here: nothing from another host, no frames. */
static const char *const SECURITY_HEADERS[][2] = {
    { "Content-Security-Policy",
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
      "connect-src 'self'; worker-src 'self' blob:; font-src 'self'; frame-ancestors 'none'; "
      "base-uri 'none'; form-action 'self'" },
    { "X-Content-Type-Options", "nosniff" },
    { "Referrer-Policy", "no-referrer" },
    { "Cross-Origin-Opener-Policy", "same-origin" },
    { "Cross-Origin-Resource-Policy", "same-origin" },
};

static struct MHD_Response *make_body(struct reply *reply)
{
    if (reply->lent) {
        struct MHD_Response *response =
            reply->done
                ? MHD_create_response_from_buffer_with_free_callback_cls(
                      reply->lent_size, (void *)(uintptr_t)reply->lent, reply->done, reply->thing)
                : MHD_create_response_from_buffer(reply->lent_size, (void *)(uintptr_t)reply->lent,
                                                  MHD_RESPMEM_PERSISTENT);

        reply->done = NULL;
        return response;
    }
    struct MHD_Response *response =
        MHD_create_response_from_buffer(reply->body.size, reply->body.bytes, MHD_RESPMEM_MUST_FREE);

    reply->body = (struct buf){ 0 }; /* the response owns the bytes now */
    return response;
}

static void put_header(struct MHD_Response *response, const char *name, const char *value)
{
    const enum MHD_Result done = MHD_add_response_header(response, name, value);

    assert(done == MHD_YES);
    (void)done;
}

static void log_request(const struct talk *t, size_t size, int64_t now_us)
{
    const struct request *r = &t->answer.request;
    const struct reply *reply = &t->answer.reply;
    const int64_t taken = t->taken_us ? t->taken_us : now_us;
    const int64_t queued = t->queued_us ? t->queued_us : taken;
    const enum metrics_id group = reply->status >= 500   ? METRIC_REQUESTS_5XX
                                  : reply->status >= 400 ? METRIC_REQUESTS_4XX
                                  : reply->status >= 300 ? METRIC_REQUESTS_3XX
                                                         : METRIC_REQUESTS_2XX;

    metrics_count(group, 1);
    metrics_observe_us(METRIC_REQUEST_TIME, now_us - t->start_us);
    metrics_observe_us(METRIC_QUEUE_TIME, taken - queued);
    log_line(LOG_INFO, "request", log_text("request_id", r->id), log_text("method", r->method),
             log_text("path", r->endpoint ? r->endpoint->path : NULL),
             log_int("status", reply->status), log_text("code", fail_word(reply->code)),
             log_int("token_id", r->caller.token_id), log_int("bytes_in", t->bytes_seen),
             log_int("bytes_out", (int64_t)size),
             log_number("read_ms", (double)(queued - t->start_us) / 1e3),
             log_number("queue_ms", (double)(taken - queued) / 1e3),
             log_number("work_ms", (double)(now_us - taken) / 1e3));
}

/* Turns the reply into libmicrohttpd's form; on any thread. */
static void finish(struct talk *t)
{
    struct reply *reply = &t->answer.reply;
    const size_t size = reply->lent ? reply->lent_size : reply->body.size;
    bool cached = false;

    assert(reply->status != 0);
    t->status = reply->status;
    t->response = make_body(reply);
    if (!t->response)
        abort();
    for (const struct reply_field *field = reply->fields; field; field = field->next) {
        cached |= strcasecmp(field->name, "Cache-Control") == 0;
        put_header(t->response, field->name, field->value);
    }
    if (reply->type)
        put_header(t->response, "Content-Type", reply->type);
    if (!cached)
        put_header(t->response, "Cache-Control", "no-store");
    for (size_t i = 0; i < sizeof SECURITY_HEADERS / sizeof *SECURITY_HEADERS; i++)
        put_header(t->response, SECURITY_HEADERS[i][0], SECURITY_HEADERS[i][1]);
    put_header(t->response, "X-Request-Id", t->answer.request.id);
    if (reply->close || t->server->service->stopping)
        put_header(t->response, "Connection", "close");
    log_request(t, size, clock_steady_us());
    set_deadline(t, (int64_t)size);
}

static enum MHD_Result send_answer(struct talk *t)
{
    t->state = TALK_ANSWERED;
    const enum MHD_Result done =
        MHD_queue_response(t->connection, (unsigned int)t->status, t->response);

    MHD_destroy_response(t->response);
    t->response = NULL;
    return done;
}

static enum MHD_Result refuse(struct talk *t, const struct fail *f, bool close)
{
    answer_refuse(&t->answer, f, close);
    finish(t);
    return send_answer(t);
}

/* ---------------------------------------------------------------- the head */

struct gather {
    struct talk *talk;
    int32_t count;
};

static enum MHD_Result gather_field(void *self, enum MHD_ValueKind kind, const char *name,
                                    size_t name_size, const char *value, size_t value_size)
{
    struct gather *g = self;

    (void)kind;
    if (g->count > GATE_FIELDS_MAX)
        return MHD_NO;
    g->talk->fields[g->count++] =
        (struct gate_field){ name, name_size, value ? value : "", value ? value_size : 0 };
    return MHD_YES;
}

/* libmicrohttpd 0.9.75 parses in place: it overwrites the end of each part by NUL
 * bytes and hands out pointers into what it read. Where one part ends and the
 * next begins therefore shows what stood between them, and so a bare LF, a NUL, a
 * folded line or a doubled blank, which it lets pass in silence. Newer versions
 * refuse these themselves and keep no such order. Reads no byte that was not
 * received. */
static bool is_gap(const char *from, const char *to, size_t size)
{
    const uintptr_t a = (uintptr_t)from;
    const uintptr_t b = (uintptr_t)to;

    return b >= a && b - a == size;
}

/* Between a value and the next line: blanks that belong to the value's end, then
 * CR and LF, both NUL by now. */
static bool is_line_end(const char *from, const char *to)
{
    return is_gap(from, to, 2);
}

static bool is_tight(const struct talk *t, const char *method, const char *version,
                     int32_t field_count)
{
    const union MHD_ConnectionInfo *size =
        MHD_get_connection_info(t->connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
    const char *end = version + strlen(version);

    if (!is_gap(method + strlen(method), t->raw_target, 1) ||
        !is_gap(t->raw_target + t->raw_size, version, 1))
        return false;
    for (int32_t i = 0; i < field_count; i++) {
        if (!is_line_end(end, t->fields[i].name))
            return false;
        end = t->fields[i].value + t->fields[i].value_size;
    }
    return !size || is_gap(end, method + size->header_size, 4);
}

static bool is_from_this_machine(const struct talk *t, int32_t field_count)
{
    const union MHD_ConnectionInfo *peer =
        MHD_get_connection_info(t->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);

    for (int32_t i = 0; i < field_count; i++)
        if (strcasecmp(t->fields[i].name, "X-Forwarded-For") == 0 ||
            strcasecmp(t->fields[i].name, "Forwarded") == 0)
            return false;
    if (!peer || !peer->client_addr)
        return false;
    if (peer->client_addr->sa_family == AF_INET) {
        struct sockaddr_in v4;

        memcpy(&v4, peer->client_addr, sizeof v4);
        return ntohl(v4.sin_addr.s_addr) >> 24 == 127;
    }
    if (peer->client_addr->sa_family == AF_INET6) {
        struct sockaddr_in6 v6;

        memcpy(&v6, peer->client_addr, sizeof v6);
        return IN6_IS_ADDR_LOOPBACK(&v6.sin6_addr);
    }
    return false;
}

static enum MHD_Result take_head(struct talk *t, const char *method, const char *version)
{
    struct gather g = { .talk = t };

    MHD_get_connection_values_n(t->connection, MHD_HEADER_KIND, gather_field, &g);
    const struct gate_head head = {
        .method = method,
        .target = t->target,
        .version = version,
        .fields = t->fields,
        .field_count = g.count,
    };

    const bool open = answer_open(t->server->service, &head, t->arena, &t->answer);

    t->answer.request.from_this_machine = is_from_this_machine(t, g.count);
    if (g.count <= GATE_FIELDS_MAX && !is_tight(t, method, version, g.count)) {
        struct fail f = { 0 };

        fail_set(&f, FAIL_INPUT, REQUEST_MALFORMED,
                 "the request is not well-formed HTTP: a line is folded, ends in a bare LF or "
                 "holds a NUL or a doubled blank");
        metrics_count(METRIC_REQUESTS_REFUSED, 1);
        return refuse(t, &f, true);
    }
    if (!open) {
        if (t->answer.reply.code == CODE_REQUEST_MALFORMED)
            metrics_count(METRIC_REQUESTS_REFUSED, 1);
        /* An answer queued here ends the connection. */
        if (!t->answer.reply.close) {
            t->state = TALK_REFUSED;
            return MHD_YES;
        }
        finish(t);
        return send_answer(t);
    }
    t->state = TALK_BODY;
    set_deadline(t, 0);
    return MHD_YES;
}

/* ---------------------------------------------------------------- the body */

/* libmicrohttpd takes no answer in the middle of a body. One that is too long is
 * read on and thrown away up to twice its limit, so that its sender hears 413;
 * after that the connection is cut. */
static enum MHD_Result take_body(struct talk *t, const char *bytes, size_t *size)
{
    struct server *s = t->server;
    const size_t most = t->answer.match.endpoint->body_max;
    const size_t piece = *size;

    *size = 0;
    t->bytes_seen += (int64_t)piece;
    if (t->bytes_seen > 2 * (int64_t)most)
        return MHD_NO;
    set_deadline(t, 0);
    if (t->line)
        t->line->deadline_us =
            t->start_us + s->timeout_us + t->bytes_seen * SECOND_US / RATE_MIN_BYTES_S;
    if (t->body.size + piece > most)
        return MHD_YES;
    if (atomic_fetch_add(&s->bodies_size, (int64_t)piece) + (int64_t)piece > s->bodies_max) {
        atomic_fetch_sub(&s->bodies_size, (int64_t)piece);
        return MHD_NO;
    }
    buf_put(&t->body, bytes, piece);
    return MHD_YES;
}

static bool put_into_queue(struct talk *t)
{
    struct server *s = t->server;

    pthread_mutex_lock(&s->queue_lock);
    const bool room = s->queue_count < s->queue_max && !s->closing;

    if (room) {
        if (t->line)
            t->line->deadline_us = 0;
        t->state = TALK_QUEUED;
        t->queued_us = clock_steady_us();
        t->next = NULL;
        /* Suspended before a worker can see it: a resume must not come first. */
        MHD_suspend_connection(t->connection);
        *s->queue_end = t;
        s->queue_end = &t->next;
        s->queue_count++;
        metrics_set(METRIC_QUEUE_LENGTH, s->queue_count);
        pthread_cond_signal(&s->queue_filled);
    }
    pthread_mutex_unlock(&s->queue_lock);
    return room;
}

static enum MHD_Result end_body(struct talk *t)
{
    struct fail f = { 0 };

    if (t->bytes_seen > (int64_t)t->body.size) {
        const size_t most = t->answer.match.endpoint->body_max;

        fail_set(&f, FAIL_INPUT, BODY_TOO_LARGE, "the body is larger than %zu bytes", most);
        fail_allowed(&f, "%zu bytes", most);
        return refuse(t, &f, true);
    }
    t->answer.request.body = buf_text(&t->body);
    t->answer.request.body_size = t->body.size;
    if (put_into_queue(t))
        return MHD_YES;
    if (t->server->service->stopping) {
        fail_set(&f, FAIL_BUSY, SERVER_STOPPING, "the server is stopping; nothing was done");
        return refuse(t, &f, true);
    }
    metrics_count(METRIC_QUEUE_FULL, 1);
    fail_set(&f, FAIL_BUSY, SERVER_BUSY, "too many requests are waiting; nothing was done");
    return refuse(t, &f, false);
}

/* ------------------------------------------------- libmicrohttpd's callbacks */

static enum MHD_Result on_request(void *self, struct MHD_Connection *connection, const char *url,
                                  const char *method, const char *version, const char *upload,
                                  size_t *upload_size, void **context)
{
    struct talk *t = *context;

    (void)self;
    (void)connection;
    (void)url;
    if (!t)
        return MHD_NO; /* a request line without a target */
    switch (t->state) {
    case TALK_HEAD:
        return take_head(t, method, version);
    case TALK_REFUSED:
        finish(t);
        return send_answer(t);
    case TALK_BODY:
        return *upload_size > 0 ? take_body(t, upload, upload_size) : end_body(t);
    case TALK_QUEUED: /* resumed by a worker */
        return send_answer(t);
    case TALK_ANSWERED:
        break;
    }
    return MHD_NO;
}

static struct line *line_of(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

    return info ? info->socket_context : NULL;
}

/* The request line has come. What is returned becomes the request's context. */
static void *on_target(void *self, const char *target, struct MHD_Connection *connection)
{
    if (!target)
        return NULL;
    struct talk *t = talk_new(self);

    t->connection = connection;
    t->line = line_of(connection);
    t->start_us = clock_steady_us();
    t->raw_target = target;
    t->raw_size = strlen(target);
    t->target = arena_copy(t->arena, target, t->raw_size);
    return t;
}

static void on_completed(void *self, struct MHD_Connection *connection, void **context,
                         enum MHD_RequestTerminationCode why)
{
    struct talk *t = *context;
    struct server *s = self;

    (void)why;
    if (!t)
        return;
    struct line *line = line_of(connection);

    if (line)
        line->deadline_us = clock_steady_us() + s->timeout_us;
    *context = NULL;
    talk_free(t);
}

static void on_connection(void *self, struct MHD_Connection *connection, void **context,
                          enum MHD_ConnectionNotificationCode what)
{
    struct server *s = self;
    struct line *line = *context;

    if (what == MHD_CONNECTION_NOTIFY_STARTED) {
        const union MHD_ConnectionInfo *info =
            MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
        const int on = 1;

        line = calloc(1, sizeof *line);
        if (!line)
            abort();
        line->fd = info->connect_fd;
        line->deadline_us = clock_steady_us() + s->timeout_us;
        /* Answers are written in one piece; waiting for more only delays them. */
        setsockopt(line->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        pthread_mutex_lock(&s->lines_lock);
        line->next = s->lines;
        if (s->lines)
            s->lines->previous = line;
        s->lines = line;
        pthread_mutex_unlock(&s->lines_lock);
        *context = line;
        metrics_add(METRIC_CONNECTIONS, 1);
        return;
    }
    /* Closed: called before the descriptor is given back, so that the reaper,
     * which holds the lock, never cuts a stranger's. */
    pthread_mutex_lock(&s->lines_lock);
    if (line->previous)
        line->previous->next = line->next;
    else
        s->lines = line->next;
    if (line->next)
        line->next->previous = line->previous;
    pthread_mutex_unlock(&s->lines_lock);
    free(line);
    *context = NULL;
    metrics_add(METRIC_CONNECTIONS, -1);
}

static size_t leave_escaped(void *self, struct MHD_Connection *connection, char *text)
{
    (void)self;
    (void)connection;
    return strlen(text); /* the gate decodes */
}

__attribute__((format(printf, 2, 0))) static void on_complaint(void *self, const char *format,
                                                               va_list args)
{
    char text[256];

    (void)self;
    vsnprintf(text, sizeof text, format, args);
    log_line(LOG_DEBUG, "http_library", log_text("text", text));
}

/* ---------------------------------------------------------------- threads */

static void *reap(void *self)
{
    struct server *s = self;

    while (!s->reaper_stops) {
        const int64_t now = clock_steady_us();

        pthread_mutex_lock(&s->lines_lock);
        for (struct line *line = s->lines; line; line = line->next) {
            const int64_t deadline = line->deadline_us;

            if (deadline == 0 || now < deadline)
                continue;
            line->deadline_us = 0;
            shutdown(line->fd, SHUT_RDWR);
            metrics_count(METRIC_CONNECTIONS_CUT, 1);
        }
        pthread_mutex_unlock(&s->lines_lock);
        usleep(REAPER_PERIOD_MS * 1000);
    }
    return NULL;
}

static struct talk *take_from_queue(struct server *s)
{
    pthread_mutex_lock(&s->queue_lock);
    while (!s->queue_first && !s->closing)
        pthread_cond_wait(&s->queue_filled, &s->queue_lock);
    struct talk *t = s->queue_first;

    if (t) {
        s->queue_first = t->next;
        if (!s->queue_first)
            s->queue_end = &s->queue_first;
        s->queue_count--;
        metrics_set(METRIC_QUEUE_LENGTH, s->queue_count);
    }
    pthread_mutex_unlock(&s->queue_lock);
    return t;
}

static void *work(void *self)
{
    struct server *s = self;
    struct worker worker = { .database = config_text(s->service->config, CONFIG_DATABASE),
                             .nearest_room = nearest_room_new(),
                             .route_room = route_room_new() };

    for (struct talk *t; (t = take_from_queue(s));) {
        t->taken_us = clock_steady_us();
        answer_give(&t->answer, &worker);
        finish(t);
        MHD_resume_connection(t->connection);
    }
    db_close(worker.db);
    nearest_room_free(worker.nearest_room);
    route_room_free(worker.route_room);
    return NULL;
}

/* ---------------------------------------------------------------- life */

static bool bad_address(const char *address, struct fail *f)
{
    fail_set(f, FAIL_INPUT, ADDRESS_MALFORMED, "listen_address is no address: %.60s", address);
    fail_value(f, address);
    return fail_allowed(f, "an IPv4 or IPv6 address, such as 127.0.0.1 or ::1");
}

static bool read_address(const char *text, int32_t port, struct sockaddr_storage *out,
                         socklen_t *size, struct fail *f)
{
    struct sockaddr_in v4 = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
    struct sockaddr_in6 v6 = { .sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port) };

    if (inet_pton(AF_INET, text, &v4.sin_addr) == 1) {
        memcpy(out, &v4, *size = sizeof v4);
        return true;
    }
    if (inet_pton(AF_INET6, text, &v6.sin6_addr) == 1) {
        memcpy(out, &v6, *size = sizeof v6);
        return true;
    }
    return bad_address(text, f);
}

static bool listen_at(const struct config *c, int *out, struct fail *f)
{
    const char *address = config_text(c, CONFIG_LISTEN_ADDRESS);
    const int32_t port = (int32_t)config_int(c, CONFIG_LISTEN_PORT);
    const int on = 1;
    struct sockaddr_storage at = { 0 };
    socklen_t size = 0;

    if (!read_address(address, port, &at, &size, f))
        return false;
    const int fd = socket(at.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    if (fd >= 0)
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (fd >= 0 && bind(fd, (struct sockaddr *)&at, size) == 0 && listen(fd, SOMAXCONN) == 0) {
        *out = fd;
        return true;
    }
    const int why = errno;

    if (fd >= 0)
        close(fd);
    if (why == EADDRINUSE)
        return fail_set(f, FAIL_BUSY, ADDRESS_TAKEN,
                        "another program listens at %.60s port %d already: stop it, or choose "
                        "another listen_port",
                        address, port);
    return fail_set(f, FAIL_BROKEN, ADDRESS_UNUSABLE, "%.60s port %d cannot be listened at: %s",
                    address, port, strerrordesc_np(why));
}

static struct MHD_Daemon *start_daemon(struct server *s, int fd)
{
    const struct config *c = s->service->config;
    const unsigned int timeout = (unsigned int)config_int(c, CONFIG_REQUEST_TIMEOUT_S);
    const int64_t io_threads = config_int(c, CONFIG_IO_THREADS);
    struct MHD_OptionItem options[] = {
        { MHD_OPTION_EXTERNAL_LOGGER, (intptr_t)on_complaint, NULL }, /* must be the first */
        { MHD_OPTION_LISTEN_SOCKET, fd, NULL },
        { MHD_OPTION_NOTIFY_COMPLETED, (intptr_t)on_completed, s },
        { MHD_OPTION_NOTIFY_CONNECTION, (intptr_t)on_connection, s },
        { MHD_OPTION_URI_LOG_CALLBACK, (intptr_t)on_target, s },
        { MHD_OPTION_UNESCAPE_CALLBACK, (intptr_t)leave_escaped, NULL },
        { MHD_OPTION_CONNECTION_MEMORY_LIMIT, CONNECTION_MEMORY, NULL },
        { MHD_OPTION_CONNECTION_TIMEOUT, (intptr_t)timeout, NULL },
        { MHD_OPTION_CONNECTION_LIMIT, (intptr_t)config_int(c, CONFIG_MAX_CONNECTIONS), NULL },
        { MHD_OPTION_PER_IP_CONNECTION_LIMIT,
          (intptr_t)config_int(c, CONFIG_MAX_CONNECTIONS_PER_ADDRESS), NULL },
        { MHD_OPTION_THREAD_POOL_SIZE, (intptr_t)io_threads, NULL }, /* 1 cannot be said */
        { MHD_OPTION_END, 0, NULL },
    };

    if (io_threads == 1)
        options[sizeof options / sizeof *options - 2].option = MHD_OPTION_END;
    return MHD_start_daemon(
        MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG, 0, NULL, NULL,
        on_request, s, MHD_OPTION_ARRAY, options, MHD_OPTION_END);
}

static void start_thread(pthread_t *thread, void *(*run)(void *self), struct server *s)
{
    if (pthread_create(thread, NULL, run, s) != 0) {
        fprintf(stderr, "no thread can be started\n");
        abort();
    }
}

struct server *server_open(struct service *service, struct fail *f)
{
    const struct config *c = service->config;
    const int32_t workers = (int32_t)config_int(c, CONFIG_WORKERS);
    int fd = -1;

    if (!listen_at(c, &fd, f))
        return NULL;
    struct server *s = calloc(1, sizeof *s + (size_t)workers * sizeof *s->workers);

    if (!s)
        abort();
    s->service = service;
    s->timeout_us = config_int(c, CONFIG_REQUEST_TIMEOUT_S) * SECOND_US;
    s->bodies_max = config_int(c, CONFIG_BODIES_MAX_MB) * 1024 * 1024;
    s->queue_max = config_int(c, CONFIG_QUEUE_LENGTH);
    s->queue_end = &s->queue_first;
    pthread_mutex_init(&s->queue_lock, NULL);
    pthread_mutex_init(&s->lines_lock, NULL);
    pthread_mutex_init(&s->idle_lock, NULL);
    pthread_cond_init(&s->queue_filled, NULL);
    for (; s->worker_count < workers; s->worker_count++)
        start_thread(&s->workers[s->worker_count], work, s);
    start_thread(&s->reaper, reap, s);
    s->daemon = start_daemon(s, fd);
    if (!s->daemon) {
        close(fd);
        fail_set(f, FAIL_BROKEN, ADDRESS_UNUSABLE, "the HTTP library does not start");
        server_close(s);
        return NULL;
    }
    return s;
}

int32_t server_port(const struct server *s)
{
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(s->daemon, MHD_DAEMON_INFO_LISTEN_FD);
    struct sockaddr_storage at = { 0 };
    socklen_t size = sizeof at;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;

    if (!info || getsockname(info->listen_fd, (struct sockaddr *)&at, &size) != 0)
        return 0;
    if (at.ss_family == AF_INET) {
        memcpy(&v4, &at, sizeof v4);
        return ntohs(v4.sin_port);
    }
    memcpy(&v6, &at, sizeof v6);
    return ntohs(v6.sin6_port);
}

bool server_drain(struct server *s, int32_t seconds)
{
    const int64_t until = clock_steady_us() + seconds * SECOND_US;

    s->service->stopping = true;
    const int fd = MHD_quiesce_daemon(s->daemon);

    if (fd >= 0)
        close(fd);
    while (s->open_talks > 0) {
        if (clock_steady_us() >= until)
            return false;
        usleep(10 * 1000);
    }
    return true;
}

/* The workers empty the queue before they go, so that every suspended connection
 * is resumed: MHD_stop_daemon must not find one that is not. */
void server_close(struct server *s)
{
    if (!s)
        return;
    pthread_mutex_lock(&s->queue_lock);
    s->closing = true;
    pthread_cond_broadcast(&s->queue_filled);
    pthread_mutex_unlock(&s->queue_lock);
    for (int32_t i = 0; i < s->worker_count; i++)
        pthread_join(s->workers[i], NULL);
    if (s->daemon)
        MHD_stop_daemon(s->daemon);
    s->reaper_stops = true;
    pthread_join(s->reaper, NULL);
    for (struct talk *t = s->idle, *next; t; t = next) {
        next = t->next;
        arena_free(t->arena);
        free(t);
    }
    pthread_mutex_destroy(&s->queue_lock);
    pthread_mutex_destroy(&s->lines_lock);
    pthread_mutex_destroy(&s->idle_lock);
    pthread_cond_destroy(&s->queue_filled);
    free(s);
}
