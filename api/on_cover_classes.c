/* Which streets are to be watched, and for how long a visit counts. */
#include "api/handlers.h"
#include "engine/audit.h"
#include "engine/db.h"
#include "geo/road/network.h"

enum { WINDOW_MIN_S = 60, WINDOW_MAX_S = 7 * 24 * 3600 };

struct wish {
    int64_t classes[STREET_CLASS_COUNT], counts[STREET_CLASS_COUNT], windows_s[STREET_CLASS_COUNT];
    int32_t count;
    const char *asked; /* JSON */
};

static bool answer(struct db *db, const struct request *r, struct reply *out, struct fail *f)
{
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_COVER_CLASS_LIST, NULL, 0, r->arena, &rows, f))
        return false;
    struct emit *e = reply_json(out, REPLY_OK);

    emit_object(e);
    emit_key(e, "classes");
    emit_array(e);
    for (int32_t i = 0; i < db_count(rows); i++) {
        emit_object(e);
        emit_key_text(e, "class", network_class_word((enum street_class)db_get_int(rows, i, 0)));
        emit_key_bool(e, "counts", db_get_bool(rows, i, 1));
        emit_key_int(e, "window_s", db_get_int(rows, i, 2));
        emit_end(e);
    }
    emit_end(e);
    emit_end(e);
    return true;
}

bool on_cover_classes_list(const struct request *r, struct reply *out, struct fail *f)
{
    struct db *db;

    return request_db(r, &db, f) && answer(db, r, out, f);
}

static bool read_one(const struct input *v, struct wish *w, struct fail *f)
{
    struct input_key keys[] = { { "class", true, NULL },
                                { "counts", true, NULL },
                                { "window_s", true, NULL } };
    int32_t class;
    bool counts;

    if (!input_keys(v, keys, 3, f) ||
        !input_word(keys[0].value, NETWORK_CLASS_WORDS, STREET_CLASS_COUNT, &class, f) ||
        !input_bool(keys[1].value, &counts, f) ||
        !input_int(keys[2].value, WINDOW_MIN_S, WINDOW_MAX_S, &w->windows_s[w->count], f))
        return false;
    for (int32_t i = 0; i < w->count; i++) {
        if (w->classes[i] != class)
            continue;
        fail_set(f, FAIL_INPUT, VALUE_NOT_ALLOWED, "%s comes twice",
                 network_class_word((enum street_class) class));
        fail_allowed(f, "each class once");
        return input_blame(v, f);
    }
    w->classes[w->count] = class;
    w->counts[w->count] = counts;
    w->count++;
    return true;
}

static bool read_wish(const struct request *r, struct wish *w, struct fail *f)
{
    struct input_key keys[] = { { "classes", true, NULL } };
    const struct input *body;
    int32_t count;

    if (!request_json(r, &body, f) || !input_keys(body, keys, 1, f) ||
        !input_array(keys[0].value, 1, STREET_CLASS_COUNT, &count, f))
        return false;
    for (int32_t i = 0; i < count; i++)
        if (!read_one(input_item(keys[0].value, i), w, f))
            return false;
    w->asked = input_dump(r->arena, body);
    return true;
}

static bool change(const struct request *r, struct db *db, const struct wish *w, struct fail *f)
{
    const size_t count = (size_t)w->count;
    const struct db_value values[] = { db_ints(w->classes, count), db_ints(w->counts, count),
                                       db_ints(w->windows_s, count) };
    const struct audit_entry entry = {
        .token_id = r->caller.token_id,
        .person_id = r->caller.person_id,
        .org_id = r->caller.org_id,
        .action = "cover_classes_changed",
        .subject = "cover_classes",
        .request_id = r->id,
        .detail = w->asked,
    };

    return db_run(db, QUERIES_COVER_CLASS_SET, values, 3, NULL, NULL, f) &&
           audit_add(db, &entry, f) && db_commit(db, f);
}

bool on_cover_classes_put(const struct request *r, struct reply *out, struct fail *f)
{
    struct wish wish = { 0 };
    struct db *db;

    if (!read_wish(r, &wish, f) || !request_db(r, &db, f) || !db_begin(db, f))
        return false;
    if (!change(r, db, &wish, f)) {
        db_rollback(db);
        return false;
    }
    return answer(db, r, out, f);
}
