/* On and off duty: of somebody, by staff, or of oneself. */
#include <string.h>

#include "api/handlers.h"
#include "api/staff.h"
#include "engine/cursor.h"
#include "engine/duty.h"
#include "engine/engine.h"
#include "engine/person.h"

enum { ON_DUTY, MODE, HIRED, KEYS };

enum { LIMIT_DEFAULT = 100, LIMIT_MAX = 1000 };

static const char *const MODES[] = { "foot", "ebike", "car", "bus", "taxi" };

static bool read_duty(const struct request *r, struct duty_wish *w, struct fail *f)
{
    struct input_key keys[KEYS] = {
        [ON_DUTY] = { "on_duty", true, NULL },
        [MODE] = { "mode", false, NULL },
        [HIRED] = { "hired", false, NULL },
    };
    const struct input *body;
    int32_t mode;

    if (!request_json(r, &body, f) || !input_keys(body, keys, KEYS, f) ||
        !input_bool(keys[ON_DUTY].value, &w->on_duty, f))
        return false;
    if (keys[MODE].value) {
        if (!input_word(keys[MODE].value, MODES, sizeof MODES / sizeof *MODES, &mode, f))
            return false;
        w->mode = MODES[mode];
    }
    w->sets_hired = keys[HIRED].value != NULL;
    return !w->sets_hired || input_bool(keys[HIRED].value, &w->is_hired, f);
}

/* What someone does to herself is in her history of duty; what is done to somebody
 * else is recorded as well. */
static bool record(const struct request *r, struct db *db, const struct person *p,
                   const struct duty_state *s, struct fail *f)
{
    return !s->is_changed || staff_record(r, db, p, "duty_changed",
                                          arena_text(r->arena, "{\"on_duty\":%s,\"mode\":\"%s\"}",
                                                     s->on_duty ? "true" : "false", s->mode),
                                          f);
}

/* `p` is NULL for whoever asks. */
static bool change(const struct request *r, struct db *db, const struct person *p,
                   const struct duty_wish *w, struct duty_state *s, struct fail *f)
{
    if (!db_begin(db, f))
        return false;
    if (duty_set(db, w, r->arena, s, f) && (!p || record(r, db, p, s, f)))
        return db_commit(db, f);
    db_rollback(db);
    return false;
}

static void write_state(struct emit *e, const struct duty_state *s)
{
    emit_object(e);
    emit_key_int(e, "person_id", s->person_id);
    emit_key_int(e, "version", s->version);
    emit_key_bool(e, "on_duty", s->on_duty);
    emit_key_text(e, "mode", s->mode);
    emit_key_bool(e, "hired", s->is_hired);
    emit_key(e, "hindrances");
    emit_raw(e, s->hindrances, strlen(s->hindrances));
    emit_end(e);
}

static bool reply_state(const struct request *r, const struct duty_state *state, struct reply *out)
{
    duty_show(engine_live(r->engine), state);
    write_state(reply_json(out, REPLY_OK), state);
    reply_etag(out, arena_text(r->arena, "%lld", (long long)state->version));
    return true;
}

bool on_duties_set(const struct request *r, struct reply *out, struct fail *f)
{
    struct duty_state state;
    struct duty_wish wish = { 0 };
    struct person person;
    struct db *db;

    if (!read_duty(r, &wish, f) || !request_db(r, &db, f) ||
        !staff_person_at_home(r, db, &person, f))
        return false;
    wish.person_id = person.person_id;
    return change(r, db, &person, &wish, &state, f) && reply_state(r, &state, out);
}

bool on_duties_set_mine(const struct request *r, struct reply *out, struct fail *f)
{
    struct duty_wish wish = { .person_id = r->caller.person_id };
    struct duty_state state;
    struct db *db;

    return read_duty(r, &wish, f) && request_db(r, &db, f) &&
           change(r, db, NULL, &wish, &state, f) && reply_state(r, &state, out);
}

/* ------------------------------------------------------------------ the history */

static void write_id(struct emit *e, const char *key, const struct db_rows *rows, int32_t row,
                     int32_t column)
{
    if (!db_is_null(rows, row, column)) {
        emit_key_int(e, key, db_get_int(rows, row, column));
        return;
    }
    emit_key(e, key);
    emit_null(e);
}

static void write_list(struct emit *e, const struct db_rows *rows, int32_t count, const char *next)
{
    emit_object(e);
    emit_key(e, "items");
    emit_array(e);
    for (int32_t i = 0; i < count; i++) {
        emit_object(e);
        emit_key_text(e, "at", db_get_text(rows, i, 1));
        emit_key_bool(e, "on_duty", db_get_bool(rows, i, 2));
        emit_key_text(e, "mode", db_get_text(rows, i, 3));
        write_id(e, "by_token_id", rows, i, 4);
        write_id(e, "by_person_id", rows, i, 5);
        emit_end(e);
    }
    emit_end(e);
    emit_key_text(e, "next", next);
    emit_end(e);
}

bool on_duties_list(const struct request *r, struct reply *out, struct fail *f)
{
    const char *cursor = request_query(r, "cursor"), *next = NULL;
    const struct db_rows *rows;
    struct person person;
    int64_t limit, before_id = 0;
    struct db *db;

    if (!request_query_int(r, "limit", 1, LIMIT_MAX, LIMIT_DEFAULT, &limit, f) ||
        !request_db(r, &db, f) || !staff_person(r, db, &person, f))
        return false;
    const int64_t id = person.person_id;
    const char *list = arena_text(r->arena, "/v1/people/%lld/duty", (long long)id);

    if (cursor && !cursor_read(db, list, cursor, r->arena, &before_id, f))
        return false;
    const struct db_value values[] = { db_int(id), db_int(before_id), db_int(limit + 1) };

    if (!db_run(db, QUERIES_DUTY_LIST, values, 3, r->arena, &rows, f))
        return false;
    const int32_t count = db_count(rows) > limit ? (int32_t)limit : db_count(rows);

    if (db_count(rows) > limit &&
        !cursor_make(db, list, db_get_int(rows, count - 1, 0), r->arena, &next, f))
        return false;
    write_list(reply_json(out, REPLY_OK), rows, count, next);
    return true;
}
