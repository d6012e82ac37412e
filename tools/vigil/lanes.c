/* One epoll over sockets that never block. An answer must say its length: vigild's
 * answers to what is sent here all do. */
#include "tools/vigil/lanes.h"

#include <assert.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "engine/clock.h"

enum { EVENTS_MAX = 256, READ_ROOM = 16 * 1024, URL_MAX = 300, SWEEP_EVERY_US = 50000 };

enum lane_state { LANE_CLOSED, LANE_CONNECTING, LANE_OPEN };

struct lane {
    int fd;
    enum lane_state state;
    int32_t address; /* that it uses, or tries next */
    bool is_busy;
    bool wants_out; /* as epoll knows it */
    size_t sent;    /* of `request` */
    int64_t began_us;
    int64_t connecting_us;
    struct buf request;
    struct buf answer;
};

struct address {
    struct sockaddr_storage name;
    socklen_t size;
    char host[URL_MAX]; /* as the Host header says it */
};

struct lanes {
    int epoll;
    int64_t patience_us;
    int64_t swept_us;
    int32_t address_count;
    struct address addresses[LANES_ADDRESSES_MAX];
    int32_t count;
    struct lane *lanes;
    void (*done)(void *self, const struct lanes_answer *answer);
    void *self;
};

/* ------------------------------------------------------------------ addresses */

static bool refuse_url(const char *url, struct fail *f)
{
    fail_set(f, FAIL_INPUT, VALUE_NOT_ALLOWED, "--url cannot be %.200s", url);
    fail_allowed(f, "http://HOST:PORT, at most %d of them with commas between",
                 LANES_ADDRESSES_MAX);
    return fail_value(f, url);
}

static bool read_address(const char *url, size_t size, struct address *out, struct fail *f)
{
    static const char SCHEME[] = "http://";
    const struct addrinfo wanted = { .ai_socktype = SOCK_STREAM };
    struct addrinfo *found = NULL;
    char host[URL_MAX];
    char *port;

    if (size <= sizeof SCHEME || size >= URL_MAX || memcmp(url, SCHEME, sizeof SCHEME - 1) != 0)
        return refuse_url(url, f);
    size -= sizeof SCHEME - 1;
    memcpy(out->host, url + sizeof SCHEME - 1, size);
    out->host[size] = '\0';
    memcpy(host, out->host, size + 1);
    port = strrchr(host, ':');
    if (strpbrk(host, "/[] ") || (port && port == host))
        return refuse_url(url, f);
    if (port)
        *port++ = '\0';
    if (getaddrinfo(host, port ? port : "80", &wanted, &found) != 0)
        return refuse_url(url, f);
    memcpy(&out->name, found->ai_addr, found->ai_addrlen);
    out->size = found->ai_addrlen;
    freeaddrinfo(found);
    return true;
}

static bool read_addresses(struct lanes *l, const char *urls, struct fail *f)
{
    for (;;) {
        const size_t size = strcspn(urls, ",");

        if (l->address_count == LANES_ADDRESSES_MAX)
            return refuse_url(urls, f);
        if (!read_address(urls, size, &l->addresses[l->address_count++], f))
            return false;
        if (urls[size] == '\0')
            return true;
        urls += size + 1;
    }
}

struct lanes *lanes_open(const char *urls, int32_t count, int32_t patience_ms, struct fail *f)
{
    struct lanes *l = calloc(1, sizeof *l);

    assert(count >= 1 && count <= LANES_MAX);
    if (!l)
        abort();
    l->epoll = -1;
    if (!read_addresses(l, urls, f)) {
        lanes_close(l);
        return NULL;
    }
    l->epoll = epoll_create1(EPOLL_CLOEXEC);
    l->lanes = calloc((size_t)count, sizeof *l->lanes);
    if (l->epoll < 0 || !l->lanes)
        abort();
    l->count = count;
    l->patience_us = patience_ms * 1000LL;
    for (int32_t i = 0; i < count; i++) {
        l->lanes[i].fd = -1;
        l->lanes[i].address = i % l->address_count;
    }
    return l;
}

static void hang_up(struct lane *lane)
{
    if (lane->fd >= 0)
        close(lane->fd); /* which takes it out of the epoll */
    lane->fd = -1;
    lane->state = LANE_CLOSED;
}

void lanes_close(struct lanes *l)
{
    if (!l)
        return;
    for (int32_t i = 0; i < l->count; i++) {
        hang_up(&l->lanes[i]);
        buf_free(&l->lanes[i].request);
        buf_free(&l->lanes[i].answer);
    }
    free(l->lanes);
    if (l->epoll >= 0)
        close(l->epoll);
    free(l);
}

/* ------------------------------------------------------------------ one lane */

static int32_t number_of(const struct lanes *l, const struct lane *lane)
{
    return (int32_t)(lane - l->lanes);
}

static void watch(struct lanes *l, struct lane *lane, int operation, bool wants_out)
{
    struct epoll_event e = { .events = EPOLLIN | EPOLLRDHUP | (wants_out ? EPOLLOUT : 0),
                             .data.u32 = (uint32_t)number_of(l, lane) };

    lane->wants_out = wants_out;
    epoll_ctl(l->epoll, operation, lane->fd, &e);
}

/* Nothing is said to the caller when the lane had no request: the server closed a
 * connection that nobody used. */
static void break_off(struct lanes *l, struct lane *lane, const char *why)
{
    const struct lanes_answer answer = {
        .lane = number_of(l, lane),
        .was_sent = lane->sent > 0,
        .took_us = clock_steady_us() - lane->began_us,
        .body = "",
        .error = why,
    };
    const bool was_busy = lane->is_busy;

    hang_up(lane);
    lane->is_busy = false;
    if (!was_busy)
        return;
    lane->address = (lane->address + 1) % l->address_count;
    l->done(l->self, &answer);
}

static void join(struct lanes *l, struct lane *lane)
{
    const struct address *to = &l->addresses[lane->address];
    const int yes = 1;

    lane->fd = socket(to->name.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (lane->fd < 0)
        return;
    setsockopt(lane->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    lane->connecting_us = clock_steady_us();
    if (connect(lane->fd, (const struct sockaddr *)&to->name, to->size) != 0 &&
        errno != EINPROGRESS) {
        hang_up(lane);
        return;
    }
    lane->state = LANE_CONNECTING;
    watch(l, lane, EPOLL_CTL_ADD, true);
}

/* What goes wrong here shows when the lane is read next. */
static void write_on(struct lanes *l, struct lane *lane)
{
    while (lane->sent < lane->request.size) {
        const ssize_t n = send(lane->fd, lane->request.bytes + lane->sent,
                               lane->request.size - lane->sent, MSG_NOSIGNAL);

        if (n < 0)
            break;
        lane->sent += (size_t)n;
    }
    const bool wants_out = lane->sent < lane->request.size;

    if (wants_out != lane->wants_out)
        watch(l, lane, EPOLL_CTL_MOD, wants_out);
}

void lanes_send(struct lanes *l, int32_t number, const struct lanes_request *request)
{
    struct lane *lane = &l->lanes[number];

    assert(!lane->is_busy);
    lane->is_busy = true;
    lane->sent = 0;
    lane->began_us = clock_steady_us();
    buf_clear(&lane->answer);
    buf_clear(&lane->request);
    buf_format(&lane->request,
               "%s %s HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\n"
               "Content-Type: application/json\r\nContent-Length: %zu\r\n",
               request->method, request->path, l->addresses[lane->address].host, request->token,
               request->body ? request->body->size : 0);
    if (request->key)
        buf_format(&lane->request, "Idempotency-Key: %s\r\n", request->key);
    buf_string(&lane->request, "\r\n");
    if (request->body)
        buf_put(&lane->request, request->body->bytes, request->body->size);
    /* A socket that cannot be had is told of by the next lanes_work. */
    if (lane->state == LANE_CLOSED)
        join(l, lane);
    else
        write_on(l, lane);
}

bool lanes_is_busy(const struct lanes *l, int32_t number)
{
    return l->lanes[number].is_busy;
}

/* ------------------------------------------------------------------ answers */

/* The value of a header within the head, or NULL. */
static const char *header(const char *head, const char *name)
{
    const size_t size = strlen(name);

    for (const char *line = strstr(head, "\r\n"); line; line = strstr(line, "\r\n")) {
        line += 2;
        if (strncasecmp(line, name, size) == 0 && line[size] == ':')
            return line + size + 1 + strspn(line + size + 1, " ");
    }
    return NULL;
}

static bool closes(const char *head)
{
    const char *connection = header(head, "Connection");

    return connection && strncasecmp(connection, "close", 5) == 0;
}

/* False: not all of it is here yet. */
static bool read_answer(struct lane *lane, struct lanes_answer *out, bool *is_last)
{
    buf_text(&lane->answer);
    char *const head = lane->answer.bytes;
    char *const end = strstr(head, "\r\n\r\n");

    if (!end)
        return false;
    *end = '\0';
    const char *length = header(head, "Content-Length");
    const size_t size = length ? strtoul(length, NULL, 10) : 0;
    const char *after = header(head, "Retry-After");
    const size_t head_size = (size_t)(end + 4 - head);
    const bool is_whole = lane->answer.size >= head_size + size;

    if (is_whole) {
        out->status = strncmp(head, "HTTP/1.1 ", 9) == 0 ? (int32_t)strtol(head + 9, NULL, 10) : 0;
        out->error = out->status ? NULL : "the answer is not HTTP/1.1";
        out->retry_after_s = after ? (int32_t)strtol(after, NULL, 10) : 0;
        out->body = end + 4;
        out->body_size = size;
        *is_last = closes(head) || header(head, "Transfer-Encoding") || !out->status;
    }
    *end = '\r';
    return is_whole;
}

static void take_answer(struct lanes *l, struct lane *lane)
{
    struct lanes_answer answer = { .lane = number_of(l, lane), .was_sent = true };
    bool is_last = false;

    if (!read_answer(lane, &answer, &is_last))
        return;
    answer.took_us = clock_steady_us() - lane->began_us;
    if (is_last)
        hang_up(lane);
    lane->is_busy = false;
    /* `done` may send the next request, which clears the buffers of the lane. */
    struct buf kept = lane->answer;

    lane->answer = (struct buf){ 0 };
    l->done(l->self, &answer);
    buf_free(&lane->answer);
    lane->answer = kept;
    buf_clear(&lane->answer);
}

static void read_on(struct lanes *l, struct lane *lane)
{
    while (lane->is_busy) {
        char *room = buf_reserve(&lane->answer, READ_ROOM);
        const ssize_t n = recv(lane->fd, room, READ_ROOM - 1, 0);

        if (n < 0 && errno == EAGAIN)
            break;
        if (n <= 0 || lane->answer.size + (size_t)n > LANES_ANSWER_MAX) {
            break_off(l, lane, "the connection was closed before the answer");
            return;
        }
        lane->answer.size += (size_t)n;
        if (n < READ_ROOM - 1)
            break;
    }
    if (lane->is_busy)
        take_answer(l, lane);
    else
        hang_up(lane); /* an idle connection has nothing to say but that it ends */
}

static void connected(struct lanes *l, struct lane *lane)
{
    int error = 0;
    socklen_t size = sizeof error;

    getsockopt(lane->fd, SOL_SOCKET, SO_ERROR, &error, &size);
    if (error != 0) {
        break_off(l, lane, "no connection");
        return;
    }
    lane->state = LANE_OPEN;
}

static void happen(struct lanes *l, struct lane *lane, uint32_t events)
{
    if (lane->state == LANE_CONNECTING && events & (EPOLLOUT | EPOLLERR | EPOLLHUP))
        connected(l, lane);
    if (lane->state == LANE_OPEN && events & EPOLLOUT && lane->is_busy)
        write_on(l, lane);
    if (lane->state == LANE_OPEN && events & (EPOLLIN | EPOLLRDHUP | EPOLLERR | EPOLLHUP))
        read_on(l, lane);
}

static void sweep(struct lanes *l, int64_t now_us)
{
    for (int32_t i = 0; i < l->count; i++) {
        struct lane *lane = &l->lanes[i];

        if (!lane->is_busy)
            continue;
        if (lane->state == LANE_CLOSED)
            break_off(l, lane, "no socket");
        else if (lane->state == LANE_CONNECTING &&
                 now_us - lane->connecting_us > LANES_CONNECT_MS * 1000LL)
            break_off(l, lane, "no connection in time");
        else if (now_us - lane->began_us > l->patience_us)
            break_off(l, lane, "no answer in time");
    }
    l->swept_us = now_us;
}

void lanes_work(struct lanes *l, int32_t wait_ms,
                void (*done)(void *self, const struct lanes_answer *answer), void *self)
{
    struct epoll_event events[EVENTS_MAX];
    const int count = epoll_wait(l->epoll, events, EVENTS_MAX, wait_ms);
    const int64_t now_us = clock_steady_us();

    l->done = done;
    l->self = self;
    for (int i = 0; i < count; i++)
        happen(l, &l->lanes[events[i].data.u32], events[i].events);
    if (now_us - l->swept_us > SWEEP_EVERY_US)
        sweep(l, now_us);
}
