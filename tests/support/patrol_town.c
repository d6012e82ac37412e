#include "tests/support/patrol_town.h"

#include "tests/support/block.h"
#include "tests/support/check_near.h"

enum { SIDE = 4 };

static const char PATROL[] =
    "INSERT INTO vigil.org (org_id, parent_id, kind, code, name) VALUES"
    " (2, 1, 'county', 'C', 'County'), (3, 1, 'county', 'N', 'Neighbour');"
    "INSERT INTO vigil.person (person_id, display_name, org_id, on_duty, location_consent)"
    " SELECT i, 'P' || i, 2, false, true FROM generate_series(11, 14) i;"
    "INSERT INTO vigil.squad (squad_id, org_id, kind, code, name) VALUES (5, 2, 'squad', 's', 's');"
    "INSERT INTO vigil.squad_member (squad_id, person_id, org_id, role)"
    " VALUES (5, 11, 2, 'leader'), (5, 12, 2, 'member');"
    "INSERT INTO vigil.beat (beat_id, org_id, code, name, length_cm) VALUES (1, 2, 'b', 'b', "
    "40000);"
    "INSERT INTO vigil.beat_segment (beat_id, position, segment_id, org_id)"
    " SELECT 1, row_number() OVER (ORDER BY segment_id), segment_id, 2 FROM vigil.segment"
    " WHERE name = 'Row 0';"
    "INSERT INTO vigil.patrol_plan (plan_id, org_id, beat_id, name, weekdays, starts_min,"
    " length_min, cutoff_min, capacity, min_people, max_people, radius_m)"
    " VALUES (1, 2, 1, 'p', 127, 0, 60, 60, 1, 1, 8, 100);"
    "INSERT INTO vigil.patrol_opening (opening_id, plan_id, org_id, month, opens_at, closes_at, "
    "seed)"
    " VALUES (1, 1, 2, date_trunc('month', now())::date, now() - interval '2 days',"
    " now() - interval '1 day', sha256('x'));"
    "INSERT INTO vigil.patrol_day (day_id, opening_id, plan_id, beat_id, org_id, day, during,"
    " cutoff_at, min_people, max_people, radius_m) VALUES (1, 1, 1, 1, 2, now()::date,"
    " tstzrange(now() - interval '3 hours', now() - interval '2 hours'),"
    " now() - interval '4 hours', 1, 8, 100);"
    "INSERT INTO vigil.patrol_place (day_id, place, org_id) VALUES (1, 1, 2);"
    "INSERT INTO vigil.claim (claim_id, day_id, place, org_id, squad_id, squad_org_id, month,"
    " during, state, fair) SELECT 1, 1, 1, 2, 5, 2, date_trunc('month', now())::date, during,"
    " 'started', true FROM vigil.patrol_day;";

static const char CHECKED_IN[] =
    "INSERT INTO vigil.signup (signup_id, org_id, claim_id, person_id, role, during, state)"
    " SELECT person_id, 2, 1, person_id, 'member', 'empty', 'checked_in' FROM vigil.squad_member;"
    "INSERT INTO vigil.checkin (checkin_id, signup_id, org_id, person_id, kind, how, at)"
    " SELECT person_id, person_id, 2, person_id, 'in', 'hand', lower(during)"
    " FROM vigil.squad_member, vigil.patrol_day";

static void run(struct database *d, const char *sql)
{
    struct fail f = { 0 };

    if (!db_script(d->db, sql, &f))
        fail_msg("%s", f.text);
}

void patrol_town(struct database *d)
{
    block_import(d, SIDE, BLOCK_PORTO);
    run(d, PATROL);
}

void patrol_town_check_in(struct database *d)
{
    run(d, CHECKED_IN);
}

void patrol_town_walk(struct database *d, int64_t person_id, int minutes, double x_m, double mps,
                      int fixes, int seed)
{
    run(d,
        arena_text(
            d->arena,
            "INSERT INTO vigil.position_history (person_id, lon_e7, lat_e7, accuracy_dm,"
            " fix_us, received_us)"
            " SELECT %lld, round(1e7 * (%.7f + (%.1f + i * 10 * %.2f) * 1e-5) + (i * i * 37 + %d)"
            "   %% 300 - 150), round(1e7 * %.7f + (i * i * 53 + %d) %% 300 - 150), 80, us, us"
            " FROM generate_series(0, %d) i, LATERAL (SELECT vigil.microseconds(lower(during)"
            "  + make_interval(mins => %d, secs => i * 10)) AS us FROM vigil.patrol_day) t",
            (long long)person_id, BLOCK_PORTO.lon, x_m, mps, seed, BLOCK_PORTO.lat, 3 * seed,
            fixes - 1, minutes));
}
