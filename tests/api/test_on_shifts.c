/* Shifts from template to hours: who may sign up, one place at a time, coming and
 * going, and the ledger that comes of it. */
#include "tests/support/check_near.h"

#include <stdio.h>
#include <string.h>

#include "engine/engine.h"
#include "engine/ids.h"
#include "engine/shifts.h"
#include "engine/watch.h"
#include "tests/support/asking.h"
#include "tests/support/database.h"

/* The county (2) with a township (3) and its neighbour (4). Ada (11), Bo (12) and Cy
 * (13) are of the township, Dan (14) of the neighbour; the point is in Xuzhou. */
static const char CITY[] =
    "INSERT INTO vigil.org (org_id, parent_id, kind, code, name) VALUES"
    " (2, 1, 'county', 'C', 'County'), (3, 2, 'township', 'T', 'Township'),"
    " (4, 1, 'county', 'N', 'Neighbour');"
    "INSERT INTO vigil.person (person_id, display_name, org_id, on_duty) VALUES"
    " (11, 'Ada', 3, false), (12, 'Bo', 3, false), (13, 'Cy', 3, false), (14, 'Dan', 4, false);"
    "INSERT INTO vigil.lookout_point (lookout_point_id, org_id, code, name, geom)"
    " VALUES (5, 3, 'L5', '云龙瞭望点', ST_SetSRID(ST_MakePoint(117.185, 34.261), 4326));";

static int open_city(void **state)
{
    static struct asking_room room;
    struct fail f = { 0 };

    *state = &room;
    if (asking_open_room(&room, state) != 0)
        return 1;
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

static void as_volunteer(struct asking_room *room, int64_t person_id)
{
    asking_as(room->worker, ROLE_VOLUNTEER, person_id == 14 ? 4 : 3, person_id);
}

static void as_manager(struct asking_room *room)
{
    asking_as(room->worker, ROLE_MANAGER, 3, 0);
}

/* A shift at the point that begins in so many minutes; its id. */
static int64_t shift_in(struct asking_room *room, int minutes, const char *more)
{
    struct arena *a = room->d->arena;
    const char *body = arena_text(
        a,
        "{\"org_id\":3,\"name\":\"Evening\",\"lookout_point_id\":5,\"starts_at\":\"%s\","
        "\"ends_at\":\"%s\",\"needs\":[{\"role\":\"member\",\"min\":1,\"max\":2}]%s}",
        database_text(room->d,
                      arena_text(a, "SELECT vigil.rfc3339(now() + interval '%d min')", minutes)),
        database_text(room->d, arena_text(a, "SELECT vigil.rfc3339(now() + interval '%d min')",
                                          minutes + 120)),
        more);

    as_manager(room);
    const struct asking_answer answer = post(room, "/v1/shifts", body);

    asking_expect(&answer, 201, NULL);
    return asking_int(&answer, "/shift_id");
}

/* By the clock of the database the shift and its sign-ups are moved by so much. */
static void pass(struct asking_room *room, int64_t shift_id, int minutes)
{
    struct fail f = { 0 };
    const bool ok = db_script(
        room->d->db,
        arena_text(room->d->arena,
                   "SET session_replication_role = replica;"
                   "UPDATE vigil.shift SET during = tstzrange(lower(during) - interval '%d min',"
                   " upper(during) - interval '%d min'), cutoff_at = cutoff_at - interval '%d min'"
                   " WHERE shift_id = %lld;"
                   "UPDATE vigil.signup u SET during = s.during FROM vigil.shift s"
                   " WHERE s.shift_id = u.shift_id AND s.shift_id = %lld;"
                   "SET session_replication_role = origin;",
                   minutes, minutes, minutes, (long long)shift_id, (long long)shift_id),
        &f);

    assert_true(ok);
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

static int64_t events(struct asking_room *room, const char *like)
{
    return database_int(
        room->d, arena_text(room->d->arena,
                            "SELECT (SELECT count(*) FROM vigil.outbox WHERE data LIKE '%s') +"
                            " (SELECT count(*) FROM vigil.event WHERE data LIKE '%s')",
                            like, like));
}

static void a_template_makes_the_shifts_of_weeks_that_begin_on_monday(void **state)
{
    struct asking_room *room = *state;
    struct asking_answer answer;
    const char *weeks;

    as_manager(room);
    answer = post(room, "/v1/shift_templates",
                  "{\"org_id\":3,\"name\":\"Night\",\"lookout_point_id\":5,\"weekdays\":[1,6],"
                  "\"starts\":\"20:00\",\"length_min\":240,"
                  "\"needs\":[{\"role\":\"member\",\"min\":1,\"max\":2}]}");
    asking_expect(&answer, 201, NULL);
    weeks = arena_text(room->d->arena, "/v1/shift_templates/%lld/weeks",
                       (long long)asking_int(&answer, "/template_id"));
    answer = post(room, weeks, "{\"from\":\"2030-01-08\"}");
    asking_expect(&answer, 422, "week_not_monday");
    answer = post(room, weeks, "{\"from\":\"2030-01-07\",\"count\":3}");
    asking_expect(&answer, 201, NULL);
    assert_int_equal(asking_int(&answer, "/made"), 6);
    answer = post(room, weeks, "{\"from\":\"2030-01-14\",\"count\":3}");
    assert_int_equal(asking_int(&answer, "/made"), 2); /* only the week that was not there */
    answer = asking_send(room->worker, "GET", "/v1/shifts?from_day=2030-01-07&to_day=2030-01-13",
                         NULL, NULL);
    asking_expect(&answer, 200, NULL);
    assert_int_equal(asking_count(&answer, "/items"), 2);
    assert_string_equal(asking_text(&answer, "/items/0/starts_at"), "2030-01-07T12:00:00.000Z");
    assert_string_equal(asking_text(&answer, "/items/0/ends_at"), "2030-01-07T16:00:00.000Z");
    assert_string_equal(asking_text(&answer, "/items/0/at/name"), "云龙瞭望点");
    assert_string_equal(asking_text(&answer, "/items/1/day"), "2030-01-12");
}

/* In Berlin the clock is put forward on 2030-03-31: a night has seven hours then, and
 * each begins and ends when the clock on the wall says so. */
static void shifts_keep_the_citys_clock_where_it_is_put_forward(void **state)
{
    struct asking_room *room = *state;
    struct ids *ids = ids_new();
    struct fail f = { 0 };
    const struct shifts_plan plan = {
        .id = 900,
        .org_id = 1,
        .name = "Night",
        .lookout_point_id = 5,
        .weekdays = 0x60,
        .starts_min = 22 * 60,
        .length_min = 480,
        .cutoff_min = 60,
        .radius_m = 100,
        .joins = "members",
        .needs = { { "member", 1, 2 } },
        .need_count = 1,
    };
    const struct shifts_weeks week = { 900, "2030-03-25", 1, "Europe/Berlin" };
    const struct db_scope city = { .org_id = 1 };
    struct db *own = db_open(room->d->address, &f);
    int64_t made = 0;

    assert_true(db_become(own, DB_APP, &f));
    db_scope(own, &city);
    assert_true(db_begin(own, &f) && shifts_add_template(own, &plan, room->d->arena, &f) &&
                shifts_make_weeks(own, ids, &week, room->d->arena, &made, &f) &&
                db_commit(own, &f));
    assert_int_equal(made, 2);
    assert_string_equal(
        database_text(room->d, "SELECT string_agg(vigil.rfc3339(lower(during)) || ' ' ||"
                               " extract(epoch FROM upper(during) - lower(during)) / 3600, ', '"
                               " ORDER BY day) FROM vigil.shift WHERE template_id = 900"),
        "2030-03-30T21:00:00.000Z 7.0000000000000000, 2030-03-31T20:00:00.000Z 8.0000000000000000");
    db_close(own);
    ids_free(ids);
}

static void a_shift_that_makes_no_sense_is_refused(void **state)
{
    static const struct {
        const char *body, *code;
    } CASES[] = {
        { "{\"org_id\":3,\"name\":\"x\",\"weekdays\":[1],\"starts\":\"20:00\",\"length_min\":60,"
          "\"needs\":[{\"role\":\"member\",\"min\":1,\"max\":2}]}",
          "value_not_allowed" },
        { "{\"org_id\":3,\"name\":\"x\",\"lookout_point_id\":5,\"squad_id\":6,\"weekdays\":[1],"
          "\"starts\":\"20:00\",\"length_min\":60,\"needs\":[{\"role\":\"member\",\"min\":1,"
          "\"max\":2}]}",
          "value_not_allowed" },
        { "{\"org_id\":3,\"name\":\"x\",\"lookout_point_id\":5,\"weekdays\":[8],"
          "\"starts\":\"20:00\",\"length_min\":60,\"needs\":[{\"role\":\"member\",\"min\":1,"
          "\"max\":2}]}",
          "value_out_of_range" },
        { "{\"org_id\":3,\"name\":\"x\",\"lookout_point_id\":5,\"weekdays\":[1],"
          "\"starts\":\"24:00\",\"length_min\":60,\"needs\":[{\"role\":\"member\",\"min\":1,"
          "\"max\":2}]}",
          "time_malformed" },
        { "{\"org_id\":3,\"name\":\"x\",\"lookout_point_id\":5,\"weekdays\":[1],"
          "\"starts\":\"20:00\",\"length_min\":60,\"needs\":[{\"role\":\"member\",\"min\":3,"
          "\"max\":2}]}",
          "value_out_of_range" },
        { "{\"org_id\":3,\"name\":\"x\",\"lookout_point_id\":5,\"weekdays\":[1],"
          "\"starts\":\"20:00\",\"length_min\":60,\"needs\":[{\"role\":\"a\",\"min\":1,\"max\":2},"
          "{\"role\":\"a\",\"min\":1,\"max\":2}]}",
          "code_repeated" },
        { "{\"org_id\":3,\"name\":\"x\",\"lookout_point_id\":777,\"weekdays\":[1],"
          "\"starts\":\"20:00\",\"length_min\":60,\"needs\":[{\"role\":\"a\",\"min\":1,"
          "\"max\":2}]}",
          "reference_unknown" },
        { "{\"org_id\":4,\"name\":\"x\",\"lookout_point_id\":5,\"weekdays\":[1],"
          "\"starts\":\"20:00\",\"length_min\":60,\"needs\":[{\"role\":\"a\",\"min\":1,"
          "\"max\":2}]}",
          "reference_unknown" },
    };
    struct asking_room *room = *state;

    as_manager(room);
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        const struct asking_answer answer = post(room, "/v1/shift_templates", CASES[i].body);

        asking_expect(&answer, 422, CASES[i].code);
    }
    assert_int_equal(database_int(room->d, "SELECT count(*) FROM vigil.shift_template"), 0);
}

static void a_volunteer_signs_up_where_she_belongs_and_nowhere_else(void **state)
{
    struct asking_room *room = *state;
    const int64_t shift = shift_in(room, 3000, "");
    struct asking_answer answer;

    as_volunteer(room, 11);
    answer = post_at(room, shift, "shifts", "signups", "{}");
    asking_expect(&answer, 201, NULL);
    assert_string_equal(asking_text(&answer, "/state"), "approved");
    assert_int_equal(asking_int(&answer, "/person_id"), 11);
    answer = post_at(room, shift, "shifts", "signups", "{\"person_id\":12}");
    asking_expect(&answer, 404, "person_unknown");
    answer = asking_send(room->worker, "GET", "/v1/me/shifts", NULL, NULL);
    assert_int_equal(asking_count(&answer, "/items"), 1);

    as_volunteer(room, 14); /* of the neighbour: there is no such shift */
    answer = post_at(room, shift, "shifts", "signups", "{}");
    asking_expect(&answer, 404, "not_found");
    answer = asking_send(room->worker, "GET", "/v1/me/shifts", NULL, NULL);
    assert_int_equal(asking_count(&answer, "/items"), 0);

    asking_as(room->worker, ROLE_MANAGER, 4, 0);
    answer = asking_send(room->worker, "GET",
                         arena_text(room->d->arena, "/v1/shifts/%lld/signups", (long long)shift),
                         NULL, NULL);
    asking_expect(&answer, 404, "not_found");
}

static void nobody_is_in_two_places_and_no_role_has_too_many(void **state)
{
    struct asking_room *room = *state;
    const int64_t one = shift_in(room, 3000, "");
    const int64_t other = shift_in(room, 3060, "");
    const int64_t after = shift_in(room, 3120, "");
    struct asking_answer answer;

    as_volunteer(room, 11);
    answer = post_at(room, one, "shifts", "signups", "{}");
    asking_expect(&answer, 201, NULL);
    const int64_t first = asking_int(&answer, "/signup_id");

    answer = post_at(room, other, "shifts", "signups", "{}");
    asking_expect(&answer, 409, "person_rostered");
    answer = post_at(room, after, "shifts", "signups", "{}"); /* it begins as the first ends */
    asking_expect(&answer, 201, NULL);
    as_volunteer(room, 12);
    answer = post_at(room, one, "shifts", "signups", "{}");
    asking_expect(&answer, 201, NULL);
    as_volunteer(room, 13);
    answer = post_at(room, one, "shifts", "signups", "{}");
    asking_expect(&answer, 409, "role_full");
    answer = post_at(room, one, "shifts", "signups", "{\"role\":\"pilot\"}");
    asking_expect(&answer, 422, "value_not_allowed");

    as_volunteer(room, 11); /* who gives her place back makes room and is free */
    answer = post_at(room, first, "signups", "cancel", NULL);
    asking_expect(&answer, 200, NULL);
    as_volunteer(room, 13);
    answer = post_at(room, one, "shifts", "signups", "{}");
    asking_expect(&answer, 201, NULL);
}

static void approval_is_an_organisers_and_the_cut_off_holds(void **state)
{
    struct asking_room *room = *state;
    const int64_t shift = shift_in(room, 1000, ",\"approval\":true,\"cutoff_min\":720");
    struct asking_answer answer;

    as_volunteer(room, 11);
    answer = post_at(room, shift, "shifts", "signups", "{}");
    asking_expect(&answer, 201, NULL);
    assert_string_equal(asking_text(&answer, "/state"), "requested");
    const int64_t id = asking_int(&answer, "/signup_id");

    answer = post_at(room, id, "signups", "approve", NULL);
    asking_expect(&answer, 403, NULL);
    answer = post_at(room, id, "signups", "confirm", NULL);
    asking_expect(&answer, 409, "signup_state");
    as_volunteer(room, 12); /* what is another's is not there */
    answer = post_at(room, id, "signups", "cancel", NULL);
    asking_expect(&answer, 404, "not_found");
    as_manager(room);
    answer = post_at(room, id, "signups", "approve", NULL);
    asking_expect(&answer, 200, NULL);
    as_volunteer(room, 11);
    answer = post_at(room, id, "signups", "confirm", NULL);
    asking_expect(&answer, 200, NULL);
    assert_string_equal(asking_text(&answer, "/state"), "confirmed");
    pass(room, shift, 300); /* ten hours before: too late to cancel by oneself */
    answer = post_at(room, id, "signups", "cancel", NULL);
    asking_expect(&answer, 409, "cut_off_passed");
    as_manager(room);
    answer = post_at(room, id, "signups", "cancel", NULL);
    asking_expect(&answer, 200, NULL);
}

static void a_place_is_offered_and_taken_by_whom_it_is_offered_to(void **state)
{
    struct asking_room *room = *state;
    const int64_t shift = shift_in(room, 3000, "");
    struct asking_answer answer;

    as_volunteer(room, 11);
    answer = post_at(room, shift, "shifts", "signups", "{}");
    const int64_t id = asking_int(&answer, "/signup_id");

    as_volunteer(room, 12);
    answer = post_at(room, id, "signups", "take", "{}");
    asking_expect(&answer, 404, "not_found"); /* not offered: not seen */
    as_volunteer(room, 11);
    answer = post_at(room, id, "signups", "swap", "{\"to_person_id\":12}");
    asking_expect(&answer, 200, NULL);
    assert_int_equal(asking_int(&answer, "/swap/to_person_id"), 12);
    as_volunteer(room, 13);
    answer = post_at(room, id, "signups", "take", "{}");
    asking_expect(&answer, 404, "not_found");
    as_volunteer(room, 12);
    answer = post_at(room, id, "signups", "take", "{}");
    asking_expect(&answer, 201, NULL);
    assert_int_equal(asking_int(&answer, "/person_id"), 12);
    assert_int_equal(asking_int(&answer, "/swapped_from"), id);
    as_volunteer(room, 11);
    answer = asking_send(room->worker, "GET",
                         arena_text(room->d->arena, "/v1/signups/%lld", (long long)id), NULL, NULL);
    assert_string_equal(asking_text(&answer, "/state"), "swapped");
    answer = post_at(room, id, "signups", "take", "{}");
    asking_expect(&answer, 409, "swap_not_offered");
}

static void checking_in_by_code_and_out_by_place_books_the_hours(void **state)
{
    struct asking_room *room = *state;
    const int64_t shift = shift_in(room, 60, "");
    struct arena *a = room->d->arena;
    struct asking_answer answer;

    as_volunteer(room, 11);
    answer = post_at(room, shift, "shifts", "signups", "{}");
    const int64_t id = asking_int(&answer, "/signup_id");

    answer = post_at(room, id, "signups", "check_in", "{\"how\":\"qr\",\"code\":\"AAAAAAAA\"}");
    asking_expect(&answer, 409, "check_in_time");
    pass(room, shift, 70); /* ten minutes late */
    answer = post_at(room, id, "signups", "check_in", "{\"how\":\"qr\",\"code\":\"AAAAAAAA\"}");
    asking_expect(&answer, 409, "check_in_refused");
    answer = post_at(room, id, "signups", "check_in", "{\"how\":\"qr\"}");
    asking_expect(&answer, 422, "key_missing");
    answer = post_at(room, id, "signups", "check_in", "{\"how\":\"hand\"}");
    asking_expect(&answer, 409, "check_in_refused");
    as_manager(room);
    answer = asking_send(room->worker, "GET",
                         arena_text(a, "/v1/shifts/%lld/code", (long long)shift), NULL, NULL);
    asking_expect(&answer, 200, NULL);
    const char *code = arena_text(a, "%s", asking_text(&answer, "/code"));

    assert_int_equal(strlen(code), 8);
    as_volunteer(room, 11);
    answer = post_at(room, id, "signups", "check_in",
                     arena_text(a, "{\"how\":\"qr\",\"code\":\"%s\"}", code));
    asking_expect(&answer, 200, NULL);
    assert_string_equal(asking_text(&answer, "/check_in/how"), "qr");
    assert_int_equal(asking_int(&answer, "/late_min"), 10);
    assert_int_equal(
        database_int(room->d, "SELECT on_duty::int FROM vigil.person WHERE person_id = 11"), 1);
    pass(room, shift, 0);
    answer = post_at(room, id, "signups", "check_out",
                     "{\"how\":\"geofence\",\"place\":{\"lon\":117.19,\"lat\":34.261,"
                     "\"frame\":\"wgs84\"}}");
    asking_expect(&answer, 409, "check_in_refused"); /* 460 m away */
    answer = post_at(room, id, "signups", "check_out",
                     "{\"how\":\"geofence\",\"place\":{\"lon\":117.1853,\"lat\":34.261,"
                     "\"frame\":\"wgs84\"}}");
    asking_expect(&answer, 200, NULL);
    assert_string_equal(asking_text(&answer, "/state"), "credited");
    assert_int_equal(asking_int(&answer, "/check_out/distance_m"), 27);
    assert_int_equal(
        database_int(room->d, "SELECT on_duty::int FROM vigil.person WHERE person_id = 11"), 0);
    answer = asking_send(room->worker, "GET", "/v1/me/hours", NULL, NULL);
    assert_int_equal(asking_count(&answer, "/items"), 1);
    assert_string_equal(asking_text(&answer, "/items/0/evidence/in_how"), "qr");
    assert_string_equal(asking_text(&answer, "/items/0/evidence/out_how"), "geofence");
    answer = post_at(room, id, "signups", "check_out", "{\"how\":\"hand\"}");
    asking_expect(&answer, 409, "signup_state");
}

static void a_shift_is_told_of_once_when_too_few_come_and_ends_with_a_report(void **state)
{
    struct asking_room *room = *state;
    const int64_t shift = shift_in(room, 300, "");
    struct asking_answer answer;
    int64_t ids[2];

    for (int i = 0; i < 2; i++) {
        as_manager(room);
        answer = post_at(room, shift, "shifts", "signups",
                         arena_text(room->d->arena, "{\"person_id\":%d}", 11 + i));
        asking_expect(&answer, 201, NULL);
        ids[i] = asking_int(&answer, "/signup_id");
    }
    watch_round(room);
    assert_int_equal(events(room, "%too_few%"), 0); /* five hours are left */
    pass(room, shift, 290);
    watch_round(room);
    watch_round(room); /* as after a restart: the row remembers */
    assert_int_equal(events(room, "%too_few%"), 1);
    answer = post_at(room, ids[0], "signups", "check_in", "{\"how\":\"hand\",\"note\":\"seen\"}");
    asking_expect(&answer, 200, NULL);
    pass(room, shift, 120);
    watch_round(room);
    assert_int_equal(database_int(room->d, "SELECT count(*) FROM vigil.hours_entry"), 0);
    pass(room, shift, 40); /* over for half an hour, and she has not gone */
    watch_round(room);
    answer =
        asking_send(room->worker, "GET",
                    arena_text(room->d->arena, "/v1/shifts/%lld", (long long)shift), NULL, NULL);
    assert_string_equal(asking_text(&answer, "/state"), "ended");
    assert_int_equal(asking_int(&answer, "/report/came"), 1);
    assert_int_equal(asking_int(&answer, "/report/no_show"), 1);
    assert_int_equal(asking_int(&answer, "/report/left_open"), 1);
    answer =
        asking_send(room->worker, "GET",
                    arena_text(room->d->arena, "/v1/signups/%lld", (long long)ids[0]), NULL, NULL);
    assert_string_equal(asking_text(&answer, "/check_out/how"), "auto");
    assert_string_equal(asking_text(&answer, "/state"), "credited");
    assert_int_equal(
        database_int(room->d, "SELECT count(*) FROM vigil.signup WHERE state = 'no_show'"), 1);
}

static void an_expired_credential_keeps_her_from_signing_up(void **state)
{
    struct asking_room *room = *state;
    const int64_t shift = shift_in(room, 3000, "");
    struct fail f = { 0 };
    struct asking_answer answer;

    assert_true(db_script(room->d->db,
                          "UPDATE vigil.person SET credential_until = now() - interval"
                          " '1 day' WHERE person_id = 11",
                          &f));
    as_volunteer(room, 11);
    answer = post_at(room, shift, "shifts", "signups", "{}");
    asking_expect(&answer, 409, "credential_expired");
}

static void a_shift_that_is_called_off_frees_who_had_signed_up(void **state)
{
    struct asking_room *room = *state;
    const int64_t shift = shift_in(room, 3000, "");
    const char *path = arena_text(room->d->arena, "/v1/shifts/%lld", (long long)shift);
    struct asking_answer answer;

    as_volunteer(room, 11);
    answer = post_at(room, shift, "shifts", "signups", "{}");
    asking_expect(&answer, 201, NULL);
    as_manager(room);
    answer = asking_send(room->worker, "DELETE", path, NULL, NULL);
    asking_expect(&answer, 204, NULL);
    assert_int_equal(
        database_int(room->d, "SELECT count(*) FROM vigil.signup WHERE state = 'cancelled'"), 1);
    assert_int_equal(events(room, "%\"state\":\"cancelled\"%"), 1);
    as_volunteer(room, 12);
    answer = post_at(room, shift, "shifts", "signups", "{}");
    asking_expect(&answer, 409, "shift_over");
}

static void an_entry_of_the_ledger_is_taken_back_and_never_edited(void **state)
{
    struct asking_room *room = *state;
    const int64_t shift = shift_in(room, 10, "");
    struct fail f = { 0 };
    struct asking_answer answer;

    answer = post_at(room, shift, "shifts", "signups", "{\"person_id\":11}");
    const int64_t id = asking_int(&answer, "/signup_id");

    answer = post_at(room, id, "signups", "check_in", "{\"how\":\"hand\"}");
    asking_expect(&answer, 200, NULL);
    pass(room, shift, 70);
    answer = post_at(room, id, "signups", "check_out", "{\"how\":\"hand\"}");
    asking_expect(&answer, 200, NULL);
    const int64_t entry = database_int(room->d, "SELECT entry_id FROM vigil.hours_entry");

    answer = post_at(room, entry, "hours", "reverse", "{\"reason\":\"left early\",\"minutes\":45}");
    asking_expect(&answer, 201, NULL);
    assert_int_equal(asking_int(&answer, "/correction/minutes"), 45);
    const int64_t reversal = asking_int(&answer, "/reversal/entry_id");

    answer = post_at(room, entry, "hours", "reverse", "{\"reason\":\"again\"}");
    asking_expect(&answer, 409, "entry_reversed");
    answer = post_at(room, reversal, "hours", "reverse", "{\"reason\":\"back again\"}");
    asking_expect(&answer, 409, "entry_reversed");
    answer = asking_send(room->worker, "GET", "/v1/people/11/hours", NULL, NULL);
    assert_int_equal(asking_int(&answer, "/minutes"), 45);
    assert_int_equal(asking_int(&answer, "/entries"), 3);
    assert_int_equal(
        database_int(room->d, "SELECT count(*) FROM vigil.audit WHERE action = 'hours_reversed'"),
        1);
    assert_false(db_script(room->d->db, "UPDATE vigil.hours_entry SET minutes = 999", &f));
    assert_false(db_script(room->d->db, "DELETE FROM vigil.hours_entry", &f));
    assert_false(db_script(room->d->db, "TRUNCATE vigil.hours_entry", &f));
    assert_false(db_script(room->d->db, "UPDATE vigil.checkin SET how = 'qr'", &f));
    answer = asking_send(room->worker, "GET", "/v1/hours/export", NULL, NULL);
    asking_expect(&answer, 200, NULL);
    assert_non_null(strstr(answer.body, ",reversal,shift,"));
    as_volunteer(room, 11);
    answer = post_at(room, reversal, "hours", "reverse", "{\"reason\":\"x\"}");
    asking_expect(&answer, 403, NULL);
    answer = asking_send(room->worker, "GET", "/v1/me/balance", NULL, NULL);
    assert_int_equal(asking_int(&answer, "/minutes"), 45);
    as_volunteer(room, 12);
    answer =
        asking_send(room->worker, "GET",
                    arena_text(room->d->arena, "/v1/hours/%lld", (long long)entry), NULL, NULL);
    asking_expect(&answer, 404, "not_found");
}

#define IN_CITY(test) cmocka_unit_test_setup_teardown(test, open_city, close_city)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_CITY(a_template_makes_the_shifts_of_weeks_that_begin_on_monday),
        IN_CITY(shifts_keep_the_citys_clock_where_it_is_put_forward),
        IN_CITY(a_shift_that_makes_no_sense_is_refused),
        IN_CITY(a_volunteer_signs_up_where_she_belongs_and_nowhere_else),
        IN_CITY(nobody_is_in_two_places_and_no_role_has_too_many),
        IN_CITY(approval_is_an_organisers_and_the_cut_off_holds),
        IN_CITY(a_place_is_offered_and_taken_by_whom_it_is_offered_to),
        IN_CITY(checking_in_by_code_and_out_by_place_books_the_hours),
        IN_CITY(a_shift_is_told_of_once_when_too_few_come_and_ends_with_a_report),
        IN_CITY(an_expired_credential_keeps_her_from_signing_up),
        IN_CITY(a_shift_that_is_called_off_frees_who_had_signed_up),
        IN_CITY(an_entry_of_the_ledger_is_taken_back_and_never_edited),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
