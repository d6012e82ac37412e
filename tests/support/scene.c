#include "tests/support/scene.h"

#include "engine/engine.h"
#include "engine/live.h"
#include "tests/support/check_near.h"

void scene_run(struct asking_room *room, const char *sql)
{
    struct fail f = { 0 };

    if (!db_script(room->d->db, sql, &f))
        fail_msg("%s: %s", fail_word(f.code), f.text);
}

void scene_build(struct asking_room *room)
{
    struct fail f = { 0 };

    scene_run(room,
              "INSERT INTO vigil.org (org_id, parent_id, kind, code, name, area) VALUES"
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
    if (!engine_follow(asking_engine(room->asking), &f))
        fail_msg("%s: %s", fail_word(f.code), f.text);
}

/* The history refuses to be emptied, so its triggers have to be put to sleep: by a
 * superuser, which the owner of a test's database is. */
void scene_clear(struct asking_room *room)
{
    int64_t people[SCENE_SOUTHERN + 4 - SCENE_FIRST];
    const int32_t count = (int32_t)(sizeof people / sizeof *people);
    struct fail f = { 0 };

    scene_run(room,
              "SET session_replication_role = replica;"
              "TRUNCATE vigil.incident, vigil.incident_event, vigil.dispatch,"
              " vigil.dispatch_person;"
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
    live_release(engine_live(asking_engine(room->asking)), people, count);
    if (!engine_follow(asking_engine(room->asking), &f))
        fail_msg("%s: %s", fail_word(f.code), f.text);
}

int64_t scene_incident(struct asking_room *room, const char *type)
{
    const struct asking_answer answer = asking_send(
        room->worker, "POST", "/v1/incidents", asking_fresh_key(room),
        arena_text(room->d->arena,
                   "{\"type\":\"%s\",\"place\":{\"lon\":116.02,\"lat\":39.7,\"frame\":\"wgs84\"}}",
                   type));

    asking_expect(&answer, 201, NULL);
    return asking_int(&answer, "/incident_id");
}

struct asking_answer scene_order(struct asking_room *room, int64_t incident_id, const char *body)
{
    return asking_send(
        room->worker, "POST",
        arena_text(room->d->arena, "/v1/incidents/%lld/dispatches", (long long)incident_id),
        asking_fresh_key(room), body);
}

int64_t scene_send(struct asking_room *room, int64_t incident_id, int64_t person_id)
{
    const struct asking_answer answer =
        scene_order(room, incident_id,
                    arena_text(room->d->arena, "{\"people\":[%lld],\"reason\":\"nearest\"}",
                               (long long)person_id));

    asking_expect(&answer, 201, NULL);
    return asking_int(&answer, "/dispatch/dispatch_id");
}

struct asking_answer scene_step(struct asking_room *room, int64_t dispatch_id, const char *step,
                                const char *body)
{
    return asking_send(
        room->worker, "POST",
        arena_text(room->d->arena, "/v1/dispatches/%lld/%s", (long long)dispatch_id, step), NULL,
        body);
}

struct asking_answer scene_act(struct asking_room *room, int64_t incident_id, const char *act,
                               const char *body)
{
    return asking_send(
        room->worker, "POST",
        arena_text(room->d->arena, "/v1/incidents/%lld/%s", (long long)incident_id, act), NULL,
        body);
}
