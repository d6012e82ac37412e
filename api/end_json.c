#include "api/end_json.h"

#include "engine/engine.h"

static const int64_t ID_MAX = (INT64_C(1) << 53) - 1;

static const char *const KINDS = "one of place, person_id, station_id, lookout_point_id, site_id, "
                                 "incident_id";

bool end_json_read(const struct input *v, struct ends_wish *out, struct fail *f)
{
    struct input_key keys[ENDS_KINDS] = {
        [ENDS_PLACE] = { "place", false, NULL },
        [ENDS_PERSON] = { "person_id", false, NULL },
        [ENDS_STATION] = { "station_id", false, NULL },
        [ENDS_LOOKOUT_POINT] = { "lookout_point_id", false, NULL },
        [ENDS_SITE] = { "site_id", false, NULL },
        [ENDS_INCIDENT] = { "incident_id", false, NULL },
    };
    int32_t given = 0;

    if (!input_keys(v, keys, ENDS_KINDS, f))
        return false;
    for (enum ends_kind kind = 0; kind < ENDS_KINDS; kind++)
        if (keys[kind].value) {
            given++;
            out->kind = kind;
        }
    if (given != 1) {
        fail_set(f, FAIL_INPUT, VALUE_NOT_ALLOWED,
                 "where a way begins or ends is said in one way, not in %d", given);
        fail_allowed(f, "%s", KINDS);
        return input_blame(v, f);
    }
    if (out->kind == ENDS_PLACE)
        return frame_read_place(keys[ENDS_PLACE].value, &out->place, f);
    return input_int(keys[out->kind].value, 1, ID_MAX, &out->id, f);
}

/* All of one kind. */
static bool read_ids(const struct input *v, struct arena *a, struct ends_wish **out, int32_t *count,
                     struct fail *f)
{
    struct input_key keys[ENDS_KINDS] = {
        [ENDS_PERSON] = { "person_ids", false, NULL },
        [ENDS_STATION] = { "station_ids", false, NULL },
        [ENDS_LOOKOUT_POINT] = { "lookout_point_ids", false, NULL },
        [ENDS_SITE] = { "site_ids", false, NULL },
        [ENDS_INCIDENT] = { "incident_ids", false, NULL },
    };
    enum ends_kind kind = ENDS_KINDS;
    int32_t given = 0;

    if (!input_keys(v, keys + ENDS_PERSON, ENDS_KINDS - ENDS_PERSON, f))
        return false;
    for (enum ends_kind k = ENDS_PERSON; k < ENDS_KINDS; k++)
        if (keys[k].value) {
            given++;
            kind = k;
        }
    if (given != 1) {
        fail_set(f, FAIL_INPUT, VALUE_NOT_ALLOWED, "ids are of one kind, not of %d", given);
        fail_allowed(f, "one of person_ids, station_ids, lookout_point_ids, site_ids, "
                        "incident_ids, or an array of objects");
        return input_blame(v, f);
    }
    if (!input_array(keys[kind].value, 1, END_JSON_MAX, count, f))
        return false;
    *out = arena_take(a, (size_t)*count, sizeof **out);
    for (int32_t i = 0; i < *count; i++) {
        (*out)[i].kind = kind;
        if (!input_int(input_item(keys[kind].value, i), 1, ID_MAX, &(*out)[i].id, f))
            return false;
    }
    return true;
}

bool end_json_read_list(const struct input *v, struct arena *a, struct ends_wish **out,
                        int32_t *count, struct fail *f)
{
    if (input_is_object(v))
        return read_ids(v, a, out, count, f);
    if (!input_array(v, 1, END_JSON_MAX, count, f))
        return false;
    *out = arena_take(a, (size_t)*count, sizeof **out);
    for (int32_t i = 0; i < *count; i++)
        if (!end_json_read(input_item(v, i), &(*out)[i], f))
            return false;
    return true;
}

bool end_json_are_people(const struct ends_wish *wishes, int32_t count, struct fail *f)
{
    for (int32_t i = 0; i < count; i++)
        if (wishes[i].kind != ENDS_PERSON) {
            fail_set(f, FAIL_INPUT, KEY_MISSING,
                     "without a mode each source is a person, who has her own; source %d is not",
                     i + 1);
            fail_allowed(f, "foot, ebike, car; none where all sources are people");
            return fail_at(f, "/mode");
        }
    return true;
}

bool end_json_find(const struct request *r, const struct ends_wish *wishes, int32_t count,
                   uint32_t modes, struct ends *out, struct fail *f)
{
    const struct sight sight = request_sight(r);
    const struct ends_asker asker = { engine_live(r->engine), engine_landmarks(r->engine), &sight,
                                      modes };
    struct db *db;

    if (!ends_find(&asker, wishes, count, r->arena, out, f))
        return false;
    if (out->unread == 0 ||
        (request_db(r, &db, f) && ends_read(&asker, db, wishes, r->arena, out, f)))
        return true;
    ends_done(out);
    return false;
}

/* ------------------------------------------------------------------ who is absent */

const char *const END_JSON_ABSENCE_WORDS[END_JSON_ABSENCES] = { "missing", "unplaced",
                                                                "off_street" };

static enum end_json_absence absence_of(const struct ends_one *one)
{
    if (one->modes)
        return END_JSON_ABSENCES;
    return one->state == ENDS_MISSING    ? END_JSON_MISSING
           : one->state == ENDS_UNPLACED ? END_JSON_UNPLACED
                                         : END_JSON_OFF_STREET;
}

void end_json_write_absent(struct emit *e, enum end_json_absence absence, const struct ends *ends,
                           int32_t first, int32_t count)
{
    emit_array(e);
    for (int32_t i = 0; i < count; i++)
        if (absence_of(&ends->all[first + i]) == absence)
            emit_int(e, i);
    emit_end(e);
}
