/* The home of libmicrohttpd 0.9.75. What is said here about its insides was read
 * in its source; tests/fault shows what it does when left alone. */
#include "api/server.h"

#include <assert.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "api/backlog.h"
#include "api/carriage.h"
#include "api/doorway.h"
#include "api/endpoints.h"
#include "api/lines.h"
#include "api/listen.h"
#include "api/rooms.h"
#include "api/service.h"
#include "api/streams.h"
#include "api/talk.h"
#include "engine/clock.h"
#include "engine/config.h"
#include "engine/db.h"
#include "engine/log.h"
#include "engine/metrics.h"

enum {
    CONNECTION_MEMORY = 8 * 1024,
    ENTERING_MS = 1000,
    PASSING_BODY = 16 * 1024, /* what is longer takes long to read alone */
};
static const int64_t SECOND_US = 1000000;

struct server {
    struct service *service;
    struct MHD_Daemon *daemon;
    struct doorway *doorway;
    _Atomic int64_t entering; /* let in, and their I/O thread has not taken them yet */
    int32_t port;
    int64_t timeout_us;
    struct backlog *backlog;
    struct lines *lines;
    struct talks *talks;
    _Atomic int64_t suspended; /* connections that a worker, or a later answer, resumes */
    int32_t worker_count;
    pthread_t workers[];
};

/* Until when the connection must have moved `bytes` bytes since `start_us`. */
static void set_deadline(struct talk *t, int64_t start_us, int64_t bytes)
{
    lines_allow(t->line, start_us + t->server->timeout_us, bytes);
}

/* ---------------------------------------------------------------- the answer */

/* libmicrohttpd takes its bytes as writable and does not write to them. */
static void *as_writable(const void *bytes)
{
    const union {
        const void *read_only;
        void *writable;
    } same = { bytes };

    return same.writable;
}

static struct MHD_Response *lend_body(struct reply *reply)
{
    void *bytes = as_writable(reply->lent);
    struct MHD_Response *response =
        reply->done
            ? MHD_create_response_from_buffer_with_free_callback_cls(reply->lent_size, bytes,
                                                                     reply->done, reply->thing)
            : MHD_create_response_from_buffer(reply->lent_size, bytes, MHD_RESPMEM_PERSISTENT);

    reply->done = NULL; /* the response calls it now */
    return response;
}

static struct MHD_Response *make_body(struct reply *reply)
{
    if (reply->lent)
        return lend_body(reply);
    struct MHD_Response *response =
        MHD_create_response_from_buffer(reply->body.size, reply->body.bytes, MHD_RESPMEM_MUST_FREE);

    reply->body = (struct buf){ 0 }; /* the response owns the bytes now */
    return response;
}

/* The response has the stream from here on. */
static struct MHD_Response *carry(struct talk *t)
{
    struct reply *reply = &t->answer.reply;

    reply->done = NULL;
    return carriage_start(reply->stream, t->connection, t->line, t->server->timeout_us);
}

static void put_header(struct MHD_Response *response, const char *name, const char *value)
{
    const enum MHD_Result done = MHD_add_response_header(response, name, value);

    assert(done == MHD_YES);
    (void)done;
}

/* Turns the reply into libmicrohttpd's form; on any thread. */
static void finish(struct talk *t)
{
    struct reply *reply = &t->answer.reply;
    const size_t size = reply->lent ? reply->lent_size : reply->body.size;

    assert(reply->status != 0);
    answer_dress(&t->answer);
    t->status = reply->status;
    t->response = reply->stream ? carry(t) : make_body(reply);
    if (!t->response)
        abort();
    for (const struct reply_field *field = reply->fields; field; field = field->next)
        put_header(t->response, field->name, field->value);
    answer_log(&t->answer, &t->times, t->bytes_seen, (int64_t)size);
    set_deadline(t, clock_steady_us(), (int64_t)size);
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

static void note_peer(const struct talk *t, struct request *r)
{
    const union MHD_ConnectionInfo *peer =
        MHD_get_connection_info(t->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);

    if (!peer || !peer->client_addr)
        return;
    r->from_this_machine = listen_is_loopback(peer->client_addr);
    r->peer = listen_peer(peer->client_addr);
}

/* Whether nothing was overlooked between the parts of the head. */
static bool is_tight(const struct talk *t, const struct gate_head *head)
{
    const union MHD_ConnectionInfo *size =
        MHD_get_connection_info(t->connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);

    return !size || gate_is_tight(head, t->raw_target, t->raw_size, size->header_size);
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

    bool open = answer_open(t->server->service, &head, t->arena, &t->answer);

    note_peer(t, &t->answer.request);
    if (g.count <= GATE_FIELDS_MAX && !is_tight(t, &head)) {
        struct fail f = { 0 };

        fail_set(&f, FAIL_INPUT, REQUEST_MALFORMED,
                 "the request is not well-formed HTTP: a line is folded, ends in a bare LF or "
                 "holds a NUL or a doubled blank");
        metrics_count(METRIC_REQUESTS_REFUSED, 1);
        return refuse(t, &f, true);
    }
    if (open && t->answer.match.endpoint->at_once) {
        const bool is_here = answer_give(&t->answer, NULL);

        assert(is_here);
        open = false;
    }
    if (!open) {
        if (t->answer.reply.code == CODE_REQUEST_MALFORMED)
            metrics_count(METRIC_REQUESTS_REFUSED, 1);
        /* An answer queued here ends the connection. */
        if (!t->answer.reply.close) {
            t->state = TALK_GIVEN;
            return MHD_YES;
        }
        finish(t);
        return send_answer(t);
    }
    t->state = TALK_BODY;
    set_deadline(t, t->times.start_us, 0);
    return MHD_YES;
}

/* ---------------------------------------------------------------- the body */

/* libmicrohttpd takes no answer in the middle of a body. */
static enum MHD_Result take_body(struct talk *t, const char *bytes, size_t *size)
{
    const size_t piece = *size;

    *size = 0;
    if (!talk_take_body(t->server->talks, t, bytes, piece))
        return MHD_NO;
    set_deadline(t, t->times.start_us, t->bytes_seen);
    return MHD_YES;
}

/* Suspended before a worker can see it: a resume must not come first. */
static void suspend(struct backlog_item *item)
{
    struct talk *t = (struct talk *)item;

    lines_set(t->line, 0);
    t->state = TALK_QUEUED;
    t->times.queued_us = clock_steady_us();
    atomic_fetch_add(&t->server->suspended, 1);
    MHD_suspend_connection(t->connection);
}

/* The answer is there; on whichever thread it was written. Once resumed, the talk
 * is its I/O thread's. */
static void resume(void *self)
{
    struct talk *t = self;
    struct server *s = t->server;

    finish(t);
    MHD_resume_connection(t->connection);
    atomic_fetch_sub(&s->suspended, 1);
}

/* By this thread itself, unless that takes long: no other need be woken for it. */
static bool answers_in_passing(struct talk *t)
{
    if (!t->answer.match.endpoint->in_passing || t->body.size > PASSING_BODY)
        return false;
    t->times.queued_us = t->times.taken_us = clock_steady_us();
    return answer_in_passing(&t->answer, rooms_in_passing());
}

static enum MHD_Result end_body(struct talk *t)
{
    struct fail f = { 0 };

    if (t->bytes_seen > (int64_t)t->body.size) {
        answer_too_large(&t->answer, &f);
        return refuse(t, &f, true);
    }
    t->answer.request.body = buf_text(&t->body);
    t->answer.request.body_size = t->body.size;
    if (answers_in_passing(t)) {
        finish(t);
        return send_answer(t);
    }
    if (backlog_put(t->server->backlog, t->answer.match.endpoint->lane, &t->item, suspend))
        return MHD_YES;
    answer_not_taken(&t->answer, &f);
    return refuse(t, &f, t->server->service->stopping);
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
    case TALK_GIVEN:
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
    struct server *s = self;
    struct talk *t = talk_new(s->talks);

    t->server = s;
    t->connection = connection;
    t->line = line_of(connection);
    t->times.start_us = clock_steady_us();
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
    lines_set(line_of(connection), clock_steady_us() + s->timeout_us);
    *context = NULL;
    if (t->response)
        MHD_destroy_response(t->response);
    talk_free(s->talks, t);
}

static void on_connection(void *self, struct MHD_Connection *connection, void **context,
                          enum MHD_ConnectionNotificationCode what)
{
    struct server *s = self;

    if (what == MHD_CONNECTION_NOTIFY_CLOSED) { /* its descriptor is still open */
        lines_drop(s->lines, *context);
        *context = NULL;
        doorway_left(s->doorway);
        return;
    }
    atomic_fetch_sub(&s->entering, 1);
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);

    listen_undelayed(info->connect_fd);
    *context = lines_add(s->lines, info->connect_fd, clock_steady_us() + s->timeout_us);
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

static void *work_through(struct server *s, struct backlog_item *(*take)(struct backlog *b))
{
    struct worker worker = { .database = config_text(s->service->config, CONFIG_DATABASE) };

    rooms_new(&worker);
    for (struct talk *t; (t = (struct talk *)take(s->backlog));) {
        t->times.taken_us = clock_steady_us();
        t->meeting = (struct reply_meeting){ .carry = resume, .self = t };
        t->answer.reply.meeting = &t->meeting;
        if (answer_give(&t->answer, &worker))
            resume(t);
    }
    db_close(worker.db);
    rooms_free(&worker);
    return NULL;
}

static void *work(void *self)
{
    return work_through(self, backlog_take);
}

static void *work_from_memory(void *self)
{
    return work_through(self, backlog_take_memory);
}

/* ---------------------------------------------------------------- life */

/* It has no listening socket: asked to leave one alone (MHD_quiesce_daemon), it ends the
 * process when one of its threads has noticed by itself at the same moment. And whom it is
 * given it deals out evenly among its threads. Its own limit is a thread's: the doorway
 * keeps that of all. */
static struct MHD_Daemon *start_daemon(struct server *s)
{
    const struct config *c = s->service->config;
    const unsigned int timeout = (unsigned int)config_int(c, CONFIG_REQUEST_TIMEOUT_S);
    const int64_t io_threads = config_int(c, CONFIG_IO_THREADS);
    const int64_t most = io_threads * config_int(c, CONFIG_MAX_CONNECTIONS);
    struct MHD_OptionItem options[] = {
        { MHD_OPTION_EXTERNAL_LOGGER, (intptr_t)on_complaint, NULL }, /* must be the first */
        { MHD_OPTION_NOTIFY_COMPLETED, (intptr_t)on_completed, s },
        { MHD_OPTION_NOTIFY_CONNECTION, (intptr_t)on_connection, s },
        { MHD_OPTION_URI_LOG_CALLBACK, (intptr_t)on_target, s },
        { MHD_OPTION_UNESCAPE_CALLBACK, (intptr_t)leave_escaped, NULL },
        { MHD_OPTION_CONNECTION_MEMORY_LIMIT, CONNECTION_MEMORY, NULL },
        { MHD_OPTION_CONNECTION_TIMEOUT, (intptr_t)timeout, NULL },
        { MHD_OPTION_CONNECTION_LIMIT, (intptr_t)most, NULL },
        { MHD_OPTION_PER_IP_CONNECTION_LIMIT,
          (intptr_t)config_int(c, CONFIG_MAX_CONNECTIONS_PER_ADDRESS), NULL },
        { MHD_OPTION_THREAD_POOL_SIZE, (intptr_t)io_threads, NULL }, /* 1 cannot be said */
        { MHD_OPTION_END, 0, NULL },
    };

    if (io_threads == 1)
        options[sizeof options / sizeof *options - 2].option = MHD_OPTION_END;
    return MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ITC |
                                MHD_USE_NO_LISTEN_SOCKET | MHD_USE_ERROR_LOG,
                            0, NULL, NULL, on_request, s, MHD_OPTION_ARRAY, options,
                            MHD_OPTION_END);
}

static bool enter(void *self, int fd, const struct sockaddr *address, socklen_t size)
{
    struct server *s = self;

    atomic_fetch_add(&s->entering, 1);
    if (MHD_add_connection(s->daemon, fd, address, size) == MHD_YES)
        return true;
    atomic_fetch_sub(&s->entering, 1);
    return false;
}

/* Whoever has been let in is taken: a daemon that is stopped before looks at them without a
 * lock. */
static void shut_doorway(struct server *s)
{
    doorway_shut(s->doorway);
    for (int ms = 0; s->entering > 0 && ms < ENTERING_MS; ms++)
        usleep(1000);
}

static void start_worker(struct server *s, void *(*run)(void *self))
{
    if (pthread_create(&s->workers[s->worker_count++], NULL, run, s) != 0) {
        fprintf(stderr, "no thread can be started\n");
        abort();
    }
}

struct server *server_open(struct service *service, struct fail *f)
{
    const struct config *c = service->config;
    const int32_t workers = (int32_t)config_int(c, CONFIG_WORKERS);
    int fd = -1;

    if (!listen_open(config_text(c, CONFIG_LISTEN_ADDRESS),
                     (int32_t)config_int(c, CONFIG_LISTEN_PORT), &fd, f))
        return NULL;
    struct server *s = calloc(1, sizeof *s + ((size_t)workers + 1) * sizeof *s->workers);

    if (!s)
        abort();
    s->service = service;
    s->timeout_us = config_int(c, CONFIG_REQUEST_TIMEOUT_S) * SECOND_US;
    s->talks = talk_all_new(config_int(c, CONFIG_BODIES_MAX_MB) * 1024 * 1024);
    s->backlog = backlog_new(config_int(c, CONFIG_QUEUE_LENGTH));
    s->lines = lines_open();
    s->doorway =
        doorway_new(config_int(c, CONFIG_MAX_CONNECTIONS), &(struct doorway_host){ enter, s });
    while (s->worker_count <= workers)
        start_worker(s, s->worker_count == 0 ? work_from_memory : work);
    s->daemon = start_daemon(s);
    if (!s->daemon) {
        close(fd);
        fail_set(f, FAIL_BROKEN, ADDRESS_UNUSABLE, "the HTTP library does not start");
        server_close(s);
        return NULL;
    }
    s->port = listen_port(fd);
    doorway_open(s->doorway, fd);
    return s;
}

int32_t server_port(const struct server *s)
{
    return s->port;
}

bool server_drain(struct server *s, int32_t seconds)
{
    const int64_t until = clock_steady_us() + seconds * SECOND_US;

    s->service->stopping = true;
    shut_doorway(s);
    streams_shut(s->service->streams);
    while (talk_count(s->talks) > 0) {
        if (clock_steady_us() >= until)
            return false;
        usleep(10 * 1000);
    }
    return true;
}

/* The workers empty the queue before they go, and who answers later does so, so that
 * every suspended connection is resumed: MHD_stop_daemon must not find one that is not. */
void server_close(struct server *s)
{
    if (!s)
        return;
    shut_doorway(s);
    streams_shut(s->service->streams);
    backlog_shut(s->backlog);
    for (int32_t i = 0; i < s->worker_count; i++)
        pthread_join(s->workers[i], NULL);
    while (s->suspended > 0) /* answers that come later come soon: their writers live on */
        usleep(1000);
    if (s->daemon)
        MHD_stop_daemon(s->daemon);
    doorway_free(s->doorway);
    lines_close(s->lines);
    backlog_free(s->backlog);
    talk_all_free(s->talks);
    free(s);
}
