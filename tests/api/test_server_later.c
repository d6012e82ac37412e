/* The server when answers come later than their handlers return. */
#include "api/server.h"

#include <pthread.h>
#include <semaphore.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "api/endpoints.h"
#include "tests/support/caller.h"
#include "tests/support/house.h"

#define LAST "Host: a\r\nConnection: close\r\n\r\n"

static sem_t entered;

static bool on_echo(const struct request *r, struct reply *out, struct fail *f)
{
    struct emit *e = reply_json(out, REPLY_OK);

    (void)f;
    emit_object(e);
    emit_key_text(e, "echo", r->path);
    emit_end(e);
    return true;
}

/* Those who are told later, by answer_those_who_wait. */
static struct {
    pthread_mutex_t lock;
    int count;
    struct reply *replies[8];
} waiting = { .lock = PTHREAD_MUTEX_INITIALIZER };

static bool on_later(const struct request *r, struct reply *out, struct fail *f)
{
    (void)r;
    (void)f;
    reply_later(out);
    pthread_mutex_lock(&waiting.lock);
    waiting.replies[waiting.count++] = out;
    pthread_mutex_unlock(&waiting.lock);
    sem_post(&entered);
    return true;
}

static void write_later(struct reply *out)
{
    struct emit *e = reply_json(out, REPLY_OK);

    emit_object(e);
    emit_key_bool(e, "later", true);
    emit_end(e);
}

static void *answer_those_who_wait(void *failed)
{
    struct fail f = { 0 };

    pthread_mutex_lock(&waiting.lock);
    for (int i = 0; i < waiting.count; i++) {
        if (failed)
            fail_set(&f, FAIL_CONFLICT, CODE_TAKEN, "taken");
        else
            write_later(waiting.replies[i]);
        reply_arrived(waiting.replies[i], failed ? &f : NULL);
    }
    waiting.count = 0;
    pthread_mutex_unlock(&waiting.lock);
    return NULL;
}

static bool on_soon(const struct request *r, struct reply *out, struct fail *f)
{
    (void)r;
    (void)f;
    reply_later(out);
    write_later(out);
    reply_arrived(out, NULL);
    return true;
}

static bool on_never(const struct request *r, struct reply *out, struct fail *f)
{
    (void)r;
    reply_later(out);
    return fail_set(f, FAIL_CONFLICT, CODE_TAKEN, "taken");
}

static const struct endpoint TABLE[] = {
    { .method = "GET", .path = "/echo", .handle = on_echo, .success = 200 },
    { .method = "GET", .path = "/later", .handle = on_later, .success = 200 },
    { .method = "GET", .path = "/soon", .handle = on_soon, .success = 200 },
    { .method = "GET", .path = "/never", .handle = on_never, .success = 200 },
};

static int setup(void **state)
{
    static const struct house_setting SETTINGS[] = {
        { "request_timeout_s", "2" },
        { 0 },
    };

    sem_init(&entered, 0, 0);
    *state = house_open(TABLE, sizeof TABLE / sizeof *TABLE, SETTINGS);
    return 0;
}

static int teardown(void **state)
{
    house_close(*state);
    sem_destroy(&entered);
    return 0;
}

enum { LATER_COUNT = 6 }; /* three for each worker */

static void say_later(const struct house *h, int fds[LATER_COUNT])
{
    for (int i = 0; i < LATER_COUNT; i++) {
        fds[i] = house_dial(h);
        caller_say(fds[i], "GET /later HTTP/1.1\r\n" LAST, strlen("GET /later HTTP/1.1\r\n" LAST));
        sem_wait(&entered);
    }
}

static void all_hear(const int fds[LATER_COUNT], const char *status, const char *part)
{
    for (int i = 0; i < LATER_COUNT; i++) {
        char *answer = caller_hear(fds[i]);

        assert_int_equal(strncmp(answer + 9, status, 3), 0);
        assert_non_null(strstr(answer, part));
        free(answer);
    }
}

static void an_answer_may_come_later_and_keeps_no_worker(void **state)
{
    const struct house *h = *state;
    int fds[LATER_COUNT];

    say_later(h, fds);
    caller_expect(server_port(h->server), "GET /echo HTTP/1.1\r\n" LAST, "200", "\"echo\"");
    answer_those_who_wait(NULL);
    all_hear(fds, "200", "{\"later\":true}");
    say_later(h, fds);
    answer_those_who_wait(fds);
    all_hear(fds, "409", "\"code\":\"code_taken\"");
}

static void an_answer_may_come_before_its_handler_is_over(void **state)
{
    const struct house *h = *state;

    for (int i = 0; i < 50; i++)
        caller_expect(server_port(h->server), "GET /soon HTTP/1.1\r\n" LAST, "200",
                      "{\"later\":true}");
    caller_expect(server_port(h->server), "GET /never HTTP/1.1\r\n" LAST, "409",
                  "\"code\":\"code_taken\"");
}

static void who_hangs_up_before_a_later_answer_harms_nobody(void **state)
{
    const struct house *h = *state;
    int fds[LATER_COUNT];

    say_later(h, fds);
    for (int i = 0; i < LATER_COUNT; i++)
        close(fds[i]);
    caller_expect(server_port(h->server), "GET /echo HTTP/1.1\r\n" LAST, "200", "\"echo\"");
    answer_those_who_wait(NULL);
    caller_expect(server_port(h->server), "GET /echo HTTP/1.1\r\n" LAST, "200", "\"echo\"");
}

/* The time a connection may be silent does not run while the answer is owed. */
static void a_later_answer_may_take_its_time(void **state)
{
    const struct house *h = *state;
    int fds[LATER_COUNT];

    say_later(h, fds);
    caller_expect(server_port(h->server), "GET /echo HTTP/1.1\r\nHost: a\r\n\r\n", "200",
                  "\"echo\""); /* until it is cut */
    answer_those_who_wait(NULL);
    all_hear(fds, "200", "{\"later\":true}");
}

static void *stop_server(void *self)
{
    struct house *h = self;
    const bool drained = server_drain(h->server, 20);

    server_close(h->server);
    h->server = NULL;
    return drained ? h : NULL;
}

static void a_stop_waits_for_the_answers_that_are_owed(void **state)
{
    struct house *h = *state;
    int fds[LATER_COUNT];
    pthread_t thread;
    void *drained;

    say_later(h, fds);
    assert_false(server_drain(h->server, 0));
    pthread_create(&thread, NULL, stop_server, h);
    answer_those_who_wait(NULL);
    all_hear(fds, "200", "{\"later\":true}");
    pthread_join(thread, &drained);
    assert_ptr_equal(drained, h);
}

/* Whoever is owed an answer then may not get it, but nothing of hers is touched after
 * it is gone. */
static void *close_server(void *self)
{
    struct house *h = self;

    server_close(h->server);
    h->server = NULL;
    return NULL;
}

static void a_server_that_does_not_wait_closes_behind_the_last_answer(void **state)
{
    struct house *h = *state;
    int fds[LATER_COUNT];
    pthread_t thread;

    say_later(h, fds);
    pthread_create(&thread, NULL, close_server, h);
    answer_those_who_wait(NULL);
    pthread_join(thread, NULL);
    for (int i = 0; i < LATER_COUNT; i++)
        free(caller_hear(fds[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
        TEST(an_answer_may_come_later_and_keeps_no_worker),
        TEST(an_answer_may_come_before_its_handler_is_over),
        TEST(who_hangs_up_before_a_later_answer_harms_nobody),
        TEST(a_later_answer_may_take_its_time),
        TEST(a_stop_waits_for_the_answers_that_are_owed),
        TEST(a_server_that_does_not_wait_closes_behind_the_last_answer),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
