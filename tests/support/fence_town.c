#include "tests/support/fence_town.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engine/clock.h"
#include "tests/support/check_near.h"

static void must(bool is_good, const struct fail *f)
{
    if (!is_good)
        fail_msg("%s: %s", fail_word(f->code), f->text);
}

void fence_town_run(struct fence_town *t, const char *sql)
{
    struct fail f = { 0 };

    must(db_script(t->d->db, sql, &f), &f);
}

static const struct orgs *hold_orgs(void *self)
{
    return orgs_hold(((struct fence_town *)self)->orgs);
}

void fence_town_follow(struct fence_town *t, struct fence_town_node *n)
{
    struct fail f = { 0 };

    must(people_follow(t->d->db, n->live, t->d->arena, &n->mark, &f), &f);
}

void fence_town_start(struct fence_town *t, struct fence_town_node *n)
{
    struct fail f = { 0 };

    n->live = live_new();
    fence_town_follow(t, n);
    n->fences = fences_open(t->d->address, n->live, hold_orgs, t, &f);
    must(n->fences != NULL, &f);
    n->stage = fences_stage(n->fences);
}

void fence_town_stop(struct fence_town_node *n)
{
    fences_close(n->fences);
    live_free(n->live);
    *n = (struct fence_town_node){ 0 };
}

/* People 1 to 9 are at home in organisation 2, 99 in another one. */
int fence_town_setup(void **state)
{
    struct fence_town *t = calloc(1, sizeof *t);
    struct fail f = { 0 };

    t->d = database_new(true);
    t->noon_us = (clock_wall_us() / 1000000 - 3600) * 1000000;
    fence_town_run(
        t, "INSERT INTO vigil.org (org_id, parent_id, kind, code, name)"
           " VALUES (2, 1, 'county', 'A', 'Home'), (3, 1, 'county', 'B', 'Elsewhere');"
           "INSERT INTO vigil.person (person_id, display_name, on_duty, location_consent, org_id)"
           " SELECT i, 'person ' || i, true, true, CASE i WHEN 99 THEN 3 ELSE 2 END"
           " FROM unnest(ARRAY[1, 2, 3, 4, 5, 6, 7, 8, 9, 99]) i");
    t->orgs = orgs_load(t->d->db, &f);
    must(t->orgs != NULL, &f);
    *state = t;
    return 0;
}

int fence_town_teardown(void **state)
{
    struct fence_town *t = *state;

    fence_town_stop(&t->nodes[0]);
    fence_town_stop(&t->nodes[1]);
    orgs_drop(t->orgs);
    database_free(t->d);
    free(t);
    return 0;
}

/* A circle of 100 m around 11.97, 57.70. */
void fence_town_circle(struct fence_town *t, int64_t fence_id, const char *kinds,
                       const char *dwell_s)
{
    struct arena *a = t->d->arena;

    fence_town_run(
        t, arena_text(a,
                      "INSERT INTO vigil.fence (fence_id, org_id, name, geom, radius_m, margin_m,"
                      " whom, kinds, dwell_s, grace_s) VALUES (%lld, 2, 'Fence %lld',"
                      " ST_SetSRID(ST_MakePoint(11.97, 57.70), 4326), 100, 10, 'everyone',"
                      " '{%s}', %s, 300)",
                      (long long)fence_id, (long long)fence_id, kinds, dwell_s));
}

struct live_fix fence_town_fix(struct fence_town *t, int64_t person_id, double east_m,
                               int64_t second)
{
    const struct point p = { 11.97 + east_m / (111412.84 * cos(57.70 * 0.017453292519943295)),
                             57.70 };

    return (struct live_fix){ .person_id = person_id,
                              .at = point_to_e7(p),
                              .accuracy_dm = -1,
                              .speed_cms = -1,
                              .fix_us = t->noon_us + second * 1000000,
                              .received_us = clock_wall_us() - 5000000 };
}

void fence_town_write(struct fence_town *t, const struct live_fix *fix)
{
    fence_town_run(
        t, arena_text(t->d->arena,
                      "UPDATE vigil.position_last SET lon_e7 = %d, lat_e7 = %d, fix_us = %lld,"
                      " received_us = %lld WHERE person_id = %lld AND fix_us < %lld",
                      fix->at.lon, fix->at.lat, (long long)fix->fix_us, (long long)fix->received_us,
                      (long long)fix->person_id, (long long)fix->fix_us));
}

/* Takes a fix as the writer of positions does. */
void fence_town_take(struct fence_town *t, struct fence_town_node *n, struct live_fix fix)
{
    n->stage.judge(n->stage.self, &fix, 1);
    fence_town_write(t, &fix);
    live_move(n->live, &fix, 1);
    n->stage.passed(n->stage.self, &fix, 1);
}

void fence_town_go(struct fence_town *t, int64_t person_id, double east_m, int64_t second)
{
    fence_town_take(t, &t->nodes[0], fence_town_fix(t, person_id, east_m, second));
}

/* What was told, in order: "person what second; …". */
const char *fence_town_told(struct fence_town *t)
{
    for (int i = 0; i < 2; i++)
        if (t->nodes[i].fences)
            assert_true(fences_settle(t->nodes[i].fences));
    const char *sql =
        arena_text(t->d->arena,
                   "SELECT coalesce(string_agg(concat_ws(' ', data::json ->> 'person_id', "
                   "data::json ->> 'what',"
                   " round(extract(epoch FROM (data::json ->> 'at')::timestamptz) - %lld)), '; '"
                   " ORDER BY outbox_id), '') FROM vigil.outbox WHERE kind = 'fence'",
                   (long long)(t->noon_us / 1000000));

    return database_text(t->d, sql);
}
