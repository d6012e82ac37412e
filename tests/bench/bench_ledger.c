/* The ledger of hours under many random bookings, reversals and corrections:
 *   bench_ledger ADDRESS COUNT SEED
 * Entries are written by what the program itself uses, as the role that serves
 * requests. A model in memory says what every balance must be; SQL that shares
 * nothing with it says so again. Prints figures with their bars, parted by tabs. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/clock.h"
#include "engine/db.h"
#include "engine/hours.h"
#include "engine/ids.h"
#include "geo/base/arena.h"
#include "tests/support/database.h"
#include "tests/support/town.h"

enum {
    PEOPLE = 5000,
    FIRST_PERSON = 700000,
    FIRST_SIGNUP = 10000000,
    BATCH = 500,
    BOOKING_SHARE = 40, /* of a hundred acts; the others are reversals, half with a correction */
};

struct entry {
    int64_t entry_id;
    int32_t person; /* from 0 */
    int32_t minutes;
};

struct bench {
    struct database d; /* as its owner: what database_text needs */
    struct db *app;    /* as a request */
    struct ids *ids;
    struct town_dice dice;
    struct arena *arena;
    struct entry *open; /* entries that can be taken back */
    int32_t open_count;
    int32_t signup_count, booked;
    int64_t written, refused;
    int64_t balance[PEOPLE];
    bool missed;
};

static void must(bool ok, const struct fail *f)
{
    if (ok)
        return;
    fprintf(stderr, "bench_ledger: %s: %s\n", fail_word(f->code), f->text);
    exit(2);
}

static void report(struct bench *b, const char *name, const char *figure, const char *bar, bool ok)
{
    printf("%s\t%s\t%s\t%s\n", name, figure, bar, ok ? "ok" : "missed");
    b->missed |= !ok;
}

/* ------------------------------------------------------------------ the ground */

/* Sign-ups that were checked in and out, one a day for each person, of 15 to 240 minutes. */
static void lay(struct bench *b)
{
    static const char GROUND[] =
        "INSERT INTO vigil.person (person_id, display_name, on_duty)"
        " SELECT %d + i, 'Ledger ' || i, false FROM generate_series(0, %d) i;"
        "INSERT INTO vigil.station (station_id, code, name, geom)"
        " VALUES (77, 'LEDGER', 'Ledger', ST_SetSRID(ST_MakePoint(11.97, 57.7), 4326));"
        "INSERT INTO vigil.shift (shift_id, org_id, day, name, station_id, during, cutoff_at,"
        " joins, approval, radius_m) VALUES (77, 1, '2020-01-01', 'Ledger', 77,"
        " tstzrange('2020-01-01', '2030-01-01'), '2020-01-01', 'assigned', false, 100);"
        "SET session_replication_role = replica;"
        "INSERT INTO vigil.signup (signup_id, org_id, shift_id, person_id, role, during, state)"
        " SELECT %d + i, 1, 77, %d + i %% %d, 'member', tstzrange(s, s + interval '4 hours'),"
        " 'checked_out' FROM generate_series(0, %d) i,"
        " LATERAL (SELECT timestamptz '2020-01-01 08:00Z' + i / %d * interval '1 day' AS s) t;"
        "INSERT INTO vigil.checkin (checkin_id, signup_id, org_id, person_id, kind, how, at, note)"
        " SELECT 2 * signup_id + k, signup_id, 1, person_id, CASE k WHEN 0 THEN 'in' ELSE 'out' "
        "END,"
        " 'hand', lower(during) + k * make_interval(mins => 15 + (signup_id %% 226)::int), 'ledger'"
        " FROM vigil.signup, generate_series(0, 1) k;"
        "SET session_replication_role = origin;"
        "ANALYZE vigil.signup; ANALYZE vigil.checkin;";
    const char *script = arena_text(b->d.arena, GROUND, FIRST_PERSON, PEOPLE - 1, FIRST_SIGNUP,
                                    FIRST_PERSON, PEOPLE, b->signup_count - 1, PEOPLE);
    struct fail f = { 0 };

    must(db_limit(b->d.db, 0, &f) && db_script(b->d.db, script, &f), &f);
}

/* ------------------------------------------------------------------ acts */

static void book(struct bench *b)
{
    const int64_t signup_id = FIRST_SIGNUP + b->booked;
    const int32_t minutes = 15 + (int32_t)(signup_id % 226);
    struct entry *e = &b->open[b->open_count++];
    struct fail f = { 0 };

    *e = (struct entry){ .person = b->booked % PEOPLE, .minutes = minutes };
    must(ids_take(b->ids, b->app, &e->entry_id, &f), &f);
    const struct db_value values[] = { db_int(e->entry_id), db_int(signup_id), db_int(minutes),
                                       db_int(1) };

    must(db_run(b->app, QUERIES_HOURS_EARN, values, 4, b->arena, NULL, &f), &f);
    b->booked++;
    b->written++;
    b->balance[e->person] += minutes;
}

static void take_back(struct bench *b)
{
    const int32_t at = town_pick(&b->dice, b->open_count);
    const struct entry was = b->open[at];
    const struct hours_undo undo = { .entry_id = was.entry_id,
                                     .reason = "bench",
                                     .corrects = town_pick(&b->dice, 2) == 0,
                                     .minutes = town_pick(&b->dice, 241),
                                     .token_id = 1 };
    int64_t reversal_id, correction_id;
    struct fail f = { 0 };

    must(hours_reverse(b->app, b->ids, &undo, b->arena, &reversal_id, &correction_id, &f), &f);
    b->open[at] = b->open[--b->open_count];
    b->balance[was.person] -= was.minutes;
    b->written++;
    if (undo.corrects) {
        b->open[b->open_count++] =
            (struct entry){ correction_id, was.person, (int32_t)undo.minutes };
        b->balance[was.person] += undo.minutes;
        b->written++;
    }
    /* Now and then it is tried twice, and its reversal as well. */
    if (town_pick(&b->dice, 100) == 0) {
        const struct hours_undo again = { .entry_id =
                                              town_pick(&b->dice, 2) ? was.entry_id : reversal_id,
                                          .reason = "again" };

        b->refused +=
            !hours_reverse(b->app, b->ids, &again, b->arena, &reversal_id, &correction_id, &f) &&
            f.code == CODE_ENTRY_REVERSED;
        b->refused -= 1; /* 0 when every one was refused */
    }
}

static void act(struct bench *b, int64_t count)
{
    struct fail f = { 0 };

    while (b->written < count) {
        must(db_begin(b->app, &f), &f);
        for (int i = 0; i < BATCH && b->written < count; i++) {
            const bool books = b->open_count == 0 || town_pick(&b->dice, 100) < BOOKING_SHARE;

            if (books && b->booked < b->signup_count)
                book(b);
            else
                take_back(b);
        }
        must(db_commit(b->app, &f), &f);
        arena_reset(b->arena);
    }
}

/* ------------------------------------------------------------------ judging */

static const char *checksum(struct bench *b, const char *table, int64_t last_id)
{
    return database_text(
        &b->d, arena_text(b->d.arena,
                          "SELECT md5(string_agg(md5(h::text), '' ORDER BY entry_id)) FROM %s h"
                          " WHERE entry_id <= %lld",
                          table, (long long)last_id));
}

/* Sums by the rows of check-ins, reversals and corrections; nothing of the program. */
static void compare_sums(struct bench *b)
{
    const int64_t different = database_int(
        &b->d, "SELECT count(*) FROM (SELECT person_id, sum(minutes) AS told FROM vigil.hours_entry"
               " GROUP BY person_id) t FULL JOIN (SELECT e.person_id, sum(m) AS counted FROM"
               " vigil.hours_entry e, LATERAL (SELECT CASE e.kind"
               " WHEN 'earned' THEN (SELECT round(extract(epoch FROM o.at - i.at) / 60)"
               "   FROM vigil.checkin i, vigil.checkin o WHERE i.checkin_id = e.checkin_in"
               "   AND o.checkin_id = e.checkin_out AND i.signup_id = e.signup_id"
               "   AND o.signup_id = e.signup_id)"
               " WHEN 'reversal' THEN (SELECT -w.minutes FROM vigil.hours_entry w"
               "   WHERE w.entry_id = e.refers_to)"
               " ELSE e.minutes END AS m) l GROUP BY e.person_id) c USING (person_id)"
               " WHERE told IS DISTINCT FROM counted");
    int64_t wrong = 0;

    report(b, "balances that SQL sums to something else from the check-ins and what was taken back",
           arena_text(b->d.arena, "%lld of %d", (long long)different, PEOPLE), "0", different == 0);
    for (int32_t i = 0; i < PEOPLE; i++) {
        int64_t minutes, entries;
        struct fail f = { 0 };

        must(hours_balance(b->app, FIRST_PERSON + i, b->arena, &minutes, &entries, &f), &f);
        wrong += minutes != b->balance[i];
        arena_reset(b->arena);
    }
    report(b, "balances that differ from the model in memory",
           arena_text(b->d.arena, "%lld of %d", (long long)wrong, PEOPLE), "0", wrong == 0);
}

/* Every way to change what stands there, as everyone who could. */
static void try_editing(struct bench *b)
{
    static const char *const WAYS[] = {
        "UPDATE vigil.hours_entry SET minutes = minutes + 1",
        "UPDATE vigil.hours_entry SET reason = 'x' WHERE entry_id = (SELECT min(entry_id) FROM"
        " vigil.hours_entry)",
        "DELETE FROM vigil.hours_entry",
        "TRUNCATE vigil.hours_entry",
        "TRUNCATE vigil.hours_entry CASCADE",
        "INSERT INTO vigil.hours_entry SELECT * FROM vigil.hours_entry ORDER BY entry_id LIMIT 1"
        " ON CONFLICT (entry_id) DO UPDATE SET minutes = 0",
        "INSERT INTO vigil.hours_entry (entry_id, org_id, person_id, kind, activity, minutes,"
        " signup_id, refers_to, reason) SELECT 1, org_id, person_id, 'reversal', activity,"
        " 1 - minutes, signup_id, entry_id, 'x' FROM vigil.hours_entry e WHERE kind = 'earned'"
        " AND NOT EXISTS (SELECT FROM vigil.hours_entry r WHERE r.refers_to = e.entry_id) LIMIT 1",
        "UPDATE vigil.checkin SET at = at - interval '1 hour'",
        "DELETE FROM vigil.checkin",
    };
    static const char *const ROLES[] = { "NONE", "vigil_app", "vigil_engine" };
    int64_t tried = 0, done = 0;

    for (size_t way = 0; way < sizeof WAYS / sizeof *WAYS; way++) {
        for (size_t role = 0; role < sizeof ROLES / sizeof *ROLES; role++) {
            struct fail f = { 0 };
            const char *script = arena_text(b->d.arena, "SET ROLE %s; SET vigil.org = '1'; %s",
                                            ROLES[role], WAYS[way]);

            tried++;
            done += db_script(b->d.db, script, &f);
            must(db_script(b->d.db, "RESET ROLE; RESET vigil.org", &f), &f);
        }
    }
    report(b, "ways to edit or delete that were not refused",
           arena_text(b->d.arena, "%lld of %lld tried", (long long)done, (long long)tried), "0",
           done == 0);
}

static void control(struct bench *b, int64_t last_id)
{
    struct fail f = { 0 };

    must(db_script(b->d.db, "CREATE TABLE public.ledger_control AS TABLE vigil.hours_entry", &f),
         &f);
    const char *before = checksum(b, "public.ledger_control", last_id);

    must(db_script(b->d.db,
                   "UPDATE public.ledger_control SET minutes = minutes + 1 WHERE entry_id ="
                   " (SELECT max(entry_id) FROM public.ledger_control WHERE entry_id <= "
                   "(SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY entry_id)"
                   " FROM public.ledger_control))",
                   &f),
         &f);
    const bool noticed =
        strcmp(before, checksum(b, "public.ledger_control", INT64_MAX)) != 0 &&
        database_int(&b->d, "SELECT (SELECT sum(minutes) FROM public.ledger_control)"
                            " - (SELECT sum(minutes) FROM vigil.hours_entry)") == 1;

    report(b, "control: one minute edited in place in a copy", noticed ? "noticed" : "not noticed",
           "noticed", noticed);
}

int main(int argc, char **argv)
{
    static struct bench b;
    static const struct db_scope CITY = { .org_id = 1 };
    struct fail f = { 0 };

    if (argc != 4) {
        fprintf(stderr, "bench_ledger ADDRESS COUNT SEED\n");
        return 2;
    }
    const int64_t count = strtoll(argv[2], NULL, 10);

    b.dice.state = (uint64_t)strtoull(argv[3], NULL, 10);
    b.d = (struct database){ .address = argv[1], .db = db_open(argv[1], &f), .arena = arena_new() };
    must(b.d.db != NULL, &f);
    b.app = db_open(argv[1], &f);
    must(b.app && db_become(b.app, DB_APP, &f), &f);
    db_scope(b.app, &CITY);
    b.ids = ids_new();
    b.arena = arena_new();
    b.signup_count = (int32_t)(count * BOOKING_SHARE / 100) + PEOPLE;
    b.open = calloc((size_t)count + 1, sizeof *b.open);
    if (!b.open)
        abort();
    lay(&b);

    const int64_t begun_us = clock_steady_us();

    act(&b, count / 2);
    const int64_t half_id = database_int(&b.d, "SELECT max(entry_id) FROM vigil.hours_entry");
    const int64_t half_count = database_int(&b.d, "SELECT count(*) FROM vigil.hours_entry");
    const char *half = checksum(&b, "vigil.hours_entry", half_id);

    act(&b, count);
    const double took_s = (double)(clock_steady_us() - begun_us) / 1e6;
    const int64_t rows = database_int(&b.d, "SELECT count(*) FROM vigil.hours_entry");

    report(&b, "entries written", arena_text(b.d.arena, "%lld in %.0f s", (long long)rows, took_s),
           arena_text(b.d.arena, "at least %lld", (long long)count),
           rows == b.written && rows >= count);
    report(&b, "reversals of what was taken back already, or of reversals, that were let through",
           arena_text(b.d.arena, "%lld", (long long)-b.refused), "0", b.refused == 0);
    compare_sums(&b);
    try_editing(&b);
    const bool stays = strcmp(half, checksum(&b, "vigil.hours_entry", half_id)) == 0;

    report(&b, arena_text(b.d.arena, "the first %lld entries at the end", (long long)half_count),
           stays ? "as they were written" : "changed", "as they were written", stays);
    control(&b, INT64_MAX);
    return b.missed;
}
