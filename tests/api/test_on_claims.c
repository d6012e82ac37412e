/* 义巡日认领 over HTTP: a fair opening, no day given away twice, waiting lists that move
 * up, swaps, cut-offs, and a patrol from its start to its hours. */
#include "tests/support/check_near.h"

#include <stdio.h>
#include <string.h>

#include "engine/engine.h"
#include "engine/ids.h"
#include "engine/lot.h"
#include "engine/watch.h"
#include "tests/support/asking.h"
#include "tests/support/block.h"
#include "tests/support/database.h"

/* A county (2) with a township (3), where four squads of six are: squad 20 + n is led
 * by person 100 * n and has her and the five after her. Squad 29 is the neighbour's. */
static const char CITY[] =
    "INSERT INTO vigil.org (org_id, parent_id, kind, code, name) VALUES"
    " (2, 1, 'county', 'C', 'County'), (3, 2, 'township', 'T', 'Township'),"
    " (4, 1, 'county', 'N', 'Neighbour');"
    "INSERT INTO vigil.person (person_id, display_name, org_id, on_duty)"
    " SELECT 100 * n + k, 'P' || n || k, 3, false FROM generate_series(1, 4) n,"
    " generate_series(0, 5) k;"
    "INSERT INTO vigil.person (person_id, display_name, org_id, on_duty)"
    " VALUES (900, 'Far', 4, false);"
    "INSERT INTO vigil.squad (squad_id, org_id, kind, code, name)"
    " SELECT 20 + n, 3, 'squad', 'S' || n, 'Squad ' || n FROM generate_series(1, 4) n;"
    "INSERT INTO vigil.squad (squad_id, org_id, kind, code, name)"
    " VALUES (29, 4, 'squad', 'F', 'Far squad');"
    "INSERT INTO vigil.squad_member (squad_id, person_id, org_id, role)"
    " SELECT 20 + n, 100 * n + k, 3, CASE k WHEN 0 THEN 'leader' ELSE 'member' END"
    " FROM generate_series(1, 4) n, generate_series(0, 5) k;"
    "INSERT INTO vigil.squad_member (squad_id, person_id, org_id, role)"
    " VALUES (29, 900, 4, 'leader');";

static int open_city(void **state)
{
    static struct asking_room room;
    struct fail f = { 0 };

    *state = &room;
    if (asking_open_room(&room, state) != 0)
        return 1;
    block_import(room.d, 3, BLOCK_PORTO);
    return db_script(room.d->db, CITY, &f) ? 0 : 1;
}

static int close_city(void **state)
{
    return asking_close_room(*state);
}

static struct asking_answer post(struct asking_room *room, const char *path, const char *body)
{
    return asking_send(room->worker, "POST", path, asking_fresh_key(room), body);
}

static struct asking_answer post_at(struct asking_room *room, int64_t id, const char *noun,
                                    const char *event, const char *body)
{
    return post(room, arena_text(room->d->arena, "/v1/%s/%lld/%s", noun, (long long)id, event),
                body);
}

static struct asking_answer get_at(struct asking_room *room, const char *noun, int64_t id)
{
    return asking_send(room->worker, "GET",
                       arena_text(room->d->arena, "/v1/%s/%lld", noun, (long long)id), NULL, NULL);
}

static void as_leader(struct asking_room *room, int squad)
{
    asking_as(room->worker, ROLE_VOLUNTEER, squad == 29 ? 4 : 3,
              squad == 29 ? 900 : 100 * (squad - 20));
}

static void as_manager(struct asking_room *room)
{
    asking_as(room->worker, ROLE_MANAGER, 2, 0);
}

static int64_t make_beat(struct asking_room *room)
{
    const char *segments = database_text(
        room->d, "SELECT json_agg(segment_id)::text FROM (SELECT segment_id FROM vigil.segment"
                 " ORDER BY segment_id LIMIT 3) s");
    struct asking_answer answer;

    as_manager(room);
    answer = post(room, "/v1/beats",
                  arena_text(room->d->arena,
                             "{\"org_id\":2,\"code\":\"B1\",\"name\":\"和平路\",\"segments\":%s}",
                             segments));
    asking_expect(&answer, 201, NULL);
    return asking_int(&answer, "/beat_id");
}

static int64_t make_plan(struct asking_room *room, int64_t beat, const char *starts)
{
    const struct asking_answer answer =
        post(room, "/v1/patrol_plans",
             arena_text(room->d->arena,
                        "{\"org_id\":2,\"beat_id\":%lld,\"name\":\"Evening\",\"weekdays\":[1],"
                        "\"starts\":\"%s\",\"length_min\":240}",
                        (long long)beat, starts));

    asking_expect(&answer, 201, NULL);
    return asking_int(&answer, "/plan_id");
}

/* The Mondays of December 2035, opened so many minutes from now; the first day's id. */
static int64_t open_december(struct asking_room *room, int64_t plan, int minutes, int window_s)
{
    struct arena *a = room->d->arena;
    const struct asking_answer answer =
        post_at(room, plan, "patrol_plans", "months",
                arena_text(a, "{\"month\":\"2035-12\",\"opens_at\":\"%s\",\"window_s\":%d}",
                           database_text(room->d, arena_text(a,
                                                             "SELECT vigil.rfc3339(now() + interval"
                                                             " '%d min')",
                                                             minutes)),
                           window_s));

    asking_expect(&answer, 201, NULL);
    assert_int_equal(asking_count(&answer, "/days"), 5);
    return asking_int(&answer, "/days/0");
}

/* A month that is open and drawn already: first come, first served. */
static int64_t open_month(struct asking_room *room)
{
    const int64_t day = open_december(room, make_plan(room, make_beat(room), "20:00"), -5, 0);
    struct fail f = { 0 };

    assert_true(db_script(room->d->db, "UPDATE vigil.patrol_opening SET drawn_at = now()", &f));
    return day;
}

static struct asking_answer claim(struct asking_room *room, int64_t day, int squad)
{
    as_leader(room, squad);
    return post_at(room, day, "patrol_days", "claims",
                   arena_text(room->d->arena, "{\"squad_id\":%d}", squad));
}

static int64_t claim_id(struct asking_room *room, int64_t day, int squad)
{
    const struct asking_answer answer = claim(room, day, squad);

    asking_expect(&answer, 201, NULL);
    return asking_int(&answer, "/claim_id");
}

static void watch_round(struct asking_room *room)
{
    struct watch *w = watch_new(engine_ids(asking_engine(room->asking)));
    struct fail f = { 0 };
    struct db *own = db_open(room->d->address, &f);

    assert_non_null(own);
    assert_true(db_become(own, DB_ENGINE, &f));
    if (!watch_once(w, own, &f))
        fail_msg("%s: %s", fail_word(f.code), f.text);
    watch_free(w);
    db_close(own);
}

/* The day, its claims and their people are moved to begin in so many minutes. */
static void begin_in(struct asking_room *room, int64_t day, int minutes)
{
    struct fail f = { 0 };
    const bool ok = db_script(
        room->d->db,
        arena_text(room->d->arena,
                   "SET session_replication_role = replica;"
                   "UPDATE vigil.patrol_day SET during = tstzrange(now() + interval '%d min',"
                   " now() + interval '%d min'), cutoff_at = now() + interval '%d min'"
                   " WHERE day_id = %lld;"
                   "UPDATE vigil.claim c SET during = d.during FROM vigil.patrol_day d"
                   " WHERE d.day_id = c.day_id AND d.day_id = %lld;"
                   "UPDATE vigil.signup u SET during = c.during FROM vigil.claim c"
                   " WHERE c.claim_id = u.claim_id AND c.day_id = %lld;"
                   "SET session_replication_role = origin;",
                   minutes, minutes + 240, minutes - 60, (long long)day, (long long)day,
                   (long long)day),
        &f);

    assert_true(ok);
}

static int64_t events(struct asking_room *room, const char *like)
{
    return database_int(
        room->d, arena_text(room->d->arena,
                            "SELECT (SELECT count(*) FROM vigil.outbox WHERE data LIKE '%s') +"
                            " (SELECT count(*) FROM vigil.event WHERE data LIKE '%s')",
                            like, like));
}

static void a_beat_is_streets_in_order_and_refuses_what_is_none(void **state)
{
    struct asking_room *room = *state;
    const int64_t beat = make_beat(room);
    struct asking_answer answer = get_at(room, "beats", beat);

    assert_int_equal(asking_count(&answer, "/segments"), 3);
    check_near(asking_number(&answer, "/length_m"), 300, 1);
    answer = asking_send(room->worker, "GET",
                         arena_text(room->d->arena, "/v1/beats/%lld/geojson", (long long)beat),
                         NULL, NULL);
    asking_expect(&answer, 200, NULL);
    assert_string_equal(asking_text(&answer, "/geometry/type"), "MultiLineString");
    assert_int_equal(asking_count(&answer, "/geometry/coordinates"), 3);
    answer = post(room, "/v1/beats",
                  "{\"org_id\":2,\"code\":\"B2\",\"name\":\"x\","
                  "\"segments\":[1,987654321]}");
    asking_expect(&answer, 422, "reference_unknown");
    assert_string_equal(asking_text(&answer, "/pointer"), "/segments/1");
    answer = post(room, "/v1/beats",
                  "{\"org_id\":2,\"code\":\"B1\",\"name\":\"x\","
                  "\"segments\":[1]}");
    asking_expect(&answer, 409, "code_taken");
}

static void who_asks_in_the_window_is_drawn_fairly_and_the_lot_is_told(void **state)
{
    struct asking_room *room = *state;
    const int64_t day = open_december(room, make_plan(room, make_beat(room), "20:00"), 10, 600);
    struct fail f = { 0 };
    struct asking_answer answer;
    int64_t ids[4];

    answer = claim(room, day, 21);
    asking_expect(&answer, 409, "not_open_yet");
    assert_true(db_script(room->d->db, "UPDATE vigil.patrol_opening SET opens_at = now()", &f));
    for (int i = 0; i < 4; i++)
        ids[i] = claim_id(room, day, 21 + i);
    answer = claim(room, day, 21);
    asking_expect(&answer, 409, "claim_again");
    answer = get_at(room, "claims", ids[3]);
    asking_expect(&answer, 404, "not_found"); /* squad 24's, and 21 asks */
    answer = get_at(room, "claims", ids[0]);
    assert_string_equal(asking_text(&answer, "/state"), "asked");
    const int64_t opening = database_int(room->d, "SELECT opening_id FROM vigil.patrol_opening");

    answer = get_at(room, "patrol_openings", opening);
    assert_false(asking_has(&answer, "/seed/x"));
    assert_null(strstr(answer.body, "\"seed\" : \""));
    watch_round(room); /* the window is still open */
    assert_int_equal(
        database_int(room->d, "SELECT count(*) FROM vigil.claim WHERE state <> 'asked'"), 0);
    assert_true(db_script(room->d->db, "UPDATE vigil.patrol_opening SET closes_at = now()", &f));
    watch_round(room);
    watch_round(room);
    assert_int_equal(
        database_int(room->d, "SELECT count(*) FROM vigil.claim WHERE state = 'claimed'"), 1);
    assert_int_equal(
        database_int(room->d, "SELECT count(*) FROM vigil.claim WHERE state = 'waiting'"), 3);
    assert_int_equal(database_int(room->d, "SELECT sum(rank) FROM vigil.claim"), 10);
    assert_int_equal(events(room, "%claim_id%waiting%"), 3);
    answer = get_at(room, "patrol_openings", opening);
    asking_expect(&answer, 200, NULL);
    assert_int_equal(strlen(asking_text(&answer, "/seed")), 64);

    /* Anyone can draw it again. */
    const char *seed =
        database_text(room->d, "SELECT encode(seed, 'hex') FROM vigil.patrol_opening");
    unsigned char bytes[LOT_SEED_BYTES];
    uint64_t last = 0;

    for (int i = 0; i < LOT_SEED_BYTES; i++) {
        unsigned int byte = 0;

        assert_int_equal(sscanf(seed + 2 * i, "%2x", &byte), 1);
        bytes[i] = (unsigned char)byte;
    }
    for (int rank = 1; rank <= 4; rank++) {
        const int64_t squad = database_int(
            room->d,
            arena_text(room->d->arena, "SELECT squad_id FROM vigil.claim WHERE rank = %d", rank));
        const uint64_t lot = lot_draw(bytes, day, squad);

        assert_true(rank == 1 || lot > last);
        last = lot;
    }
}

/* Four squads ask for all five days: nobody gets a second day before everyone who asks
 * has one. */
static void the_draw_gives_a_second_day_to_none_before_all_have_one(void **state)
{
    struct asking_room *room = *state;
    const int64_t first = open_december(room, make_plan(room, make_beat(room), "20:00"), -1, 600);
    struct fail f = { 0 };
    struct asking_answer answer;

    for (int64_t day = first; day < first + 5; day++)
        for (int squad = 21; squad <= 24; squad++)
            (void)claim_id(room, day, squad);
    assert_true(db_script(room->d->db, "UPDATE vigil.patrol_opening SET closes_at = now()", &f));
    watch_round(room);
    as_manager(room);
    answer = asking_send(room->worker, "GET", "/v1/patrol_calendar?month=2035-12", NULL, NULL);
    asking_expect(&answer, 200, NULL);
    assert_int_equal(asking_count(&answer, "/days"), 5);
    assert_string_equal(asking_text(&answer, "/days/0/state"), "claimed");
    assert_int_equal(asking_int(&answer, "/fairness/least"), 1);
    assert_int_equal(asking_int(&answer, "/fairness/most"), 2);
    assert_int_equal(asking_int(&answer, "/shortfall/squads_without_a_day"), 0);
    assert_int_equal(asking_int(&answer, "/shortfall/places_free"), 0);
}

static void a_day_is_given_once_and_who_waits_moves_up(void **state)
{
    struct asking_room *room = *state;
    const int64_t day = open_month(room);
    const int64_t first = claim_id(room, day, 21);
    const int64_t second = claim_id(room, day, 22);
    const int64_t third = claim_id(room, day, 23);
    struct asking_answer answer = get_at(room, "claims", third);

    assert_string_equal(asking_text(&answer, "/state"), "waiting");
    assert_int_equal(asking_int(&answer, "/waiting"), 2);
    answer = post_at(room, first, "claims", "cancel", NULL); /* squad 23 is not squad 21 */
    asking_expect(&answer, 404, "not_found");
    as_leader(room, 21);
    answer = post_at(room, first, "claims", "cancel", NULL);
    asking_expect(&answer, 200, NULL);
    as_leader(room, 22);
    answer = get_at(room, "claims", second);
    assert_string_equal(asking_text(&answer, "/state"), "claimed");
    assert_int_equal(database_int(room->d,
                                  "SELECT count(*) FROM (SELECT people, data FROM vigil.outbox"
                                  " UNION ALL SELECT people, data FROM vigil.event) e"
                                  " WHERE 200 = ANY (people) AND data LIKE '%\"claimed\"%'"),
                     1);
    as_leader(room, 23);
    answer = get_at(room, "claims", third);
    assert_int_equal(asking_int(&answer, "/waiting"), 1);
}

static void a_squad_from_elsewhere_a_member_and_a_stranger_are_refused(void **state)
{
    struct asking_room *room = *state;
    const int64_t day = open_month(room);
    struct asking_answer answer = claim(room, day, 29); /* sees no such day */

    asking_expect(&answer, 404, "not_found");
    as_leader(room, 21); /* not hers to act for */
    answer = post_at(room, day, "patrol_days", "claims", "{\"squad_id\":22}");
    asking_expect(&answer, 404, "squad_unknown");
    asking_as(room->worker, ROLE_VOLUNTEER, 3, 101); /* in the squad, and not its leader */
    answer = post_at(room, day, "patrol_days", "claims", "{\"squad_id\":21}");
    asking_expect(&answer, 404, "squad_unknown");
    as_manager(room); /* of the county: 29 is not below it */
    answer = post_at(room, day, "patrol_days", "claims", "{\"squad_id\":29}");
    asking_expect(&answer, 404, "squad_unknown");
    answer = post_at(room, day, "patrol_days", "claims", "{\"squad_id\":24}");
    asking_expect(&answer, 201, NULL);
}

static void after_the_cut_off_nothing_is_claimed_given_back_or_swapped(void **state)
{
    struct asking_room *room = *state;
    const int64_t day = open_month(room);
    const int64_t mine = claim_id(room, day, 21);
    const int64_t other = claim_id(room, day + 1, 22);
    struct asking_answer answer;

    begin_in(room, day, 30);
    answer = claim(room, day, 23);
    asking_expect(&answer, 409, "cut_off_passed");
    as_leader(room, 21);
    answer = post_at(room, mine, "claims", "cancel", NULL);
    asking_expect(&answer, 409, "cut_off_passed");
    answer = post_at(room, mine, "claims", "swap",
                     arena_text(room->d->arena, "{\"with_claim_id\":%lld}", (long long)other));
    asking_expect(&answer, 409, "cut_off_passed");
}

/* How often a person has been told of a claim in a state. */
static int64_t told(struct asking_room *room, int64_t person_id, int64_t claim_id,
                    const char *state)
{
    return database_int(
        room->d,
        arena_text(room->d->arena,
                   "SELECT count(*) FROM (SELECT people, data FROM vigil.outbox"
                   " UNION ALL SELECT people, data FROM vigil.event) e"
                   " WHERE %lld = ANY (people) AND (data::json ->> 'claim_id')::bigint = %lld"
                   " AND data::json ->> 'state' = '%s'",
                   (long long)person_id, (long long)claim_id, state));
}

static void two_squads_exchange_their_days_when_both_ask(void **state)
{
    struct asking_room *room = *state;
    const int64_t day = open_month(room);
    const int64_t one = claim_id(room, day, 21);
    const int64_t other = claim_id(room, day + 1, 22);
    struct asking_answer answer;

    as_leader(room, 21);
    answer = post_at(room, one, "claims", "swap",
                     arena_text(room->d->arena, "{\"with_claim_id\":%lld}", (long long)other));
    asking_expect(&answer, 200, NULL);
    assert_int_equal(asking_int(&answer, "/swap_with"), other);
    assert_int_equal(told(room, 100, one, "swap_offered"), 1);
    assert_int_equal(told(room, 200, other, "swap_wished"), 1);
    as_leader(room, 22);
    answer = post_at(room, other, "claims", "swap",
                     arena_text(room->d->arena, "{\"with_claim_id\":%lld}", (long long)one));
    asking_expect(&answer, 200, NULL);
    assert_int_equal(asking_int(&answer, "/claim_id"), one);
    assert_int_equal(asking_int(&answer, "/squad_id"), 22);
    assert_int_equal(told(room, 200, one, "swapped"), 1);
    assert_int_equal(told(room, 100, other, "swapped"), 1);
    as_leader(room, 21);
    answer = get_at(room, "claims", other);
    assert_int_equal(asking_int(&answer, "/squad_id"), 21);
    answer = post_at(room, other, "claims", "swap", "{\"with_claim_id\":424242}");
    asking_expect(&answer, 404, "not_found");
}

static void a_squad_is_on_one_beat_at_a_time(void **state)
{
    struct asking_room *room = *state;
    const int64_t day = open_month(room);
    const int64_t beat = database_int(room->d, "SELECT beat_id FROM vigil.beat");
    struct fail f = { 0 };
    struct asking_answer answer;

    as_manager(room);
    const int64_t late = open_december(room, make_plan(room, beat, "22:00"), -5, 0);

    assert_true(db_script(room->d->db,
                          "UPDATE vigil.patrol_opening SET drawn_at = now()"
                          " WHERE drawn_at IS NULL",
                          &f));
    (void)claim_id(room, day, 21);
    answer = claim(room, late, 21);
    asking_expect(&answer, 409, "squad_busy");
    answer = claim(room, late, 22);
    asking_expect(&answer, 201, NULL);
}

static void a_patrol_is_named_confirmed_walked_and_credited(void **state)
{
    struct asking_room *room = *state;
    const int64_t day = open_month(room);
    const int64_t id = claim_id(room, day, 21);
    struct asking_answer answer;
    int64_t signup = 0;

    answer = post_at(room, id, "claims", "confirm", NULL);
    asking_expect(&answer, 409, "squad_size");
    answer = post_at(room, id, "claims", "signups", "{\"person_id\":200}"); /* of squad 22 */
    asking_expect(&answer, 404, "person_unknown");
    for (int person = 100; person < 106; person++) {
        answer = post_at(room, id, "claims", "signups",
                         arena_text(room->d->arena, "{\"person_id\":%d}", person));
        asking_expect(&answer, 201, NULL);
        signup = asking_int(&answer, "/signup_id"); /* of person 105 at last */
    }
    answer = post_at(room, id, "claims", "signups", "{\"person_id\":103}");
    asking_expect(&answer, 409, "person_rostered");
    answer = post_at(room, id, "claims", "confirm", NULL);
    asking_expect(&answer, 200, NULL);
    begin_in(room, day, 10);
    watch_round(room); /* they are named, and none has said she comes */
    watch_round(room);
    assert_int_equal(events(room, "%too_few%"), 1);
    answer = post_at(room, signup, "signups", "check_in", "{\"how\":\"hand\"}"); /* by her leader */
    asking_expect(&answer, 200, NULL);
    assert_int_equal(asking_int(&answer, "/check_in/by_person_id"), 100);
    answer = post_at(room, id, "claims", "start", NULL);
    asking_expect(&answer, 200, NULL);
    begin_in(room, day, -60);
    answer = post_at(room, id, "claims", "finish", NULL);
    asking_expect(&answer, 200, NULL);
    assert_string_equal(asking_text(&answer, "/state"), "finished");
    answer = get_at(room, "signups", signup);
    assert_string_equal(asking_text(&answer, "/state"), "credited");
    assert_int_equal(database_int(room->d, "SELECT count(*) FROM vigil.hours_entry WHERE activity ="
                                           " 'patrol' AND person_id = 105"),
                     1);
    begin_in(room, day, -300);
    watch_round(room);
    as_manager(room);
    answer = get_at(room, "patrol_days", day);
    assert_string_equal(asking_text(&answer, "/state"), "done");
    assert_int_equal(asking_int(&answer, "/report/came"), 1);
}

static void a_patrol_nobody_walks_is_missed(void **state)
{
    struct asking_room *room = *state;
    const int64_t day = open_month(room);

    (void)claim_id(room, day, 21);
    (void)claim_id(room, day, 22);
    begin_in(room, day, -300);
    watch_round(room);
    assert_string_equal(database_text(room->d,
                                      "SELECT string_agg(state, ' ' ORDER BY claim_id) FROM"
                                      " vigil.claim"),
                        "missed cancelled");
    as_manager(room);
    const struct asking_answer answer = get_at(room, "patrol_days", day);

    assert_string_equal(asking_text(&answer, "/state"), "missed");
}

static void no_code_can_give_a_day_away_twice(void **state)
{
    struct asking_room *room = *state;
    const int64_t day = open_month(room);
    struct fail f = { 0 };

    (void)claim_id(room, day, 21);
    (void)claim_id(room, day, 22);
    assert_false(db_script(room->d->db, "UPDATE vigil.claim SET state = 'claimed', place = 1", &f));
    assert_false(db_script(room->d->db, "UPDATE vigil.claim SET state = 'claimed', place = 2", &f));
    assert_false(db_script(room->d->db, "UPDATE vigil.claim SET state = 'confirmed'", &f));
    assert_int_equal(
        database_int(room->d, "SELECT count(*) FROM vigil.claim WHERE place IS NOT NULL"), 1);
}

#define IN_CITY(test) cmocka_unit_test_setup_teardown(test, open_city, close_city)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_CITY(a_beat_is_streets_in_order_and_refuses_what_is_none),
        IN_CITY(who_asks_in_the_window_is_drawn_fairly_and_the_lot_is_told),
        IN_CITY(the_draw_gives_a_second_day_to_none_before_all_have_one),
        IN_CITY(a_day_is_given_once_and_who_waits_moves_up),
        IN_CITY(a_squad_from_elsewhere_a_member_and_a_stranger_are_refused),
        IN_CITY(after_the_cut_off_nothing_is_claimed_given_back_or_swapped),
        IN_CITY(two_squads_exchange_their_days_when_both_ask),
        IN_CITY(a_squad_is_on_one_beat_at_a_time),
        IN_CITY(a_patrol_is_named_confirmed_walked_and_credited),
        IN_CITY(a_patrol_nobody_walks_is_missed),
        IN_CITY(no_code_can_give_a_day_away_twice),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
