/* Listening over real sockets: server, engine and database. */
#include "api/streams.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "api/auth.h"
#include "api/endpoints.h"
#include "api/server.h"
#include "api/service.h"
#include "engine/clock.h"
#include "engine/config.h"
#include "engine/engine.h"
#include "engine/log.h"
#include "engine/metrics.h"
#include "engine/reach.h"
#include "engine/tokens.h"
#include "tests/support/check_near.h"
#include "tests/support/database.h"
#include "tests/support/ear.h"

enum { WAIT_MS = 20000, MANY = 500 };

/* One vigild over a database. */
struct house {
    struct config *config;
    struct service service;
    struct server *server;
};

struct city {
    struct database *d;
    struct house one;
    char token[TOKENS_TEXT_SIZE];
    int64_t token_id;
};

static void must(bool is_good, const struct fail *f)
{
    if (!is_good)
        fail_msg("%s: %s", fail_word(f->code), f->text);
}

static void set(struct config *c, const char *name, const char *value)
{
    struct fail f = { 0 };

    must(config_set(c, name, value, "test", &f), &f);
}

static void open_house(struct house *h, const struct database *d)
{
    struct fail f = { 0 };

    h->config = config_new();
    set(h->config, "database", d->address);
    set(h->config, "allow_unsafe_database", "1");
    set(h->config, "listen_port", "0");
    set(h->config, "workers", "2");
    set(h->config, "queue_length", "1000"); /* hundreds come at once */
    set(h->config, "heartbeat_s", "1");
    set(h->config, "request_timeout_s", "2");
    set(h->config, "max_listeners", "510");
    set(h->config, "max_listeners_per_token", "505");
    h->service.endpoints = endpoints_table(&h->service.endpoint_count);
    h->service.config = h->config;
    h->service.stopping = false;
    h->service.auth = auth_new();
    h->service.engine = engine_open(h->config, &f);
    must(h->service.engine != NULL, &f);
    h->service.streams = streams_open(h->service.engine, h->config);
    h->server = server_open(&h->service, &f);
    must(h->server != NULL, &f);
}

static void close_house(struct house *h)
{
    server_close(h->server);
    streams_close(h->service.streams);
    engine_close(h->service.engine);
    auth_free(h->service.auth);
    config_free(h->config);
}

static int64_t make_token(struct city *c, const char *role, int64_t org_id, char *text)
{
    const struct tokens_wish wish = {
        .kind = TOKENS_BEARER, .label = "test", .role = role, .org_id = org_id, .life_s = 600
    };
    struct fail f = { 0 };
    int64_t token_id;

    must(tokens_create(c->d->db, &wish, c->d->arena, text, &token_id, &f), &f);
    return token_id;
}

static int set_up(void **state)
{
    struct city *c = calloc(1, sizeof *c);

    log_from(LOG_ERROR);
    c->d = database_new(true);
    database_text(c->d, "INSERT INTO vigil.org (org_id, parent_id, kind, code, name) VALUES"
                        " (10, 1, 'county', 'A', 'East'), (20, 1, 'county', 'B', 'West'),"
                        " (11, 10, 'township', 'A1', 'East One')");
    c->token_id = make_token(c, "admin", 1, c->token);
    open_house(&c->one, c->d);
    *state = c;
    return 0;
}

static int tear_down(void **state)
{
    struct city *c = *state;

    close_house(&c->one);
    database_free(c->d);
    free(c);
    return 0;
}

static struct ear ask(const struct house *h, const char *token, const char *target,
                      const char *header, int receive_bytes)
{
    return ear_open(server_port(h->server), token, target, header, receive_bytes);
}

static void expect(struct ear *ear, const char *part)
{
    if (!ear_hears(ear, part, WAIT_MS))
        fail_msg("\"%s\" was not heard, but: %.600s", part, ear->text);
}

static struct ear listen_to(const struct house *h, const char *token, const char *target)
{
    struct ear ear = ask(h, token, target, "", 0);

    expect(&ear, "retry: 1000\nid: ");
    return ear;
}

static void tell(struct database *d, int64_t org_id, int64_t firm_id, const char *word)
{
    struct fail f = { 0 };
    char data[80];
    const struct feed_event event = {
        .kind = "incident", .org_id = org_id, .firm_id = firm_id, .incident_id = 77, .data = data
    };

    snprintf(data, sizeof data, "{\"word\":\"%s\"}", word);
    must(feed_tell(d->db, &event, &f), &f);
}

/* Some at once, without waiting for each. */
static void tell_many(struct database *d, int count, int bytes)
{
    char sql[300];

    snprintf(
        sql, sizeof sql,
        "INSERT INTO vigil.outbox (kind, org_id, data) SELECT 'duty', 1, "
        "format('{\"n\":%%s,\"long\":\"%%s\"}', n, repeat('x', %d)) FROM generate_series(1, %d) n",
        bytes, count);
    database_text(d, sql);
}

/* Until the process says that it is there again. */
static void wait_for_database(void)
{
    const int64_t until = clock_steady_us() + WAIT_MS * 1000LL;

    while (reach_is_away()) {
        if (clock_steady_us() > until)
            fail_msg("the database never came back");
        usleep(5000);
    }
}

/* Until the process knows so many events. */
static void wait_for(const struct house *h, int64_t number)
{
    const int64_t until = clock_steady_us() + WAIT_MS * 1000LL;

    while (feed_newest(engine_feed(h->service.engine)).after < number) {
        if (clock_steady_us() > until)
            fail_msg("event %lld was never numbered", (long long)number);
        usleep(5000);
    }
}

/* ---------------------------------------------------------------- what is heard */

static void an_event_is_heard_with_its_number_and_kind(void **state)
{
    struct city *c = *state;
    struct ear ear = listen_to(&c->one, c->token, "/v1/events");

    assert_non_null(strstr(ear.text, "Content-Type: text/event-stream"));
    assert_non_null(strstr(ear.text, "Cache-Control: no-store"));
    tell(c->d, 1, 0, "first");
    expect(&ear, "id: 1\nevent: incident\ndata: {\"number\":1,\"kind\":\"incident\",\"at\":\"");
    expect(&ear, "\"org_id\":1,\"incident_id\":77,\"data\":{\"word\":\"first\"}}\n\n");
    tell(c->d, 1, 0, "second");
    expect(&ear, "id: 2\nevent: incident\n");
    ear_close(&ear);
}

static void who_was_cut_off_hears_what_she_missed(void **state)
{
    struct city *c = *state;

    tell(c->d, 1, 0, "seen");
    tell(c->d, 1, 0, "missed");
    wait_for(&c->one, 2);
    struct ear ear = ask(&c->one, c->token, "/v1/events", "Last-Event-ID: 1\r\n", 0);

    expect(&ear, "missed");
    assert_null(strstr(ear.text, "seen"));
    ear_close(&ear);
    ear = ask(&c->one, c->token, "/v1/events?after=0", "", 0);
    expect(&ear, "seen");
    expect(&ear, "missed");
    assert_true(strstr(ear.text, "seen") < strstr(ear.text, "missed"));
    ear_close(&ear);
}

static void another_process_knows_what_this_one_was_told(void **state)
{
    struct city *c = *state;
    struct house two = { 0 };

    tell(c->d, 1, 0, "before");
    wait_for(&c->one, 1);
    open_house(&two, c->d); /* its memory begins behind the first event */
    struct ear here = listen_to(&c->one, c->token, "/v1/events");
    struct ear there = ask(&two, c->token, "/v1/events", "Last-Event-ID: 0\r\n", 0);

    expect(&there, "before");
    tell(c->d, 1, 0, "after");
    expect(&here, "id: 2\nevent: incident");
    expect(&there, "id: 2\nevent: incident");
    ear_close(&here);
    ear_close(&there);
    close_house(&two);
}

static void who_missed_too_much_is_told_to_begin_anew(void **state)
{
    struct city *c = *state;
    struct house two = { 0 };

    tell_many(c->d, STREAMS_BACKLOG_COUNT + 1, 10);
    wait_for(&c->one, STREAMS_BACKLOG_COUNT + 1);
    open_house(&two, c->d);
    struct ear ear = ask(&two, c->token, "/v1/events?after=0", "", 0);

    expect(&ear, "id: 1001\nevent: reset\ndata: {\"number\":1001}\n\n");
    tell(c->d, 1, 0, "news");
    expect(&ear, "id: 1002\nevent: incident");
    ear_close(&ear);
    ear = ask(&two, c->token, "/v1/events?after=2", "", 0);
    expect(&ear, "\"n\":1001");
    assert_null(strstr(ear.text, "reset"));
    ear_close(&ear);
    ear = ask(&two, c->token, "/v1/events?after=900000", "", 0); /* of another database */
    expect(&ear, "event: reset\ndata: {\"number\":1002}");
    ear_close(&ear);
    close_house(&two);
}

static void each_hears_what_her_organisation_may_see(void **state)
{
    struct city *c = *state;
    char east[TOKENS_TEXT_SIZE];
    char partner[TOKENS_TEXT_SIZE];

    make_token(c, "dispatcher", 10, east);
    make_token(c, "partner", 11, partner);
    struct ear dispatcher = listen_to(&c->one, east, "/v1/events");
    struct ear firm = listen_to(&c->one, partner, "/v1/events");

    tell(c->d, 20, 0, "west");
    tell(c->d, 1, 0, "city");
    tell(c->d, 20, 11, "firm");
    tell(c->d, 11, 0, "township");
    tell(c->d, 11, 11, "last");
    expect(&dispatcher, "last");
    expect(&firm, "last");
    assert_non_null(strstr(dispatcher.text, "township"));
    assert_null(strstr(dispatcher.text, "west"));
    assert_null(strstr(dispatcher.text, "city"));
    assert_null(strstr(dispatcher.text, "firm"));
    assert_non_null(strstr(firm.text, "firm"));
    assert_null(strstr(firm.text, "township"));
    ear_close(&firm);
    ear_close(&dispatcher);
    dispatcher = ask(&c->one, east, "/v1/events?after=0", "", 0);
    expect(&dispatcher, "last");
    assert_null(strstr(dispatcher.text, "west"));
    ear_close(&dispatcher);
}

static void a_number_that_cannot_be_one_is_refused(void **state)
{
    static const char *const BAD[][2] = { { "/v1/events?after=-1", "" },
                                          { "/v1/events?after=1e3", "" },
                                          { "/v1/events?after=9007199254740992", "" },
                                          { "/v1/events?before=1", "" },
                                          { "/v1/events", "Last-Event-ID: x\r\n" } };
    struct city *c = *state;

    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        struct ear ear = ask(&c->one, c->token, BAD[i][0], BAD[i][1], 0);

        expect(&ear, "HTTP/1.1 4");
        expect(&ear, i == 3 ? "query_unknown" : "query_out_of_range");
        ear_close(&ear);
    }
    assert_int_equal(metrics_get(METRIC_LISTENERS), 0);
}

/* ---------------------------------------------------------------- how long */

static void a_silent_stream_says_that_it_lives(void **state)
{
    struct city *c = *state;
    struct ear ear = listen_to(&c->one, c->token, "/v1/events");

    expect(&ear, "\n:\nid: 0\n\n");
    ear_close(&ear);
}

static void a_token_that_ended_ends_the_stream(void **state)
{
    struct city *c = *state;
    char text[TOKENS_TEXT_SIZE];
    struct fail f = { 0 };
    const int64_t token_id = make_token(c, "dispatcher", 1, text);
    struct ear revoked = listen_to(&c->one, text, "/v1/events");
    struct ear other = listen_to(&c->one, c->token, "/v1/events");

    must(tokens_revoke(c->d->db, token_id, c->d->arena, &f), &f);
    assert_true(ear_ends(&revoked, 2000));
    assert_false(ear_ends(&other, 100));
    ear_close(&revoked);
    database_text(c->d, "UPDATE vigil.token SET expires_at = now()");
    assert_true(ear_ends(&other, 2000));
    ear_close(&other);
}

static void who_does_not_read_is_cut(void **state)
{
    struct city *c = *state;
    struct ear slow = ask(&c->one, c->token, "/v1/events", "", 4096);
    struct ear quick = listen_to(&c->one, c->token, "/v1/events");
    const int64_t cut_before = metrics_get(METRIC_CONNECTIONS_CUT);
    const int64_t until = clock_steady_us() + WAIT_MS * 1000LL;

    tell_many(c->d, 2000, 6800); /* 14 MB: more than the sockets hold */
    expect(&quick, "\"n\":2000");
    while (metrics_get(METRIC_LISTENERS) > 1) {
        if (clock_steady_us() > until)
            fail_msg("a listener that does not read is still there");
        usleep(10000);
    }
    assert_true(metrics_get(METRIC_CONNECTIONS_CUT) >= cut_before);
    tell(c->d, 1, 0, "still");
    expect(&quick, "still");
    ear_close(&slow);
    ear_close(&quick);
}

static void no_more_listen_than_are_allowed(void **state)
{
    struct city *c = *state;
    struct ear *ears = calloc(505, sizeof *ears);

    for (int i = 0; i < 505; i++)
        ears[i] = ask(&c->one, c->token, "/v1/events", "", 0);
    for (int i = 0; i < 505; i++)
        expect(&ears[i], "retry:");
    struct ear more = ask(&c->one, c->token, "/v1/events", "", 0);

    expect(&more, "HTTP/1.1 503");
    expect(&more, "Retry-After: ");
    expect(&more, "listeners_full");
    ear_close(&more);
    ear_close(&ears[0]);
    more = listen_to(&c->one, c->token, "/v1/events"); /* her place is free at once */
    ear_close(&more);
    for (int i = 1; i < 505; i++)
        ear_close(&ears[i]);
    free(ears);
}

static void who_hangs_up_is_noticed(void **state)
{
    struct city *c = *state;
    struct ear ear = listen_to(&c->one, c->token, "/v1/events");
    const int64_t until = clock_steady_us() + 5000000;

    assert_int_equal(metrics_get(METRIC_LISTENERS), 1);
    ear_close(&ear);
    while (metrics_get(METRIC_LISTENERS) > 0) {
        if (clock_steady_us() > until)
            fail_msg("a listener who hung up is still there after 5 s");
        usleep(10000);
    }
}

static void hundreds_hear_at_once_and_no_worker_is_held(void **state)
{
    struct city *c = *state;
    struct ear *ears = calloc(MANY, sizeof *ears);

    for (int i = 0; i < MANY; i++)
        ears[i] = ask(&c->one, c->token, "/v1/events", "", 0);
    for (int i = 0; i < MANY; i++)
        expect(&ears[i], "retry:");
    const int64_t began = clock_steady_us();

    tell(c->d, 1, 0, "everyone");
    for (int i = 0; i < MANY; i++)
        expect(&ears[i], "everyone");
    print_message("%d listeners heard within %lld ms\n", MANY,
                  (long long)(clock_steady_us() - began) / 1000);
    struct ear other = ask(&c->one, c->token, "/v1", "Connection: close\r\n", 0);

    expect(&other, "HTTP/1.1 200");
    ear_close(&other);
    for (int i = 0; i < MANY; i++)
        ear_close(&ears[i]);
    free(ears);
}

static void streams_outlive_the_absence_of_the_database(void **state)
{
    struct city *c = *state;
    struct ear ear = listen_to(&c->one, c->token, "/v1/events");
    char sql[400];
    struct fail f = { 0 };
    struct database *other = database_new(false);

    tell(c->d, 1, 0, "early");
    expect(&ear, "early");
    snprintf(sql, sizeof sql,
             "ALTER DATABASE \"%s\" ALLOW_CONNECTIONS false;"
             "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '%s';",
             c->d->name, c->d->name);
    must(db_script(other->db, sql, &f), &f);
    assert_false(ear_ends(&ear, 1500));
    snprintf(sql, sizeof sql, "ALTER DATABASE \"%s\" ALLOW_CONNECTIONS true", c->d->name);
    must(db_script(other->db, sql, &f), &f);
    wait_for_database();
    tell(c->d, 1, 0, "late");
    expect(&ear, "late");
    ear_close(&ear);
    database_free(other);
}

static void a_stop_ends_every_stream_in_good_order(void **state)
{
    struct city *c = *state;
    struct house two = { 0 };

    open_house(&two, c->d);
    struct ear ear = listen_to(&two, c->token, "/v1/events");

    assert_true(server_drain(two.server, 5));
    assert_true(ear_ends(&ear, 1000));
    assert_true(ear.over); /* the last chunk came */
    ear_close(&ear);
    close_house(&two);
}

/* ---------------------------------------------------------------- all at once */

struct crowd {
    struct city *c;
    _Atomic bool stop;
    _Atomic int heard;
};

static void *come_and_go(void *self)
{
    struct crowd *crowd = self;

    while (!crowd->stop) {
        struct ear ear = ask(&crowd->c->one, crowd->c->token, "/v1/events?after=0", "", 0);

        crowd->heard += ear_hears(&ear, "event: duty", 2000);
        ear_close(&ear);
    }
    return NULL;
}

static void listeners_come_and_go_while_events_are_told(void **state)
{
    struct crowd crowd = { .c = *state };
    pthread_t threads[4];

    for (int i = 0; i < 4; i++)
        pthread_create(&threads[i], NULL, come_and_go, &crowd);
    for (int i = 0; i < 40; i++)
        tell_many(crowd.c->d, 5, 100);
    wait_for(&crowd.c->one, 200);
    crowd.stop = true;
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    assert_true(crowd.heard > 0);
}

#define WITH_CITY(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_CITY(an_event_is_heard_with_its_number_and_kind),
        WITH_CITY(who_was_cut_off_hears_what_she_missed),
        WITH_CITY(another_process_knows_what_this_one_was_told),
        WITH_CITY(who_missed_too_much_is_told_to_begin_anew),
        WITH_CITY(each_hears_what_her_organisation_may_see),
        WITH_CITY(a_number_that_cannot_be_one_is_refused),
        WITH_CITY(a_silent_stream_says_that_it_lives),
        WITH_CITY(a_token_that_ended_ends_the_stream),
        WITH_CITY(who_does_not_read_is_cut),
        WITH_CITY(no_more_listen_than_are_allowed),
        WITH_CITY(who_hangs_up_is_noticed),
        WITH_CITY(hundreds_hear_at_once_and_no_worker_is_held),
        WITH_CITY(streams_outlive_the_absence_of_the_database),
        WITH_CITY(a_stop_ends_every_stream_in_good_order),
        WITH_CITY(listeners_come_and_go_while_events_are_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
