/* How fast one goes: the city's table of speeds by class of street and mode. */
#include "api/handlers.h"
#include "engine/audit.h"
#include "engine/speeds.h"

enum { PAIRS = STREET_CLASS_COUNT * MODE_COUNT, KMH_DECIMALS = 3 };

static void write_speeds(struct emit *e, const struct network_speeds *speeds)
{
    emit_object(e);
    emit_key(e, "speeds");
    emit_array(e);
    for (enum street_class street = 0; street < STREET_CLASS_COUNT; street++)
        for (enum mode mode = 0; mode < MODE_COUNT; mode++) {
            emit_object(e);
            emit_key_text(e, "class", network_class_word(street));
            emit_key_text(e, "mode", network_mode_word(mode));
            emit_key(e, "kmh");
            if (speeds->kmh[street][mode] > 0)
                emit_number(e, speeds->kmh[street][mode], KMH_DECIMALS);
            else
                emit_null(e);
            emit_end(e);
        }
    emit_end(e);
    emit_end(e);
}

bool on_speeds_list(const struct request *r, struct reply *out, struct fail *f)
{
    struct network_speeds speeds;
    struct db *db;

    if (!request_db(r, &db, f) || !speeds_read(db, r->arena, &speeds, f))
        return false;
    write_speeds(reply_json(out, REPLY_OK), &speeds);
    return true;
}

enum { CLASS, MODE, KMH, KEYS };

static bool read_one(const struct input *v, bool given[STREET_CLASS_COUNT][MODE_COUNT],
                     struct network_speeds *speeds, struct fail *f)
{
    static const char *const MODES[MODE_COUNT] = { "foot", "ebike", "car" };
    struct input_key keys[KEYS] = { [CLASS] = { "class", true, NULL },
                                    [MODE] = { "mode", true, NULL },
                                    [KMH] = { "kmh", false, NULL } };
    int32_t street, mode;
    double kmh = 0;

    if (!input_keys(v, keys, KEYS, f) ||
        !input_word(keys[CLASS].value, NETWORK_CLASS_WORDS, STREET_CLASS_COUNT, &street, f) ||
        !input_word(keys[MODE].value, MODES, MODE_COUNT, &mode, f) ||
        (keys[KMH].value &&
         !input_number(keys[KMH].value, SPEEDS_KMH_MIN, SPEEDS_KMH_MAX, &kmh, f)))
        return false;
    if (given[street][mode]) {
        fail_set(f, FAIL_INPUT, SPEED_REPEATED, "the speed of %s on %s is given twice", MODES[mode],
                 NETWORK_CLASS_WORDS[street]);
        fail_allowed(f, "each class and mode once");
        return input_blame(v, f);
    }
    given[street][mode] = true;
    speeds->kmh[street][mode] = kmh;
    return true;
}

static bool check_whole(const struct input *v, bool given[STREET_CLASS_COUNT][MODE_COUNT],
                        struct fail *f)
{
    for (enum street_class street = 0; street < STREET_CLASS_COUNT; street++)
        for (enum mode mode = 0; mode < MODE_COUNT; mode++) {
            if (given[street][mode])
                continue;
            fail_set(f, FAIL_INPUT, VALUE_OUT_OF_RANGE, "the speed of %s on %s is not given",
                     network_mode_word(mode), network_class_word(street));
            fail_allowed(f, "all %d pairs of class and mode, as GET /v1/speeds has them", PAIRS);
            return input_blame(v, f);
        }
    return true;
}

/* The whole table, no pair of it twice: what is left out would be as easily forgotten as
 * meant. */
static bool read_speeds(const struct request *r, struct network_speeds *speeds, struct fail *f)
{
    bool given[STREET_CLASS_COUNT][MODE_COUNT] = { 0 };
    struct input_key keys[] = { { "speeds", true, NULL } };
    const struct input *body;
    int32_t count;

    *speeds = (struct network_speeds){ 0 };
    if (!request_json(r, &body, f) || !input_keys(body, keys, 1, f) ||
        !input_array(keys[0].value, 1, PAIRS, &count, f))
        return false;
    for (int32_t i = 0; i < count; i++)
        if (!read_one(input_item(keys[0].value, i), given, speeds, f))
            return false;
    return check_whole(keys[0].value, given, f);
}

/* What was changed, from what to what. */
static const char *tell(const struct network_speeds *before, const struct network_speeds *after,
                        struct arena *a)
{
    struct buf text = { 0 };
    struct emit e = emit_to(&text);

    emit_object(&e);
    for (enum street_class street = 0; street < STREET_CLASS_COUNT; street++)
        for (enum mode mode = 0; mode < MODE_COUNT; mode++) {
            const double from = before->kmh[street][mode];
            const double to = after->kmh[street][mode];

            if (!(from < to || from > to))
                continue;
            emit_key(&e,
                     arena_text(a, "%s %s", network_class_word(street), network_mode_word(mode)));
            emit_array(&e);
            emit_number(&e, from, KMH_DECIMALS);
            emit_number(&e, to, KMH_DECIMALS);
            emit_end(&e);
        }
    emit_end(&e);
    const char *kept = arena_text(a, "%s", buf_text(&text));

    buf_free(&text);
    return kept;
}

static bool change(const struct request *r, struct db *db, const struct network_speeds *speeds,
                   struct fail *f)
{
    struct network_speeds before;
    int32_t changed;

    if (!speeds_read(db, r->arena, &before, f) || !speeds_set(db, speeds, r->arena, &changed, f))
        return false;
    const struct audit_entry entry = { .token_id = r->caller.token_id,
                                       .person_id = r->caller.person_id,
                                       .org_id = r->caller.org_id,
                                       .action = "speeds_changed",
                                       .subject = "speeds",
                                       .request_id = r->id,
                                       .detail = tell(&before, speeds, r->arena) };

    return changed == 0 || audit_add(db, &entry, f);
}

bool on_speeds_set(const struct request *r, struct reply *out, struct fail *f)
{
    struct network_speeds speeds;
    struct db *db;

    if (!read_speeds(r, &speeds, f) || !request_db(r, &db, f) || !db_begin(db, f))
        return false;
    if (!change(r, db, &speeds, f) || !db_commit(db, f)) {
        db_rollback(db);
        return false;
    }
    write_speeds(reply_json(out, REPLY_OK), &speeds);
    return true;
}
