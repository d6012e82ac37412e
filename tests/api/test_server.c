/* The server with a table of its own, asked over raw sockets. */
#include "api/server.h"

#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "api/endpoints.h"
#include "engine/clock.h"
#include "engine/metrics.h"
#include "tests/support/caller.h"
#include "tests/support/house.h"

enum { ANSWER_MAX = 4 * 1024 * 1024, WAIT_MS = 15000, LARGE_BYTES = 1024 * 1024, BODY_MAX = 4096 };

static sem_t entered, leave;
static _Atomic int given_back;
static char large[LARGE_BYTES];

static bool on_echo(const struct request *r, struct reply *out, struct fail *f)
{
    struct emit *e = reply_json(out, REPLY_OK);

    (void)f;
    emit_object(e);
    emit_key_text(e, "echo", r->path);
    emit_key_int(e, "bytes", (int64_t)r->body_size);
    emit_key(e, "body");
    emit_text_sized(e, r->body_size < 100 ? r->body : "", r->body_size < 100 ? r->body_size : 0);
    emit_end(e);
    return true;
}

static bool on_wait(const struct request *r, struct reply *out, struct fail *f)
{
    sem_post(&entered);
    sem_wait(&leave);
    return on_echo(r, out, f);
}

static void give_back(void *thing)
{
    (void)thing;
    given_back++;
}

static bool on_large(const struct request *r, struct reply *out, struct fail *f)
{
    (void)r;
    (void)f;
    reply_lend(out, REPLY_OK, "application/octet-stream", large, sizeof large, give_back, NULL);
    return true;
}

static bool on_fail(const struct request *r, struct reply *out, struct fail *f)
{
    (void)r;
    reply_header(out, "X-Half", "written");
    return fail_set(f, FAIL_CONFLICT, CODE_TAKEN, "taken");
}

static bool on_refuse(const struct request *r, struct reply *out, struct fail *f)
{
    (void)r;
    fail_set(f, FAIL_INPUT, VERSION_STALE, "stale");
    return reply_refuse(out, 412, f);
}

/* Tells on what kind of thread it is; what is long is not done in passing. */
static bool on_passing(const struct request *r, struct reply *out, struct fail *f)
{
    const bool is_long = r->body_size > 0 && r->body[0] == 'L';

    reply_header(out, "X-Tried", "yes");
    if (is_long && !request_may_take_long(r, f))
        return false;
    if (r->body_size > 0 && r->body[0] == 'F')
        return fail_set(f, FAIL_CONFLICT, CODE_TAKEN, "taken");
    struct emit *e = reply_json(out, REPLY_OK);

    emit_object(e);
    emit_key_bool(e, "in_passing", r->worker->in_passing);
    emit_end(e);
    return true;
}

static const struct endpoint TABLE[] = {
    { .method = "GET", .path = "/echo", .handle = on_echo, .success = 200, .queries = "q" },
    { .method = "POST", .path = "/echo", .handle = on_echo, .success = 200, .body_max = BODY_MAX },
    { .method = "POST",
      .path = "/json",
      .handle = on_echo,
      .success = 200,
      .body_max = BODY_MAX,
      .body = "enter" },
    { .method = "GET", .path = "/alive", .handle = on_echo, .success = 200, .at_once = true },
    { .method = "POST",
      .path = "/passing",
      .handle = on_passing,
      .success = 200,
      .body_max = LARGE_BYTES,
      .in_passing = true },
    { .method = "GET", .path = "/wait", .handle = on_wait, .success = 200 },
    { .method = "GET", .path = "/large", .handle = on_large, .success = 200 },
    { .method = "GET", .path = "/fail", .handle = on_fail, .success = 200 },
    { .method = "GET", .path = "/refuse", .handle = on_refuse, .success = 200 },
    { .method = "GET", .path = "/closed", .handle = on_echo, .success = 200, .roles = 1 },
};

static int setup(void **state)
{
    static const struct house_setting SETTINGS[] = {
        { "queue_length", "3" },
        { "request_timeout_s", "2" },
        { 0 },
    };

    sem_init(&entered, 0, 0);
    sem_init(&leave, 0, 0);
    *state = house_open(TABLE, sizeof TABLE / sizeof *TABLE, SETTINGS);
    return 0;
}

static int teardown(void **state)
{
    house_close(*state);
    sem_destroy(&entered);
    sem_destroy(&leave);
    return 0;
}

/* ---------------------------------------------------------------- a client */

static char *exchange(const struct house *h, const char *request)
{
    const int fd = house_dial(h);

    caller_say(fd, request, strlen(request));
    return caller_hear(fd);
}

static int count(const char *text, const char *part)
{
    int n = 0;

    for (const char *at = strstr(text, part); at; at = strstr(at + 1, part))
        n++;
    return n;
}

static void expect(const struct house *h, const char *request, const char *status, const char *part)
{
    caller_expect(server_port(h->server), request, status, part);
}

#define LAST "Host: a\r\nConnection: close\r\n\r\n"

/* ---------------------------------------------------------------- tests */

static void requests_are_answered_by_their_handler(void **state)
{
    const struct house *h = *state;

    expect(h, "GET /echo HTTP/1.1\r\n" LAST, "200", "{\"echo\":\"/echo\",\"bytes\":0");
    expect(h, "GET /echo?q=1 HTTP/1.1\r\n" LAST, "200", "\"echo\"");
    expect(h, "POST /echo HTTP/1.1\r\nContent-Length: 5\r\n" LAST "hello", "200",
           "\"bytes\":5,\"body\":\"hello\"");
    expect(h,
           "POST /echo HTTP/1.1\r\nTransfer-Encoding: chunked\r\n" LAST "5\r\nhello\r\n0\r\n\r\n",
           "200", "\"body\":\"hello\"");
    expect(h, "GET /fail HTTP/1.1\r\n" LAST, "409", "\"code\":\"code_taken\"");
    expect(h, "GET /refuse HTTP/1.1\r\n" LAST, "412", "\"code\":\"version_stale\"");
    expect(h, "GET /closed HTTP/1.1\r\n" LAST, "401", "WWW-Authenticate: Bearer");
}

#define PASSING(size) "POST /passing HTTP/1.1\r\nContent-Length: " size "\r\n" LAST

static void what_is_short_is_answered_in_passing(void **state)
{
    const struct house *h = *state;

    expect(h, PASSING("5") "short", "200", "\"in_passing\":true");
    expect(h, PASSING("4") "Fail", "409", "\"code\":\"code_taken\"");
}

static void what_is_long_is_passed_on_and_answered_once(void **state)
{
    const struct house *h = *state;
    char *answer = exchange(h, PASSING("4") "Long");

    assert_non_null(strstr(answer, "\"in_passing\":false"));
    assert_int_equal(count(answer, "X-Tried"), 1);
    free(answer);
}

static void a_large_body_is_not_read_in_passing(void **state)
{
    const struct house *h = *state;
    const int fd = house_dial(h);
    const char head[] = "POST /passing HTTP/1.1\r\nContent-Length: 100000\r\n" LAST;

    caller_say(fd, head, sizeof head - 1);
    caller_say(fd, large, 100000);
    char *answer = caller_hear(fd);

    assert_non_null(strstr(answer, "\"in_passing\":false"));
    free(answer);
}

static void a_failure_takes_back_what_its_handler_wrote(void **state)
{
    char *answer = exchange(*state, "GET /fail HTTP/1.1\r\n" LAST);

    assert_null(strstr(answer, "X-Half"));
    free(answer);
}

static void what_the_table_does_not_hold_is_refused(void **state)
{
    const struct house *h = *state;

    expect(h, "GET /nothing HTTP/1.1\r\n" LAST, "404", "path_unknown");
    expect(h, "DELETE /echo HTTP/1.1\r\n" LAST, "405", "Allow: GET, HEAD, POST, OPTIONS");
    expect(h, "OPTIONS /echo HTTP/1.1\r\n" LAST, "204", "Allow: GET, HEAD, POST, OPTIONS");
    expect(h, "BREW /echo HTTP/1.1\r\n" LAST, "405", "method_not_allowed");
    expect(h, "GET /echo?colour=red HTTP/1.1\r\n" LAST, "422", "query_unknown");
    expect(h, "GET /echo HTTP/1.1\r\nContent-Length: 1\r\n" LAST "x", "413", "takes no body");
    expect(h, "POST /json HTTP/1.1\r\nContent-Length: 2\r\n" LAST "{}", "415", "content_type");
    expect(h, "POST /json HTTP/1.1\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n" LAST "{}",
           "415", "content_type");
    expect(h,
           "POST /json HTTP/1.1\r\nContent-Type: application/json; charset=utf-8\r\n"
           "Content-Length: 2\r\n" LAST "{}",
           "200", "echo");
}

static void a_head_request_is_answered_without_a_body(void **state)
{
    char *answer = exchange(*state, "HEAD /echo HTTP/1.1\r\n" LAST);

    assert_int_equal(strncmp(answer, "HTTP/1.1 200", 12), 0);
    assert_non_null(strstr(answer, "Content-Length: "));
    assert_null(strstr(answer, "echo\""));
    free(answer);
}

static void a_body_over_the_limit_is_refused_before_it_is_sent(void **state)
{
    const struct house *h = *state;
    char *large_body = calloc(1, 3 * BODY_MAX);

    /* Nothing follows these heads: an answer proves that nobody waited. */
    expect(h, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 10995116277760\r\n\r\n", "413",
           "body_too_large");
    expect(h, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 4097\r\n\r\n", "413",
           "\"allowed\":\"4096 bytes\"");
    /* Chunked, it shows only when it is there. */
    const int head =
        snprintf(large_body, 3 * BODY_MAX,
                 "POST /echo HTTP/1.1\r\nTransfer-Encoding: chunked\r\n" LAST "1001\r\n");

    memset(large_body + head, 'x', 0x1001);
    memcpy(large_body + head + 0x1001, "\r\n0\r\n\r\n", 8);
    expect(h, large_body, "413", "body_too_large");
    free(large_body);
}

static void malformed_requests_end_the_connection(void **state)
{
    static const char *const REQUESTS[] = {
        "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"
        "0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n"
        "0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nContent-Length: 40\r\n\r\n"
        "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n",
        "POST /echo HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\nTransfer-Encoding: "
        "chunked\r\n\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /echo HTTP/1.1\r\nHost: a\r\nX: 1\r\n 2\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: "
        "a\r\n\r\n",
        "GET /echo HTTP/1.1\nHost: a\n\nGET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /echo HTTP/1.1\r\nHost: a\nX: 1\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /echo HTTP/1.1\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET  /echo HTTP/1.1\r\nHost: a\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /echo  HTTP/1.1\r\nHost: a\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n",
    };

    for (size_t i = 0; i < sizeof REQUESTS / sizeof *REQUESTS; i++) {
        char *answer = exchange(*state, REQUESTS[i]);

        if (strncmp(answer, "HTTP/1.1 400", 12) != 0 || strstr(answer, "smuggled") ||
            count(answer, "HTTP/1.1 ") != 1 || !strstr(answer, "Connection: close"))
            fail_msg("request %zu: %.600s", i, answer);
        free(answer);
    }
}

static void a_nul_in_a_header_is_seen(void **state)
{
    static const char REQUEST[] = "GET /echo HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n";
    const int fd = house_dial(*state);

    caller_say(fd, REQUEST, sizeof REQUEST - 1);
    char *answer = caller_hear(fd);

    assert_int_equal(strncmp(answer, "HTTP/1.1 400", 12), 0);
    free(answer);
}

static void requests_on_one_connection_are_answered_in_their_order(void **state)
{
    char *answer = exchange(*state, "GET /echo HTTP/1.1\r\nHost: a\r\n\r\n"
                                    "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc"
                                    "GET /nothing HTTP/1.1\r\nHost: a\r\n\r\n"
                                    "GET /echo?q=%E5%8D%97 HTTP/1.1\r\n" LAST);
    const char *first = strstr(answer, "\"bytes\":0");
    const char *second = strstr(answer, "\"body\":\"abc\"");
    const char *third = strstr(answer, "path_unknown");

    assert_int_equal(count(answer, "HTTP/1.1 "), 4);
    assert_true(first && second && third && first < second && second < third);
    free(answer);
}

static void a_request_may_come_in_any_two_pieces(void **state)
{
    static const char REQUEST[] = "POST /echo?x HTTP/1.1\r\nContent-Length: 5\r\n" LAST "hello";
    const size_t size = sizeof REQUEST - 1;

    for (size_t cut = 1; cut < size; cut++) {
        const int fd = house_dial(*state);

        caller_say(fd, REQUEST, cut);
        usleep(1000); /* so that the pieces mostly arrive apart; either way is right */
        caller_say(fd, REQUEST + cut, size - cut);
        char *answer = caller_hear(fd);

        if (strncmp(answer, "HTTP/1.1 422", 12) != 0)
            fail_msg("cut at %zu: %.300s", cut, answer);
        free(answer);
    }
}

static void a_full_queue_says_so_and_does_nothing(void **state)
{
    const struct house *h = *state;
    enum { BUSY = 2, WAITING = 3 };
    int fds[BUSY + WAITING];

    for (int i = 0; i < BUSY; i++) {
        fds[i] = house_dial(h);
        caller_say(fds[i], "GET /wait HTTP/1.1\r\n" LAST, strlen("GET /wait HTTP/1.1\r\n" LAST));
        sem_wait(&entered);
    }
    for (int i = BUSY; i < BUSY + WAITING; i++) {
        fds[i] = house_dial(h);
        caller_say(fds[i], "GET /wait HTTP/1.1\r\n" LAST, strlen("GET /wait HTTP/1.1\r\n" LAST));
    }
    for (int i = 0; i < 1000 && metrics_get(METRIC_QUEUE_LENGTH) < WAITING; i++)
        usleep(10000);
    expect(h, "GET /echo HTTP/1.1\r\n" LAST, "503", "server_busy");
    expect(h, "GET /echo HTTP/1.1\r\n" LAST, "503", "Retry-After: ");
    expect(h, "GET /alive HTTP/1.1\r\n" LAST, "200", "");
    expect(h, PASSING("5") "short", "200", "\"in_passing\":true");
    expect(h, PASSING("4") "Long", "503", "server_busy");
    for (int i = 0; i < BUSY + WAITING; i++)
        sem_post(&leave);
    for (int i = 0; i < BUSY + WAITING; i++) {
        char *answer = caller_hear(fds[i]);

        assert_int_equal(strncmp(answer, "HTTP/1.1 200", 12), 0);
        free(answer);
    }
}

/* Seconds until the server hangs up on somebody who sends one byte after another. */
static double drip(const struct house *h, const char *head)
{
    const int fd = house_dial(h);
    const int64_t started = clock_steady_us();

    caller_say(fd, head, strlen(head));
    for (;;) {
        struct pollfd wait = { .fd = fd, .events = POLLIN };
        char byte;

        if (poll(&wait, 1, 100) > 0 && recv(fd, &byte, 1, 0) <= 0)
            break;
        if (clock_steady_us() - started > (int64_t)WAIT_MS * 1000)
            fail_msg("a slow sender is served for ever");
        caller_say(fd, "a", 1);
    }
    close(fd);
    return (double)(clock_steady_us() - started) / 1e6;
}

static void slow_senders_are_cut(void **state)
{
    static const char *const HEADS[] = {
        "GET /echo HTTP/1.1\r\nHost: a\r\nX: ",
        "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 4000\r\n\r\n",
        "G",
    };

    for (size_t i = 0; i < sizeof HEADS / sizeof *HEADS; i++)
        assert_true(drip(*state, HEADS[i]) < 8);
}

static void a_silent_connection_is_closed(void **state)
{
    char *answer = exchange(*state, "GET /echo HTTP/1.1\r\nHost: a\r\n\r\n"); /* kept alive */

    assert_int_equal(strncmp(answer, "HTTP/1.1 200", 12), 0);
    free(answer);
    answer = exchange(*state, "");
    assert_string_equal(answer, "");
    free(answer);
}

static void what_is_lent_arrives_whole_and_is_given_back(void **state)
{
    given_back = 0;
    memset(large, 'x', sizeof large);
    char *answer = exchange(*state, "GET /large HTTP/1.1\r\n" LAST);
    const char *body = strstr(answer, "\r\n\r\n");

    assert_non_null(body);
    assert_int_equal(strlen(body + 4), LARGE_BYTES);
    free(answer);
    for (int i = 0; i < 1000 && given_back == 0; i++)
        usleep(10000);
    assert_int_equal(given_back, 1);
}

static void somebody_who_leaves_in_the_middle_harms_nobody(void **state)
{
    static const char *const HALVES[] = {
        "",
        "GET /ec",
        "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nhalf",
        "GET /large HTTP/1.1\r\nHost: a\r\n\r\n",
    };

    for (int round = 0; round < 50; round++) {
        const char *half = HALVES[round % 4];
        const int fd = house_dial(*state);

        caller_say(fd, half, strlen(half));
        close(fd);
    }
    /* Those who asked for something large may fill the queue for a moment. */
    char *answer = exchange(*state, "GET /echo HTTP/1.1\r\n" LAST);

    for (int i = 0; i < 1000 && strncmp(answer, "HTTP/1.1 503", 12) == 0; i++) {
        free(answer);
        usleep(10000);
        answer = exchange(*state, "GET /echo HTTP/1.1\r\n" LAST);
    }
    assert_int_equal(strncmp(answer, "HTTP/1.1 200", 12), 0);
    free(answer);
}

static void answers_carry_a_request_id_and_guards(void **state)
{
    char *answer = exchange(*state, "GET /echo HTTP/1.1\r\nX-Request-Id: abc-1\r\n" LAST);

    assert_non_null(strstr(answer, "X-Request-Id: abc-1\r\n"));
    assert_non_null(strstr(answer, "Content-Security-Policy: default-src 'none'"));
    assert_non_null(strstr(answer, "X-Content-Type-Options: nosniff"));
    assert_non_null(strstr(answer, "Cache-Control: no-store"));
    assert_int_equal(count(answer, "Content-Type: "), 1);
    assert_int_equal(count(answer, "X-Request-Id: "), 1);
    free(answer);
    answer = exchange(*state, "GET /nothing HTTP/1.1\r\nX-Request-Id: not\"good\r\n" LAST);
    assert_null(strstr(answer, "not\"good"));
    assert_non_null(strstr(answer, "\"request_id\":\""));
    free(answer);
}

static void the_port_taken_is_said_in_one_sentence(void **state)
{
    struct house *h = *state;
    char port[16];
    struct fail f = { 0 };

    snprintf(port, sizeof port, "%d", server_port(h->server));
    house_set(h->config, "listen_port", port);
    assert_null(server_open(&h->service, &f));
    assert_int_equal(f.code, CODE_ADDRESS_TAKEN);
    assert_non_null(strstr(f.text, port));
    house_set(h->config, "listen_address", "localhost?");
    assert_null(server_open(&h->service, &f));
    assert_int_equal(f.code, CODE_ADDRESS_MALFORMED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
        TEST(requests_are_answered_by_their_handler),
        TEST(what_is_short_is_answered_in_passing),
        TEST(what_is_long_is_passed_on_and_answered_once),
        TEST(a_large_body_is_not_read_in_passing),
        TEST(a_failure_takes_back_what_its_handler_wrote),
        TEST(what_the_table_does_not_hold_is_refused),
        TEST(a_head_request_is_answered_without_a_body),
        TEST(a_body_over_the_limit_is_refused_before_it_is_sent),
        TEST(malformed_requests_end_the_connection),
        TEST(a_nul_in_a_header_is_seen),
        TEST(requests_on_one_connection_are_answered_in_their_order),
        TEST(a_request_may_come_in_any_two_pieces),
        TEST(a_full_queue_says_so_and_does_nothing),
        TEST(slow_senders_are_cut),
        TEST(a_silent_connection_is_closed),
        TEST(what_is_lent_arrives_whole_and_is_given_back),
        TEST(somebody_who_leaves_in_the_middle_harms_nobody),
        TEST(answers_carry_a_request_id_and_guards),
        TEST(the_port_taken_is_said_in_one_sentence),
#undef TEST
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
