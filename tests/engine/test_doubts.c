/* Tests of engine/doubts.c: fixes as a writer of positions shows them, and the rows and
 * events that come of it. */
#include "engine/doubts.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "engine/people.h"
#include "geo/doubt.h"
#include "tests/support/block.h"
#include "tests/support/check_near.h"
#include "tests/support/database.h"
#include "tests/support/town.h"

enum { SIDE = 70 };

static const int64_t START_US = 1795331700000000;

struct post {
    struct database *d;
    struct world_slot *slot;
    struct world *world;
    struct live *live;
    struct doubts *doubts;
    struct people_mark mark;
    int64_t now_us; /* when the next fix is made */
};

static void must(bool is_good, const struct fail *f)
{
    if (!is_good)
        fail_msg("%s: %s", fail_word(f->code), f->text);
}

static void run(struct post *p, const char *sql)
{
    struct fail f = { 0 };

    must(db_script(p->d->db, sql, &f), &f);
}

static void follow(struct post *p)
{
    struct fail f = { 0 };

    must(people_follow(p->d->db, p->live, p->d->arena, &p->mark, &f), &f);
}

static void tick(struct post *p)
{
    struct fail f = { 0 };

    must(doubts_once(p->doubts, p->d->db, &f), &f);
}

static int set_up(void **state)
{
    struct post *p = calloc(1, sizeof *p);

    p->d = database_new(true);
    p->slot = world_slot_new();
    p->world = block_world(p->slot, SIDE, BLOCK_BEIJING);
    p->live = live_new();
    live_age(p->live, (struct age_limits){ INT32_MAX, INT32_MAX });
    live_settle(p->live, p->world);
    p->now_us = START_US;
    run(p, "INSERT INTO vigil.person (person_id, display_name, mode, on_duty, location_consent)"
           " SELECT i, 'person ' || i, 'foot', true, true FROM generate_series(1, 20) AS i");
    follow(p);
    p->doubts = doubts_new(p->live);
    tick(p);
    *state = p;
    return 0;
}

static int tear_down(void **state)
{
    struct post *p = *state;

    doubts_free(p->doubts);
    doubts_free(NULL);
    live_free(p->live);
    world_drop(p->world);
    world_slot_free(p->slot);
    database_free(p->d);
    free(p);
    return 0;
}

/* Passes one fix as a writer does; its flags. */
static uint32_t pass(struct post *p, struct live_fix fix)
{
    const struct positions_stage stage = doubts_stage(p->doubts);

    live_snap(p->live, &fix, 1);
    stage.judge(stage.self, &fix, 1);
    live_move(p->live, &fix, 1);
    return fix.flags;
}

/* The i-th place of a walk up and down a staircase of three blocks each, 150 m apart. */
static struct point walked(const struct post *p, int32_t i)
{
    const int32_t step = i / 80 % 2 ? 79 - i % 80 : i % 80;
    const int32_t at_m = step * 150;
    const int32_t corner = 5 + at_m / 600 * 3, block = at_m % 300 / 100;
    const int32_t row = SIDE * corner + corner + block;
    const int32_t column = SIDE * (SIDE + 1 + corner + 3) + corner + block;
    const struct spot spot = { at_m % 600 < 300 ? row : column, (uint32_t)(at_m % 100 * 100) };

    return network_point(p->world->network, spot);
}

/* Walks so many steps from the `from`-th on with a device that sends one frame and declares
 * another; the flags of the last fix, and how many had any. */
struct walk_end {
    uint32_t flags;
    int32_t flagged;
};

static struct walk_end walk(struct post *p, int64_t person_id, enum frame sent, enum frame declared,
                            int32_t from, int32_t count)
{
    struct walk_end end = { 0 };

    for (int32_t i = from; i < from + count; i++) {
        struct point out, told = { 0 };
        struct fail f;

        must(frame_from_wgs84(sent, walked(p, i), &out, &f) &&
                 frame_to_wgs84(declared, out, &told, &f),
             &f);
        p->now_us += 60000000;
        end.flags = pass(p, (struct live_fix){ .person_id = person_id,
                                               .at = point_to_e7(told),
                                               .frame = declared,
                                               .accuracy_dm = 50,
                                               .speed_cms = -1,
                                               .fix_us = p->now_us,
                                               .received_us = p->now_us + 1000 });
        end.flagged += end.flags != 0;
    }
    return end;
}

static struct live_person seen(struct post *p, int64_t person_id)
{
    struct live_person person = { 0 };

    live_read(p->live);
    live_get(p->live, person_id, &person);
    live_read_end(p->live);
    return person;
}

static int64_t open_rows(struct post *p)
{
    return database_int(p->d, "SELECT count(*) FROM vigil.doubt WHERE cleared_at IS NULL");
}

static int64_t events(struct post *p)
{
    return database_int(p->d, "SELECT count(*) FROM vigil.outbox WHERE kind = 'alert'");
}

/* ------------------------------------------------------------------ frames */

static void a_wrong_frame_is_a_row_told_of_once_and_flagged_from_then_on(void **state)
{
    struct post *p = *state;

    assert_int_equal(walk(p, 7, FRAME_GCJ02, FRAME_WGS84, 0, DOUBT_FIXES - 1).flagged, 0);
    assert_int_equal(walk(p, 7, FRAME_GCJ02, FRAME_WGS84, 19, 1).flags, LIVE_FRAME);
    tick(p);
    tick(p);
    assert_int_equal(open_rows(p), 1);
    assert_int_equal(events(p), 1);
    assert_string_equal(database_text(p->d, "SELECT person_id || kind || declared || likely"
                                            " || (declared_m > likely_m) || (likely_m < 3) || fixes"
                                            " FROM vigil.doubt"),
                        "7framewgs84gcj02truetrue20");
    assert_string_equal(database_text(p->d, "SELECT data::json->>'alert' FROM vigil.outbox"),
                        "frame_in_doubt");
    assert_int_equal(walk(p, 7, FRAME_GCJ02, FRAME_WGS84, 20, 45).flagged, 45);
    tick(p);
    assert_int_equal(open_rows(p), 1);
    assert_int_equal(events(p), 1);
    assert_int_equal(seen(p, 7).bars, ABLE_BIT(ABLE_FRAME_IN_DOUBT));
}

static void whoever_sends_what_she_declares_is_left_alone(void **state)
{
    struct post *p = *state;

    assert_int_equal(walk(p, 7, FRAME_BD09, FRAME_BD09, 0, 60).flagged, 0);
    assert_int_equal(walk(p, 8, FRAME_WGS84, FRAME_CGCS2000, 0, 60).flagged, 0);
    tick(p);
    assert_int_equal(open_rows(p), 0);
}

static void better_fixes_clear_it(void **state)
{
    struct post *p = *state;

    walk(p, 7, FRAME_GCJ02, FRAME_WGS84, 0, DOUBT_FIXES);
    tick(p);
    assert_int_equal(open_rows(p), 1);
    /* The device is put right; that its place jumps is found out and got over first. */
    walk(p, 7, FRAME_WGS84, FRAME_WGS84, 20, DOUBT_FIXES + 3);
    tick(p);
    assert_int_equal(open_rows(p), 0);
    assert_int_equal(walk(p, 7, FRAME_WGS84, FRAME_WGS84, 43, 1).flags, 0);
    assert_int_equal(seen(p, 7).bars, 0);
    assert_int_equal(events(p), 1);
}

static void what_somebody_clears_is_over_everywhere_and_may_come_back(void **state)
{
    struct post *p = *state;

    walk(p, 7, FRAME_GCJ02, FRAME_WGS84, 0, DOUBT_FIXES);
    tick(p);
    run(p, "UPDATE vigil.doubt SET cleared_at = now(), cleared_by = 5");
    tick(p);
    assert_int_equal(seen(p, 7).fix.flags, 0);
    assert_int_equal(walk(p, 7, FRAME_GCJ02, FRAME_WGS84, 20, DOUBT_FIXES - 1).flagged, 0);
    assert_int_equal(walk(p, 7, FRAME_GCJ02, FRAME_WGS84, 39, 1).flags, LIVE_FRAME);
    tick(p);
    assert_int_equal(open_rows(p), 1);
    assert_int_equal(events(p), 2);
}

static void another_declared_frame_begins_anew_without_a_jump(void **state)
{
    struct post *p = *state;

    walk(p, 7, FRAME_GCJ02, FRAME_WGS84, 0, DOUBT_FIXES);
    tick(p);
    assert_int_equal(walk(p, 7, FRAME_GCJ02, FRAME_GCJ02, 20, 5).flagged, 0);
    tick(p);
    assert_int_equal(open_rows(p), 0);
}

static void two_nodes_that_find_the_same_make_one_row(void **state)
{
    struct post *p = *state;
    struct doubts *first = p->doubts;
    struct doubts *second = doubts_new(p->live);
    struct fail f = { 0 };

    walk(p, 7, FRAME_GCJ02, FRAME_WGS84, 0, DOUBT_FIXES);
    p->doubts = second;
    walk(p, 7, FRAME_GCJ02, FRAME_WGS84, 20, DOUBT_FIXES);
    p->doubts = first;
    tick(p);
    must(doubts_once(second, p->d->db, &f), &f);
    assert_int_equal(open_rows(p), 1);
    assert_int_equal(events(p), 1);
    doubts_free(second);
}

static void a_start_knows_what_was_doubted(void **state)
{
    struct post *p = *state;

    walk(p, 7, FRAME_GCJ02, FRAME_WGS84, 0, DOUBT_FIXES);
    tick(p);
    doubts_free(p->doubts);
    p->doubts = doubts_new(p->live);
    tick(p);
    assert_int_equal(walk(p, 7, FRAME_GCJ02, FRAME_WGS84, 20, 1).flags, LIVE_FRAME);
    /* Nobody is measured from nothing. */
    assert_int_equal(walk(p, 7, FRAME_WGS84, FRAME_WGS84, 21, 1).flags, LIVE_FRAME);
    p->now_us -= 59000000;
    assert_true(walk(p, 7, FRAME_BD09, FRAME_WGS84, 22, 1).flags & LIVE_JUMP);
}

static void only_so_many_frames_are_told_between_two_ticks(void **state)
{
    struct post *p = *state;
    int32_t flagged = 0;

    for (int64_t turn = 0; turn < DOUBTS_FRAMES_A_TICK; turn++)
        walk(p, 8, FRAME_GCJ02, FRAME_WGS84, (int32_t)turn * DOUBT_FIXES, DOUBT_FIXES);
    flagged = walk(p, 7, FRAME_GCJ02, FRAME_WGS84, 0, DOUBT_FIXES + 5).flagged;
    assert_int_equal(flagged, 0);
    tick(p);
    assert_int_equal(walk(p, 7, FRAME_GCJ02, FRAME_WGS84, 25, 1).flags, LIVE_FRAME);
}

/* ------------------------------------------------------------------ jumps and clocks */

static void a_jump_is_flagged_and_the_next_fix_believed(void **state)
{
    struct post *p = *state;
    const struct point_e7 far = { 1163000000, 400000000 };

    walk(p, 7, FRAME_WGS84, FRAME_WGS84, 0, 3);
    const struct live_fix before = seen(p, 7).fix;

    assert_int_equal(pass(p, (struct live_fix){ .person_id = 7,
                                                .at = far,
                                                .accuracy_dm = 50,
                                                .fix_us = p->now_us + 1000000 }),
                     LIVE_JUMP);
    assert_int_equal(seen(p, 7).fix.at.lon, before.at.lon);
    assert_int_equal(seen(p, 7).fix.flags, LIVE_JUMP);
    assert_int_equal(walk(p, 7, FRAME_WGS84, FRAME_WGS84, 3, 1).flags, 0);
    assert_int_equal(seen(p, 7).fix.flags, 0);
}

static void fixes_of_other_nodes_count(void **state)
{
    struct post *p = *state;
    struct live_fix heard;

    walk(p, 7, FRAME_WGS84, FRAME_WGS84, 0, 3);
    heard = seen(p, 7).fix;
    heard.at.lat += 100000; /* about a kilometre on, an hour later */
    heard.fix_us = p->now_us += 3600LL * 1000000;
    doubts_heard(p->doubts, &heard, 1);
    heard.at.lat += 2000;
    heard.fix_us += 10000000;
    assert_int_equal(pass(p, heard), 0);
    heard.at.lat -= 102000;
    heard.fix_us += 10000000;
    assert_int_equal(pass(p, heard), LIVE_JUMP);
}

static void whoever_goes_off_duty_is_forgotten(void **state)
{
    struct post *p = *state;
    const struct live_fix far = { .person_id = 7, .at = { 1163000000, 400000000 } };

    walk(p, 7, FRAME_WGS84, FRAME_WGS84, 0, 3);
    live_duty(p->live, 7, false, MODE_FOOT, ABLE_OWN, false);
    tick(p);
    live_duty(p->live, 7, true, MODE_FOOT, ABLE_OWN, false);
    assert_int_equal(pass(p, far), 0);
}

static void a_clock_that_is_behind_is_flagged_until_it_is_right(void **state)
{
    struct post *p = *state;
    struct live_fix fix = { .person_id = 7, .at = { 1164000000, 399000000 }, .accuracy_dm = 50 };
    uint32_t flags = 0;

    for (int32_t i = 0; i < 6; i++) {
        fix.fix_us = p->now_us += 60000000;
        fix.received_us = fix.fix_us + 900LL * 1000000;
        flags = pass(p, fix);
    }
    assert_int_equal(flags, LIVE_CLOCK_SKEW);
    tick(p);
    assert_int_equal(database_int(p->d, "SELECT late_s FROM vigil.doubt WHERE cleared_at IS NULL"
                                        " AND kind = 'clock_skew' AND person_id = 7"),
                     900);
    p->now_us += 900LL * 1000000;
    for (int32_t i = 0; i < 7; i++) {
        fix.fix_us = p->now_us += 60000000;
        fix.received_us = fix.fix_us + 1000;
        flags = pass(p, fix);
    }
    assert_int_equal(flags, 0);
    tick(p);
    assert_int_equal(open_rows(p), 0);
}

/* ------------------------------------------------------------------ together */

static void an_erased_person_leaves_no_doubt(void **state)
{
    struct post *p = *state;

    walk(p, 7, FRAME_GCJ02, FRAME_WGS84, 0, DOUBT_FIXES);
    tick(p);
    run(p, "UPDATE vigil.person SET erased_at = now(), valid_to = now() WHERE person_id = 7");
    assert_int_equal(database_int(p->d, "SELECT count(*) FROM vigil.doubt"), 0);
    tick(p);
}

static void while_the_database_is_away_what_was_found_waits(void **state)
{
    struct post *p = *state;
    struct db *other;
    struct fail f = { 0 };

    walk(p, 7, FRAME_GCJ02, FRAME_WGS84, 0, DOUBT_FIXES);
    other = db_open(p->d->address, &f);
    must(other && db_become(other, DB_ENGINE, &f), &f);
    run(p, "ALTER TABLE vigil.doubt RENAME TO hidden");
    assert_false(doubts_once(p->doubts, other, &f));
    doubts_tick(p->doubts, other); /* said, and no more */
    run(p, "ALTER TABLE vigil.hidden RENAME TO doubt");
    must(doubts_once(p->doubts, other, &f), &f);
    assert_int_equal(open_rows(p), 1);
    db_close(other);
}

struct writer {
    struct post *post;
    int64_t person_id;
    int32_t flagged;
};

static void *write_on(void *self)
{
    struct writer *w = self;
    struct post mine = *w->post;

    w->flagged = walk(&mine, w->person_id, FRAME_BD09, FRAME_WGS84, 0, 60).flagged;
    return NULL;
}

static void writers_and_the_timer_may_go_on_at_once(void **state)
{
    struct post *p = *state;
    struct writer writers[8];
    pthread_t threads[8];

    for (int32_t i = 0; i < 8; i++) {
        writers[i] = (struct writer){ .post = p, .person_id = 1 + i };
        assert_int_equal(pthread_create(&threads[i], NULL, write_on, &writers[i]), 0);
    }
    for (int32_t i = 0; i < 20; i++)
        tick(p);
    for (int32_t i = 0; i < 8; i++) {
        pthread_join(threads[i], NULL);
        assert_int_equal(writers[i].flagged, 60 - DOUBT_FIXES + 1);
    }
    tick(p);
    assert_int_equal(open_rows(p), 8);
}

#define POST_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        POST_TEST(a_wrong_frame_is_a_row_told_of_once_and_flagged_from_then_on),
        POST_TEST(whoever_sends_what_she_declares_is_left_alone),
        POST_TEST(better_fixes_clear_it),
        POST_TEST(what_somebody_clears_is_over_everywhere_and_may_come_back),
        POST_TEST(another_declared_frame_begins_anew_without_a_jump),
        POST_TEST(two_nodes_that_find_the_same_make_one_row),
        POST_TEST(a_start_knows_what_was_doubted),
        POST_TEST(only_so_many_frames_are_told_between_two_ticks),
        POST_TEST(a_jump_is_flagged_and_the_next_fix_believed),
        POST_TEST(fixes_of_other_nodes_count),
        POST_TEST(whoever_goes_off_duty_is_forgotten),
        POST_TEST(a_clock_that_is_behind_is_flagged_until_it_is_right),
        POST_TEST(an_erased_person_leaves_no_doubt),
        POST_TEST(while_the_database_is_away_what_was_found_waits),
        POST_TEST(writers_and_the_timer_may_go_on_at_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
