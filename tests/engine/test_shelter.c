/* Tests of engine/shelter.c: what a node keeps while the database is away, how much of it,
 * and that all of it comes in when the database is back. */
#include "engine/shelter.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "engine/clock.h"
#include "engine/reach.h"
#include "engine/spool.h"
#include "tests/support/check_near.h"
#include "tests/support/database.h"
#include "tests/support/lossy.h"

enum { LONG_MS = 30000, PEOPLE = 500 };

/* Two processes of one node's folder; the second is made when it is wanted. */
struct node {
    struct database *d;
    struct lossy *wire; /* reach asks through it: shut, the database is away */
    struct reach *reach;
    struct config *config;
    struct ids *ids;
    struct shelter *shelter, *other;
    struct arena *arena;
    char folder[64];
};

static void must(bool is_good, const struct fail *f)
{
    if (!is_good)
        fail_msg("%s: %s", fail_word(f->code), f->text);
}

static void set(struct node *n, const char *name, const char *value)
{
    struct fail f = { 0 };

    must(config_set(n->config, name, value, "test", &f), &f);
}

static struct shelter *open_one(struct node *n)
{
    struct shelter *s = NULL;
    struct fail f = { 0 };

    must(shelter_open(n->config, 0, n->ids, &s, &f), &f);
    assert_non_null(s);
    return s;
}

static int set_up(void **state)
{
    struct node *n = calloc(1, sizeof *n);
    struct fail f = { 0 };

    n->d = database_new(true);
    n->arena = arena_new();
    must(db_script(n->d->db,
                   "INSERT INTO vigil.person (person_id, display_name, on_duty, location_consent)"
                   " SELECT i, 'person ' || i, true, true FROM generate_series(1, 500) AS i",
                   &f),
         &f);
    snprintf(n->folder, sizeof n->folder, "/tmp/vigil-test-shelter-XXXXXX");
    assert_non_null(mkdtemp(n->folder));
    n->config = config_new();
    n->ids = ids_new();
    set(n, "database", n->d->address);
    set(n, "spool_dir", n->folder);
    set(n, "spool_max_mb", "1");
    n->shelter = open_one(n);
    n->wire = lossy_open(n->d);
    n->reach = reach_open(lossy_address(n->wire), &f);
    must(n->reach != NULL, &f);
    *state = n;
    return 0;
}

static int tear_down(void **state)
{
    struct node *n = *state;
    char path[128];

    shelter_close(n->shelter);
    shelter_close(n->other);
    reach_close(n->reach);
    lossy_close(n->wire);
    for (int i = 1; i <= SHELTER_FILES_MAX; i++) {
        snprintf(path, sizeof path, "%s/spool-%d", n->folder, i);
        unlink(path);
    }
    rmdir(n->folder);
    ids_free(n->ids);
    config_free(n->config);
    database_free(n->d);
    arena_free(n->arena);
    free(n);
    return 0;
}

/* ---- what happens to it */

static void nap(void)
{
    nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);
}

static void turn(struct node *n, bool is_away)
{
    const int64_t until_us = clock_steady_us() + LONG_MS * 1000;

    lossy_shut(n->wire, is_away);
    while (reach_is_away() != is_away && clock_steady_us() < until_us)
        nap();
    assert_int_equal(reach_is_away(), is_away);
}

static void wait_until_empty(struct shelter *s)
{
    const int64_t until_us = clock_steady_us() + LONG_MS * 1000;

    while (shelter_waiting(s) > 0 && clock_steady_us() < until_us)
        nap();
    assert_int_equal(shelter_waiting(s), 0);
}

static bool keep_fixes(struct shelter *s, int64_t fix_us, struct fail *f)
{
    static struct live_fix fixes[PEOPLE];

    for (int i = 0; i < PEOPLE; i++)
        fixes[i] = (struct live_fix){ .person_id = i + 1,
                                      .at = { 1, 2 },
                                      .accuracy_dm = -1,
                                      .speed_cms = -1,
                                      .fix_us = fix_us,
                                      .received_us = clock_wall_us() };
    return shelter_keep_fixes(s, fixes, PEOPLE, false, f);
}

static bool keep_incident(struct shelter *s, int64_t incident_id, const char *note, struct fail *f)
{
    char key[32];

    snprintf(key, sizeof key, "key-%lld", (long long)incident_id);

    const struct parcel_incident parcel = {
        .received_us = clock_wall_us(),
        .who = { .kind = INCIDENTS_STAFF, .token_id = 1, .org_id = 1, .request_id = "r" },
        .incident = { .incident_id = incident_id,
                      .type = "fire",
                      .place = { 11.97, 57.7 },
                      .address = "",
                      .note = note },
        .key = key,
        .answer = { .status = 202, .type = "application/json", .bytes = "{}", .size = 2 },
    };

    return shelter_keep_incident(s, &parcel, f);
}

static int64_t count(struct node *n, const char *what)
{
    return database_int(n->d, arena_text(n->arena, "SELECT count(*) FROM vigil.%s", what));
}

/* ---- tests */

static void what_is_kept_comes_in_by_itself_and_in_order(void **state)
{
    struct node *n = *state;
    struct fail f = { 0 };

    turn(n, true);
    must(keep_incident(n->shelter, 903, "", &f) && keep_fixes(n->shelter, clock_wall_us(), &f) &&
             keep_incident(n->shelter, 901, "", &f) && keep_incident(n->shelter, 902, "", &f),
         &f);
    assert_int_equal(shelter_waiting(n->shelter), 4);
    assert_int_equal(count(n, "incident"), 0);
    turn(n, false);
    wait_until_empty(n->shelter);
    assert_int_equal(count(n, "position_history"), PEOPLE);
    assert_string_equal(database_text(n->d, "SELECT string_agg(incident_id::text, ' '"
                                            " ORDER BY event_id)"
                                            " FROM vigil.incident_event"),
                        "903 901 902");
    assert_int_equal(count(n, "spool WHERE number = 4"), 1);
}

/* Twice: what was full is empty, and holds as much again. */
static void a_full_spool_refuses_positions_first_and_loses_nothing(void **state)
{
    static char note[INCIDENTS_NOTE_MAX + 1];
    struct node *n = *state;
    int64_t batches = 0;
    int64_t incidents = 0;

    memset(note, 'n', INCIDENTS_NOTE_MAX);
    for (int round = 0; round < 2; round++) {
        const int64_t before = batches + incidents;
        struct fail f = { 0 };

        turn(n, true);
        while (keep_fixes(n->shelter, clock_wall_us(), &f))
            batches++;
        assert_int_equal(f.code, CODE_SPOOL_FULL);
        assert_int_equal(f.kind, FAIL_BUSY);
        f = (struct fail){ 0 };
        while (keep_incident(n->shelter, 900 + incidents, note, &f))
            incidents++;
        assert_int_equal(f.code, CODE_SPOOL_FULL);
        assert_int_equal(shelter_waiting(n->shelter), batches + incidents - before);
        turn(n, false);
        wait_until_empty(n->shelter);
        assert_int_equal(count(n, "position_history"), batches * PEOPLE);
        assert_int_equal(count(n, "incident"), incidents);
    }
    assert_true(batches > 20 && incidents > 40);
    assert_int_equal(count(n, "spool_refused"), 0);
}

static void what_a_process_left_behind_comes_in_before_the_next_one_serves(void **state)
{
    struct node *n = *state;
    struct fail f = { 0 };

    turn(n, true);
    must(keep_fixes(n->shelter, 1, &f) && keep_incident(n->shelter, 901, "", &f), &f);
    shelter_close(n->shelter);
    n->shelter = NULL;
    turn(n, false);
    n->shelter = open_one(n);
    assert_int_equal(shelter_waiting(n->shelter), 0);
    assert_int_equal(count(n, "incident"), 1);
    assert_int_equal(count(n, "spool WHERE number = 2"), 1);
}

static void processes_of_one_folder_have_each_their_file(void **state)
{
    struct node *n = *state;
    struct fail f = { 0 };

    n->other = open_one(n);
    turn(n, true);
    must(keep_incident(n->shelter, 901, "", &f) && keep_incident(n->other, 902, "", &f), &f);
    assert_int_equal(shelter_waiting(n->shelter), 1);
    assert_int_equal(shelter_waiting(n->other), 1);
    turn(n, false);
    wait_until_empty(n->shelter);
    wait_until_empty(n->other);
    assert_int_equal(count(n, "incident"), 2);
    assert_int_equal(count(n, "spool"), 2);
}

static void a_file_of_another_database_is_left_alone(void **state)
{
    static const unsigned char ELSEWHERE[SPOOL_RECORD_ID] = "elsewhere......";
    struct node *n = *state;
    struct spool_record record;
    struct fail f = { 0 };
    char path[128];

    shelter_close(n->shelter);
    n->shelter = NULL;
    snprintf(path, sizeof path, "%s/spool-1", n->folder);
    unlink(path);
    struct spool *foreign = spool_open(path, ELSEWHERE, 1 << 20, &f);

    assert_non_null(foreign);
    must(spool_add(foreign, PARCEL_FIXES, "abc", 3, 1 << 20, &f), &f);
    spool_close(foreign);
    n->shelter = open_one(n);
    assert_int_equal(shelter_waiting(n->shelter), 0);
    must(keep_incident(n->shelter, 901, "", &f), &f);
    wait_until_empty(n->shelter);
    foreign = spool_open(path, ELSEWHERE, 1 << 20, &f);
    assert_non_null(foreign);
    assert_true(spool_first(foreign, n->arena, &record));
    spool_close(foreign);
}

static void a_folder_that_cannot_be_used_is_said_at_once(void **state)
{
    struct node *n = *state;
    struct shelter *s = n->shelter;
    struct fail f = { 0 };

    set(n, "spool_dir", "/dev/null/spool");
    assert_false(shelter_open(n->config, 0, n->ids, &s, &f));
    assert_int_equal(f.code, CODE_SPOOL_UNUSABLE);
    assert_null(s);
    set(n, "spool_dir", "");
    must(shelter_open(n->config, 0, n->ids, &s, &f), &f);
    assert_null(s);
    shelter_close(NULL);
}

/* What has to be known without the database is learnt before. */
static void types_and_numbers_are_there_while_it_is_away(void **state)
{
    struct node *n = *state;
    int64_t first = 0;
    int64_t second = 0;

    shelter_tick(n->shelter, n->d->db);
    turn(n, true);
    assert_true(shelter_knows_type(n->shelter, "fire"));
    assert_false(shelter_knows_type(n->shelter, "dragon"));
    assert_true(ids_take_spare(n->ids, &first) && ids_take_spare(n->ids, &second));
    assert_int_not_equal(first, second);
    shelter_tick(n->shelter, n->d->db);
    assert_true(shelter_knows_type(n->shelter, "fire"));
    turn(n, false);
}

static void it_is_for_a_database_that_is_away_or_full(void **state)
{
    struct fail f = { .code = CODE_DATABASE_AWAY };

    (void)state;
    assert_true(shelter_is_for(&f));
    f.code = CODE_DISK_FULL;
    assert_true(shelter_is_for(&f));
    f.code = CODE_DATABASE_SLOW;
    assert_false(shelter_is_for(&f));
    f.code = CODE_INCIDENT_TYPE_UNKNOWN;
    assert_false(shelter_is_for(&f));
}

#define ON_A_NODE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_A_NODE(what_is_kept_comes_in_by_itself_and_in_order),
        ON_A_NODE(a_full_spool_refuses_positions_first_and_loses_nothing),
        ON_A_NODE(what_a_process_left_behind_comes_in_before_the_next_one_serves),
        ON_A_NODE(processes_of_one_folder_have_each_their_file),
        ON_A_NODE(a_file_of_another_database_is_left_alone),
        ON_A_NODE(a_folder_that_cannot_be_used_is_said_at_once),
        ON_A_NODE(types_and_numbers_are_there_while_it_is_away),
        cmocka_unit_test(it_is_for_a_database_that_is_away_or_full),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
