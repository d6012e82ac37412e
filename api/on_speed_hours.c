/* How fast streets are by the hour of the week. */
#include <math.h>

#include "api/handlers.h"
#include "api/way.h"
#include "engine/audit.h"
#include "engine/speed_hours.h"
#include "geo/road/pace.h"

struct wish {
    struct speed_hours *hours;
    int32_t count;
};

/* ------------------------------------------------------------------ reading */

static bool read_factors(const struct input *v, int64_t *out, struct fail *f)
{
    double factors[SPEED_HOURS];
    int32_t count;

    if (!input_numbers(v, SPEED_HOURS, SPEED_HOURS, factors, &count, f))
        return false;
    for (int32_t hour = 0; hour < SPEED_HOURS; hour++) {
        double unused;

        if (!input_number(input_item(v, hour), PACE_FACTOR_MIN / 1000.0, PACE_FACTOR_MAX / 1000.0,
                          &unused, f))
            return false;
        out[hour] = llround(factors[hour] * 1000);
    }
    return true;
}

static bool read_one(const struct input *v, struct speed_hours *out, struct fail *f)
{
    struct input_key keys[] = { { "class", true, NULL },
                                { "mode", true, NULL },
                                { "factors", true, NULL } };
    int32_t word;

    if (!input_keys(v, keys, 3, f) ||
        !input_word(keys[0].value, NETWORK_CLASS_WORDS, STREET_CLASS_COUNT, &word, f) ||
        !way_read_mode(keys[1].value, &out->mode, f))
        return false;
    out->street_class = (enum street_class)word;
    return read_factors(keys[2].value, out->factors, f);
}

static bool read_wish(const struct request *r, struct wish *w, struct fail *f)
{
    struct input_key keys[] = { { "factors", true, NULL } };
    bool seen[STREET_CLASS_COUNT][MODE_COUNT] = { 0 };
    const struct input *body;

    if (!request_json(r, &body, f) || !input_keys(body, keys, 1, f) ||
        !input_array(keys[0].value, 1, SPEED_HOURS_ROWS_MAX, &w->count, f))
        return false;
    w->hours = arena_take(r->arena, (size_t)w->count, sizeof *w->hours);
    for (int32_t i = 0; i < w->count; i++) {
        const struct input *v = input_item(keys[0].value, i);
        struct speed_hours *one = &w->hours[i];

        if (!read_one(v, one, f))
            return false;
        if (seen[one->street_class][one->mode]) {
            fail_set(f, FAIL_INPUT, VALUE_NOT_ALLOWED, "%s by %s comes twice",
                     network_class_word(one->street_class), network_mode_word(one->mode));
            fail_allowed(f, "each class and mode once");
            return input_blame(v, f);
        }
        seen[one->street_class][one->mode] = true;
    }
    return true;
}

/* ------------------------------------------------------------------ answering */

static void write_one(struct emit *e, const struct speed_hours *one)
{
    emit_object(e);
    emit_key_text(e, "class", network_class_word(one->street_class));
    emit_key_text(e, "mode", network_mode_word(one->mode));
    emit_key(e, "factors");
    emit_array(e);
    for (int32_t hour = 0; hour < SPEED_HOURS; hour++)
        emit_number(e, (double)one->factors[hour] / 1000, 3);
    emit_end(e);
    emit_end(e);
}

static bool answer(const struct request *r, struct db *db, struct reply *out, struct fail *f)
{
    const struct speed_hours *list;
    int32_t count;

    if (!speed_hours_list(db, r->arena, &list, &count, f))
        return false;
    struct emit *e = reply_json(out, REPLY_OK);

    emit_object(e);
    emit_key(e, "factors");
    emit_array(e);
    for (int32_t i = 0; i < count; i++)
        write_one(e, &list[i]);
    emit_end(e);
    emit_end(e);
    return true;
}

bool on_speed_hours_list(const struct request *r, struct reply *out, struct fail *f)
{
    struct db *db;

    return request_db(r, &db, f) && answer(r, db, out, f);
}

/* ------------------------------------------------------------------ changing */

static bool record(const struct request *r, struct db *db, const struct speed_hours *one,
                   struct fail *f)
{
    const struct audit_entry entry = {
        .token_id = r->caller.token_id,
        .person_id = r->caller.person_id,
        .org_id = r->caller.org_id,
        .action = "speed_hours_changed",
        .subject = arena_text(r->arena, "speed_hours %s %s", network_class_word(one->street_class),
                              network_mode_word(one->mode)),
        .request_id = r->id,
    };

    return audit_add(db, &entry, f);
}

static bool put_all(const struct request *r, struct db *db, const struct wish *w, struct fail *f)
{
    for (int32_t i = 0; i < w->count; i++)
        if (!speed_hours_put(db, &w->hours[i], f) || !record(r, db, &w->hours[i], f))
            return false;
    return db_commit(db, f);
}

bool on_speed_hours_put(const struct request *r, struct reply *out, struct fail *f)
{
    struct wish wish;
    struct db *db;

    if (!read_wish(r, &wish, f) || !request_db(r, &db, f) || !db_begin(db, f))
        return false;
    if (!put_all(r, db, &wish, f)) {
        db_rollback(db);
        return false;
    }
    return answer(r, db, out, f);
}
