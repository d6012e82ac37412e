#include "tests/support/scene.h"

#include "engine/engine.h"
#include "engine/live.h"
#include "tests/support/check_near.h"
#include "tests/support/database.h"

struct asking_room SCENE_ROOM;

void scene_run(const char *sql)
{
    struct fail f = { 0 };

    if (!db_script(SCENE_ROOM.d->db, sql, &f))
        fail_msg("%s: %s", fail_word(f.code), f.text);
}

static void build(void)
{
    struct fail f = { 0 };

    scene_run("INSERT INTO vigil.org (org_id, parent_id, kind, code, name, area) VALUES"
              " (10, 1, 'county', 'N', 'North',"
              "  ST_Multi(ST_MakeEnvelope(116.0, 39.5, 116.1, 40.0, 4326))),"
              " (20, 1, 'county', 'S', 'South',"
              "  ST_Multi(ST_MakeEnvelope(116.0, 39.0, 116.1, 39.5, 4326)));"
              "INSERT INTO vigil.org (org_id, parent_id, kind, code, name, area) VALUES"
              " (11, 10, 'township', 'N1', 'First township',"
              "  ST_Multi(ST_MakeEnvelope(116.0, 39.5, 116.05, 40.0, 4326)));"
              "INSERT INTO vigil.org (org_id, parent_id, kind, code, name) VALUES"
              " (30, 11, 'firm', 'F', 'A firm');"
              "INSERT INTO vigil.person (person_id, org_id, display_name, location_consent)"
              " SELECT i, 11, 'Person ' || i, true FROM generate_series(100, 107) i"
              " UNION ALL"
              " SELECT i, 20, 'Southerner ' || i, true FROM generate_series(120, 123) i;"
              "INSERT INTO vigil.squad (squad_id, org_id, kind, code, name) VALUES"
              " (200, 11, 'squad', 'A', 'Squad A'), (201, 11, 'squad', 'B', 'Squad B'),"
              " (202, 11, 'squad', 'C', 'Squad C');"
              "INSERT INTO vigil.squad_member (squad_id, org_id, person_id) VALUES"
              " (200, 11, 100), (200, 11, 101), (200, 11, 102), (201, 11, 102), (201, 11, 103);");
    if (!engine_follow(asking_engine(SCENE_ROOM.asking), &f))
        fail_msg("%s: %s", fail_word(f.code), f.text);
}

/* The history refuses to be emptied, so its triggers have to be put to sleep: by a
 * superuser, which the owner of a test's database is. */
static void clear(void)
{
    int64_t people[SCENE_SOUTHERN + 4 - SCENE_FIRST];
    const int32_t count = (int32_t)(sizeof people / sizeof *people);
    struct fail f = { 0 };

    scene_run("SET session_replication_role = replica;"
              "TRUNCATE vigil.incident, vigil.incident_event, vigil.dispatch,"
              " vigil.dispatch_person, vigil.incident_track, vigil.fence,"
              " vigil.fence_visit, vigil.fence_absence;"
              "SET session_replication_role = origin;"
              "DELETE FROM vigil.membership; DELETE FROM vigil.credential;"
              "DELETE FROM vigil.mutual_aid;"
              "DELETE FROM vigil.incident_type WHERE type NOT IN ('help', 'fire', 'theft', 'knife')"
              " AND valid_from > (SELECT min(valid_from) FROM vigil.incident_type);"
              "UPDATE vigil.incident_type SET min_age = 18;"
              "UPDATE vigil.person SET on_duty = true, location_consent = true, birth_year = NULL,"
              " mode = 'foot', line = '', hired = false, valid_to = NULL;");
    for (int32_t i = 0; i < count; i++)
        people[i] = SCENE_FIRST + i;
    live_release(engine_live(asking_engine(SCENE_ROOM.asking)), people, count);
    if (!engine_follow(asking_engine(SCENE_ROOM.asking), &f))
        fail_msg("%s: %s", fail_word(f.code), f.text);
}

int64_t scene_incident(const char *type)
{
    const struct asking_answer answer = asking_send(
        SCENE_ROOM.worker, "POST", "/v1/incidents", asking_fresh_key(&SCENE_ROOM),
        arena_text(SCENE_ROOM.d->arena,
                   "{\"type\":\"%s\",\"place\":{\"lon\":116.02,\"lat\":39.7,\"frame\":\"wgs84\"}}",
                   type));

    asking_expect(&answer, 201, NULL);
    return asking_int(&answer, "/incident_id");
}

struct asking_answer scene_order(int64_t incident_id, const char *body)
{
    return asking_send(
        SCENE_ROOM.worker, "POST",
        arena_text(SCENE_ROOM.d->arena, "/v1/incidents/%lld/dispatches", (long long)incident_id),
        asking_fresh_key(&SCENE_ROOM), body);
}

int64_t scene_send(int64_t incident_id, int64_t person_id)
{
    const struct asking_answer answer = scene_order(
        incident_id, arena_text(SCENE_ROOM.d->arena, "{\"people\":[%lld],\"reason\":\"nearest\"}",
                                (long long)person_id));

    asking_expect(&answer, 201, NULL);
    return asking_int(&answer, "/dispatch/dispatch_id");
}

struct asking_answer scene_step(int64_t dispatch_id, const char *step, const char *body)
{
    return asking_send(
        SCENE_ROOM.worker, "POST",
        arena_text(SCENE_ROOM.d->arena, "/v1/dispatches/%lld/%s", (long long)dispatch_id, step),
        NULL, body);
}

struct asking_answer scene_act(int64_t incident_id, const char *act, const char *body)
{
    return asking_send(
        SCENE_ROOM.worker, "POST",
        arena_text(SCENE_ROOM.d->arena, "/v1/incidents/%lld/%s", (long long)incident_id, act), NULL,
        body);
}

struct asking_answer scene_ask(const char *method, const char *target, const char *headers,
                               const char *body)
{
    return asking_send(SCENE_ROOM.worker, method, target, headers, body);
}

void scene_as(enum role role, int64_t org_id, int64_t person_id)
{
    asking_as(SCENE_ROOM.worker, role, org_id, person_id);
}

void scene_as_volunteer(int64_t person_id)
{
    scene_as(ROLE_VOLUNTEER, SCENE_TOWNSHIP, person_id);
}

void scene_as_dispatcher(void)
{
    scene_as(ROLE_DISPATCHER, SCENE_TOWNSHIP, 0);
}

int64_t scene_taken_by(int64_t person_id)
{
    struct live *l = engine_live(asking_engine(SCENE_ROOM.asking));
    struct live_person p = { 0 };

    live_read(l);
    assert_true(live_get(l, person_id, &p));
    live_read_end(l);
    return p.taken_incident_id;
}

void scene_expect(int64_t dispatch_id, const char *step, const char *state)
{
    const struct asking_answer answer = scene_step(dispatch_id, step, NULL);

    asking_expect(&answer, 200, NULL);
    assert_string_equal(asking_text(&answer, "/people/0/state"), state);
}

int scene_open(void **state)
{
    const int failed = asking_open_room(&SCENE_ROOM, state);

    build();
    return failed;
}

int scene_close(void **state)
{
    (void)state;
    return asking_close_room(&SCENE_ROOM);
}

int scene_begin(void **state)
{
    (void)state;
    scene_as_dispatcher();
    return 0;
}

int scene_end(void **state)
{
    (void)state;
    assert_int_equal(database_int(SCENE_ROOM.d, "SELECT count(*) FROM vigil.dispatch_overlap"), 0);
    clear();
    return 0;
}
