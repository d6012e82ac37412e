/* Tests of engine/archive.c: no fix is lost or doubled on its way from rows to hours, to
 * incidents, to coarse hours, and out. */
#include "engine/archive.h"

#include <string.h>

#include "engine/clock.h"
#include "engine/erasure.h"
#include "geo/track.h"
#include "tests/support/check_near.h"
#include "tests/support/database.h"

static const struct archive_patience PATIENT = { NULL, NULL };
static const int64_t HOUR_US = INT64_C(3600000000);
enum { EVERY_S = 10, PEOPLE = 3 };

static void run(struct database *d, const char *sql)
{
    struct fail f = { 0 };

    if (!db_script(d->db, sql, &f))
        fail_msg("%s: %s", fail_word(f.code), f.text);
}

static int open_city(void **state)
{
    database_setup(state);
    run(*state,
        "INSERT INTO vigil.person (person_id, display_name, mode, org_id, on_duty, "
        "location_consent)"
        " SELECT i, 'p' || i, 'foot', 1, true, true FROM generate_series(1, 3) i;"
        /* Makes the partition of an hour so many hours ago and fills it: three people, a fix
         * every ten seconds, all but the first of each sent twice. */
        "CREATE FUNCTION public.filled_hour(ago integer) RETURNS bigint LANGUAGE plpgsql AS $$"
        " DECLARE h bigint := (floor(extract(epoch FROM now()) / 3600)::bigint - ago) * 3600000000;"
        " BEGIN EXECUTE format('CREATE TABLE vigil.%I PARTITION OF vigil.position_history"
        "  FOR VALUES FROM (%s) TO (%s)', vigil.position_partition(h), h, h + 3600000000);"
        " INSERT INTO vigil.position_history"
        "  SELECT p, 1171850000 + i * 300, 342610000 - i * 90, CASE WHEN i % 5 > 0 THEN 50 END, "
        "120,"
        "   h + i * 10000000::bigint, h + i * 10000000::bigint + 700000, CASE WHEN i = 9 THEN 1 "
        "ELSE 0 END"
        "  FROM generate_series(1, 3) p, generate_series(0, 359) i, generate_series(1, 2) twice"
        "  WHERE i > 0 OR twice = 1;"
        " RETURN h; END $$");
    return 0;
}

static int64_t hour(struct database *d, int ago)
{
    return database_int(d, arena_text(d->arena, "SELECT public.filled_hour(%d)", ago));
}

static int64_t pack(struct database *d)
{
    struct fail f = { 0 };
    int64_t hours = 0;

    if (!archive_pack(d->db, ARCHIVE_GRACE_S, &PATIENT, &hours, &f))
        fail_msg("%s: %s", fail_word(f.code), f.text);
    return hours;
}

static int64_t raw(struct database *d)
{
    return database_int(d, "SELECT count(*) FROM vigil.position_history");
}

static int64_t packed(struct database *d)
{
    return database_int(d, "SELECT coalesce(sum(fix_count), 0) FROM vigil.track_hour");
}

/* A person's track out of one table's bytes, by hand. */
static int32_t unpack(struct database *d, const char *hex_sql, struct track_fix **out)
{
    const char *hex = database_text(d, hex_sql);
    const size_t size = strlen(hex) / 2;
    unsigned char *bytes = arena_take(d->arena, size + 1, 1);
    struct fail f = { 0 };
    int32_t count;

    for (size_t i = 0; i < size; i++) {
        static const char DIGITS[] = "0123456789abcdef";

        bytes[i] = (unsigned char)((strchr(DIGITS, hex[2 * i]) - DIGITS) * 16 +
                                   (strchr(DIGITS, hex[2 * i + 1]) - DIGITS));
    }
    if (!track_decode(d->arena, bytes, size, out, &count, &f))
        fail_msg("%s", f.text);
    return count;
}

static void an_hour_becomes_a_row_a_person_with_every_fix_once(void **state)
{
    struct database *d = *state;
    const int64_t at_us = hour(d, 2);
    struct track_fix *fixes;

    assert_int_equal(raw(d), PEOPLE * (2 * 360 - 1));
    assert_int_equal(pack(d), 1);
    assert_int_equal(raw(d), 0);
    assert_int_equal(packed(d), PEOPLE * 360);
    assert_int_equal(database_int(d, "SELECT count(*) FROM vigil.track_hour"), PEOPLE);
    assert_int_equal(
        unpack(d, "SELECT encode(fixes, 'hex') FROM vigil.track_hour WHERE person_id = 2", &fixes),
        360);
    for (int32_t i = 0; i < 360; i++) {
        assert_int_equal(fixes[i].fix_us, at_us + i * INT64_C(10000000));
        assert_int_equal(fixes[i].at.lon, 1171850000 + i * 300);
        assert_int_equal(fixes[i].at.lat, 342610000 - i * 90);
        assert_int_equal(fixes[i].accuracy_dm, i % 5 > 0 ? 50 : -1);
        assert_int_equal(fixes[i].speed_cms, 120);
        assert_int_equal(fixes[i].flags, i == 9);
    }
    assert_int_equal(database_int(d, "SELECT count(*) FROM vigil.position_hours()"), 0);
    assert_int_equal(pack(d), 0); /* once */
    assert_int_equal(packed(d), PEOPLE * 360);
}

static void the_hour_under_way_and_one_just_over_are_left_alone(void **state)
{
    struct database *d = *state;
    struct fail f = { 0 };
    int64_t hours = 0;

    hour(d, 0);
    hour(d, 1);
    assert_true(archive_pack(d->db, 3600, &PATIENT, &hours, &f));
    assert_int_equal(hours, 0);
    assert_int_equal(packed(d), 0);
}

static bool no_more(void *self)
{
    int *left = self;

    return (*left)-- > 0;
}

static void work_that_was_cut_off_is_gone_on_with(void **state)
{
    struct database *d = *state;
    struct fail f = { 0 };
    int64_t hours = 0;
    const int64_t at_us = hour(d, 2);

    /* As when two of three slices had been packed and the process was killed. */
    run(d, arena_text(d->arena,
                      "SELECT vigil.track_open(%lld);"
                      "UPDATE vigil.track_state SET slices = 3",
                      (long long)at_us));
    for (int left = 2; left <= 4; left++) {
        int asked = left;
        const struct archive_patience wait = { no_more, &asked };

        assert_true(archive_pack(d->db, ARCHIVE_GRACE_S, &wait, &hours, &f));
    }
    assert_int_equal(pack(d) + hours, 1);
    assert_int_equal(raw(d), 0);
    assert_int_equal(packed(d), PEOPLE * 360);
}

/* The control: had the hour been dropped as it was read, this fix would be gone. */
static void what_comes_while_an_hour_is_packed_is_not_lost(void **state)
{
    struct database *d = *state;
    const int64_t at_us = hour(d, 2);

    run(d, arena_text(d->arena, "SELECT vigil.track_open(%lld)", (long long)at_us));
    run(d, "UPDATE vigil.track_state SET done = 1, fixes = 2157"); /* all that was there */
    run(d, arena_text(d->arena,
                      "INSERT INTO vigil.position_history VALUES (1, 7, 7, 1, 1, %lld, %lld, 0)",
                      (long long)at_us + 1, (long long)at_us + 1));
    assert_int_equal(pack(d), 0); /* it is begun again instead */
    assert_int_equal(raw(d), PEOPLE * (2 * 360 - 1) + 1);
    assert_int_equal(pack(d), 1);
    assert_int_equal(raw(d), 0);
    assert_int_equal(packed(d), PEOPLE * 360 + 1);
}

static void what_comes_after_its_hour_was_packed_joins_it(void **state)
{
    struct database *d = *state;
    const int64_t at_us = hour(d, 3);

    assert_int_equal(pack(d), 1);
    run(d, arena_text(d->arena,
                      "INSERT INTO vigil.position_history VALUES (1, 7, 7, 1, 1, %lld, %lld, 0),"
                      " (9, 7, 7, 1, 1, %lld, %lld, 0)",
                      (long long)at_us + 5, (long long)at_us + 5, (long long)at_us + 6,
                      (long long)at_us + 6));
    assert_int_equal(database_int(d, "SELECT count(*) FROM vigil.position_history_default"), 2);
    assert_int_equal(pack(d), 1);
    assert_int_equal(raw(d), 0);
    assert_int_equal(packed(d), PEOPLE * 360 + 2);
    assert_int_equal(
        database_int(d, "SELECT count(*) FROM vigil.track_hour WHERE person_id = 1 AND part = 1"),
        1);
    assert_int_equal(pack(d), 0);
}

static void a_day_later_an_hour_is_coarse_and_its_file_holds_nothing_exact(void **state)
{
    struct database *d = *state;
    struct track_fix *fixes;
    struct fail f = { 0 };
    int64_t hours = 0;
    const int64_t at_us = hour(d, 26);
    const char *file = arena_text(d->arena,
                                  "SELECT pg_relation_filenode('vigil.' ||"
                                  " vigil.track_partition(%lld))",
                                  (long long)at_us);

    hour(d, 3);
    assert_int_equal(pack(d), 2);
    const int64_t before = database_int(d, file);

    assert_true(archive_coarsen(d->db, 24, &PATIENT, &hours, &f));
    assert_int_equal(hours, 1);
    assert_true(database_int(d, file) != before); /* another file: TRUNCATE */
    assert_int_equal(database_int(d, "SELECT count(*) FROM vigil.track_state WHERE coarse"), 1);
    const int32_t count =
        unpack(d,
               arena_text(d->arena,
                          "SELECT encode(fixes, 'hex') FROM vigil.track_hour WHERE person_id = 3"
                          " AND hour_us = %lld",
                          (long long)at_us),
               &fixes);

    assert_int_equal(count, 60); /* a fix a minute */
    for (int32_t i = 0; i < count; i++) {
        assert_int_equal(fixes[i].fix_us % TRACK_COARSE_US, 0);
        assert_int_equal(fixes[i].at.lon % TRACK_COARSE_E7, TRACK_COARSE_E7 / 2);
        assert_int_equal(fixes[i].speed_cms, -1);
    }
    hours = 0;
    assert_true(archive_coarsen(d->db, 24, &PATIENT, &hours, &f));
    assert_int_equal(hours, 0);
    /* What joins it later is coarse as well. */
    run(d, arena_text(d->arena,
                      "INSERT INTO vigil.position_history VALUES (8, 7, 7, 1, 1, %lld, %lld, 0)",
                      (long long)at_us + 6, (long long)at_us + 6));
    assert_int_equal(pack(d), 1);
    unpack(d, "SELECT encode(fixes, 'hex') FROM vigil.track_hour WHERE person_id = 8", &fixes);
    assert_int_equal(fixes[0].at.lon, TRACK_COARSE_E7 / 2);
}

static void hours_go_to_the_hour(void **state)
{
    struct database *d = *state;

    hour(d, 49);
    hour(d, 48);
    hour(d, 3);
    assert_int_equal(pack(d), 3);
    hour(d, 50);
    assert_int_equal(database_int(d, "SELECT vigil.position_history_expire(48)"), 2);
    assert_int_equal(raw(d), 0);
    assert_int_equal(packed(d), 2 * PEOPLE * 360);
    assert_int_equal(database_int(d, "SELECT count(*) FROM vigil.track_state"), 2);
    assert_int_equal(database_int(d, "SELECT vigil.position_history_expire(47)"), 1);
    assert_int_equal(packed(d), PEOPLE * 360);
}

/* Person 1 accepts 600 s into the hour and is cleared 1,800 s into it; 2 is sent and never
 * accepts. */
static void send(struct database *d, int64_t at_us)
{
    run(d, "INSERT INTO vigil.incident (incident_id, org_id, type, priority, geom) VALUES"
           " (5, 1, 'help', 3, ST_SetSRID(ST_MakePoint(117, 34), 4326));"
           "INSERT INTO vigil.dispatch (dispatch_id, incident_id, org_id, expires_at)"
           " VALUES (6, 5, 1, now());"
           "INSERT INTO vigil.dispatch_person (dispatch_id, person_id, incident_id, org_id, "
           "expires_at)"
           " VALUES (6, 1, 5, 1, now()), (6, 2, 5, 1, now());"
           "UPDATE vigil.dispatch_person SET state = 'accepted' WHERE person_id = 1;"
           "UPDATE vigil.dispatch_person SET state = 'cleared' WHERE person_id = 1;"
           "UPDATE vigil.dispatch_person SET state = 'declined' WHERE person_id = 2");
    run(d, arena_text(d->arena, "UPDATE vigil.incident_track SET from_us = %lld, until_us = %lld",
                      (long long)at_us + 600000000, (long long)at_us + 1800000000));
}

static int64_t copy(struct database *d)
{
    struct fail f = { 0 };
    int64_t tracks = 0;

    if (!archive_copy(d->db, &PATIENT, &tracks, &f))
        fail_msg("%s: %s", fail_word(f.code), f.text);
    return tracks;
}

static void an_incident_keeps_the_tracks_of_those_who_went(void **state)
{
    struct database *d = *state;
    const int64_t at_us = hour(d, 2);
    struct track_fix *fixes;

    send(d, at_us);
    assert_int_equal(database_int(d, "SELECT count(*) FROM vigil.incident_track"), 1);
    assert_int_equal(copy(d), 0); /* not before her hour is packed */
    pack(d);
    run(d, "SELECT vigil.position_history_ahead('1 hour')");
    assert_int_equal(copy(d), 1);
    assert_int_equal(copy(d), 0);
    const int32_t count = unpack(
        d, "SELECT encode(fixes, 'hex') FROM vigil.incident_track WHERE person_id = 1", &fixes);

    assert_int_equal(count, 121); /* from 600 s to 1,800 s, both included */
    assert_int_equal(fixes[0].fix_us, at_us + 600000000);
    assert_int_equal(fixes[120].fix_us, at_us + 1800000000);
    assert_int_equal(database_int(d, "SELECT vigil.position_history_expire(1)"), 1);
    assert_int_equal(packed(d), 0);
    assert_int_equal(database_int(d, "SELECT sum(fix_count) FROM vigil.incident_track"), 121);
    /* It moves with the incident. */
    run(d, "INSERT INTO vigil.org (org_id, parent_id, kind, code, name) VALUES"
           " (2, 1, 'county', 'x', 'x');"
           "UPDATE vigil.dispatch_person SET org_id = 2");
    assert_int_equal(database_int(d, "SELECT org_id FROM vigil.incident_track"), 2);
}

static void a_track_without_a_fix_is_kept_as_one(void **state)
{
    struct database *d = *state;

    send(d, (int64_t)1000 * HOUR_US);
    run(d, "SELECT vigil.position_history_ahead('1 hour')");
    assert_int_equal(copy(d), 1);
    assert_int_equal(database_int(d, "SELECT count(*) FROM vigil.incident_track"
                                     " WHERE copied_at IS NOT NULL AND fix_count = 0"),
                     1);
}

static void who_takes_back_her_consent_is_in_none_of_it(void **state)
{
    struct database *d = *state;
    const int64_t at_us = hour(d, 2);
    struct fail f = { 0 };
    int64_t deleted = 0;

    send(d, at_us);
    pack(d);
    run(d, "SELECT vigil.position_history_ahead('1 hour')");
    copy(d);
    hour(d, 3);
    run(d, "UPDATE vigil.person SET location_consent = false WHERE person_id = 1");
    assert_int_equal(database_int(d, "SELECT count(*) FROM vigil.erasure WHERE kind = 'positions'"
                                     " AND person_id = 1 AND positions_at IS NULL"),
                     1);
    assert_true(erasure_work(d->db, NULL, NULL, &deleted, &f));
    assert_int_equal(deleted, 360 + 121 + 719);
    assert_int_equal(database_int(d, "SELECT positions FROM vigil.erasure"), deleted);
    assert_int_equal(raw(d), 2 * 719);
    assert_int_equal(packed(d), 2 * 360);
    assert_int_equal(database_int(d, "SELECT count(*) FROM vigil.incident_track"), 0);
}

static void what_comes_after_she_agreed_again_stays(void **state)
{
    struct database *d = *state;
    struct fail f = { 0 };
    int64_t deleted = 0;

    hour(d, 2);
    run(d, "UPDATE vigil.person SET location_consent = false WHERE person_id = 1;"
           "UPDATE vigil.person SET location_consent = true WHERE person_id = 1;"
           "SELECT vigil.position_history_ahead('1 hour');"
           "INSERT INTO vigil.position_history SELECT 1, 7, 7, 1, 1, m, m, 0"
           " FROM vigil.microseconds(clock_timestamp()) m");
    assert_true(erasure_work(d->db, NULL, NULL, &deleted, &f));
    assert_int_equal(deleted, 719);
    assert_int_equal(
        database_int(d, "SELECT count(*) FROM vigil.position_history WHERE person_id = 1"), 1);
    assert_int_equal(
        database_int(d, "SELECT count(*) FROM vigil.position_last WHERE person_id = 1"),
        1); /* she is tracked */
}

static void who_is_erased_has_one_receipt(void **state)
{
    struct database *d = *state;

    run(d, "UPDATE vigil.person SET location_consent = false WHERE person_id = 1;"
           "SELECT set_config('vigil.org', '1', false);"
           "SELECT vigil.person_erase(1, 77, 0)");
    assert_int_equal(database_int(d, "SELECT count(*) FROM vigil.erasure"), 1);
    assert_string_equal(database_text(d, "SELECT kind FROM vigil.erasure"), "person");
}

static void a_fix_in_no_hour_does_not_stop_the_hours_to_come(void **state)
{
    struct database *d = *state;

    run(d, "INSERT INTO vigil.position_history SELECT 1, 7, 7, 1, 1, m, m, 0"
           " FROM vigil.microseconds(now()) m");
    assert_int_equal(database_int(d, "SELECT vigil.position_history_ahead('3 hours')"), 3);
    assert_int_equal(database_int(d, "SELECT count(*) FROM vigil.position_hours()"), 3);
    assert_int_equal(database_int(d, "SELECT vigil.position_history_ahead('3 hours')"), 0);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, open_city, database_teardown)
    const struct CMUnitTest tests[] = {
        CASE(an_hour_becomes_a_row_a_person_with_every_fix_once),
        CASE(the_hour_under_way_and_one_just_over_are_left_alone),
        CASE(work_that_was_cut_off_is_gone_on_with),
        CASE(what_comes_while_an_hour_is_packed_is_not_lost),
        CASE(what_comes_after_its_hour_was_packed_joins_it),
        CASE(a_day_later_an_hour_is_coarse_and_its_file_holds_nothing_exact),
        CASE(hours_go_to_the_hour),
        CASE(an_incident_keeps_the_tracks_of_those_who_went),
        CASE(a_track_without_a_fix_is_kept_as_one),
        CASE(who_takes_back_her_consent_is_in_none_of_it),
        CASE(what_comes_after_she_agreed_again_stays),
        CASE(who_is_erased_has_one_receipt),
        CASE(a_fix_in_no_hour_does_not_stop_the_hours_to_come),
    };
#undef CASE

    return cmocka_run_group_tests(tests, NULL, NULL);
}
