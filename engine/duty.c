/* The row of the person is locked first, so that two who change her duty come one
 * after the other, and the second finds what the first left. */
#include "engine/duty.h"

#include <string.h>

#include "engine/feed.h"
#include "geo/base/emit.h"

static struct duty_state state_of(const struct db_rows *rows)
{
    return (struct duty_state){ .person_id = db_get_int(rows, 0, 0),
                                .org_id = db_get_int(rows, 0, 1),
                                .version = db_get_int(rows, 0, 2),
                                .on_duty = db_get_bool(rows, 0, 3),
                                .mode = db_get_text(rows, 0, 4),
                                .is_hired = db_get_bool(rows, 0, 5),
                                .hindrances = db_get_text(rows, 0, 6) };
}

static bool read_state(struct db *db, int64_t person_id, struct arena *a, struct duty_state *out,
                       struct fail *f)
{
    const struct db_value value = db_int(person_id);
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_DUTY_GET, &value, 1, a, &rows, f))
        return false;
    if (db_count(rows) == 0)
        return fail_set(f, FAIL_MISSING, PERSON_UNKNOWN, "there is no person %lld",
                        (long long)person_id);
    *out = state_of(rows);
    return true;
}

static bool tell(struct db *db, const struct duty_state *s, struct fail *f)
{
    struct buf data = { 0 };
    struct emit e = emit_to(&data);

    emit_object(&e);
    emit_key_int(&e, "person_id", s->person_id);
    emit_key_bool(&e, "on_duty", s->on_duty);
    emit_key_text(&e, "mode", s->mode);
    emit_key_bool(&e, "hired", s->is_hired);
    emit_end(&e);

    const struct feed_event event = { .kind = "duty",
                                      .org_id = s->org_id,
                                      .people = &s->person_id,
                                      .people_count = 1,
                                      .data = buf_text(&data) };
    const bool is_told = feed_tell(db, &event, f);

    buf_free(&data);
    return is_told;
}

bool duty_set(struct db *db, const struct duty_wish *wish, struct arena *a, struct duty_state *out,
              struct fail *f)
{
    struct duty_state before;
    const struct db_rows *rows;

    if (!read_state(db, wish->person_id, a, &before, f))
        return false;
    const char *mode = wish->mode ? wish->mode : before.mode;
    const bool is_taxi = strcmp(mode, "taxi") == 0;
    const bool is_hired = is_taxi && (wish->sets_hired ? wish->is_hired : before.is_hired);

    if (wish->sets_hired && wish->is_hired && !is_taxi) {
        fail_set(f, FAIL_INPUT, VALUE_NOT_ALLOWED, "only a taxi is hired: her mode is %s", mode);
        fail_at(f, "/hired");
        return fail_allowed(f, "false");
    }
    if (before.on_duty == wish->on_duty && before.is_hired == is_hired &&
        strcmp(before.mode, mode) == 0) {
        *out = before;
        return true;
    }
    const struct db_value values[] = { db_int(wish->person_id), db_bool(wish->on_duty),
                                       db_text(mode), db_bool(is_hired) };

    if (!db_run(db, QUERIES_DUTY_SET, values, 4, a, &rows, f))
        return false;
    if (db_count(rows) == 0)
        return fail_set(f, FAIL_MISSING, PERSON_UNKNOWN, "there is no person %lld",
                        (long long)wish->person_id);
    *out = state_of(rows);
    out->is_changed = true;
    return tell(db, out, f);
}

bool duty_hire(struct db *db, int64_t person_id, bool is_hired, struct arena *a,
               struct duty_state *out, struct fail *f)
{
    const struct duty_wish wish = {
        .person_id = person_id, .on_duty = true, .sets_hired = true, .is_hired = is_hired
    };

    if (!read_state(db, person_id, a, out, f))
        return false;
    return !out->on_duty || strcmp(out->mode, "taxi") != 0 || duty_set(db, &wish, a, out, f);
}

void duty_show(struct live *l, const struct duty_state *state)
{
    enum able_crew crew = ABLE_OWN;
    enum mode mode = MODE_FOOT;

    if (state->is_changed && able_mode_of(state->mode, &mode, &crew))
        live_duty(l, state->person_id, state->on_duty, mode, crew, state->is_hired);
}
