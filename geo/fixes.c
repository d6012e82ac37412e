/* A scanner for exactly one shape of JSON: twenty thousand fixes a second are
 * most of what the server ever reads, and a tree of them would cost more than
 * everything that is done with them. */
#include "geo/fixes.h"

#include <math.h>
#include <string.h>

#include "geo/instant.h"
#include "geo/scan.h"

static const int64_t SECOND_US = 1000000;
static const int64_t PERSON_MAX = (1LL << 53) - 1;
enum { ITEMS_START = 8 };

/* ------------------------------------------------------------------ a fix */

enum field { PERSON_ID, LON, LAT, FRAME, FIX_TIME, ACCURACY_M, SPEED_MPS, HIRED, FIELD_COUNT };

static const char *const FIELDS[FIELD_COUNT] = { "person_id", "lon",        "lat",       "frame",
                                                 "fix_time",  "accuracy_m", "speed_mps", "hired" };

/* What an item said, before it is judged. */
struct draft {
    uint32_t seen;    /* bit by field, null included */
    uint32_t present; /* with a value */
    struct point place;
    double accuracy_m;
    double speed_mps;
    char frame[SCAN_TEXT_ROOM];
};

/* The first fault counts. */
static void note(struct fixes_item *item, enum fail_code code, const char *key)
{
    if (item->code != CODE_NONE)
        return;
    item->code = code;
    item->key = key;
}

static enum field field_of(const struct scan_value *name)
{
    int field = 0;

    while (field < FIELD_COUNT && (name->is_long || strcmp(name->text, FIELDS[field]) != 0))
        field++;
    return (enum field)field;
}

static void keep_field(enum field field, const struct scan_value *v, struct draft *d,
                       struct fixes_item *item)
{
    const bool wants_text = field == FRAME || field == FIX_TIME;

    d->present |= 1u << field;
    if (v->kind != (wants_text ? SCAN_TEXT : SCAN_NUMBER)) {
        note(item, CODE_VALUE_WRONG_TYPE, FIELDS[field]);
        return;
    }
    switch (field) {
    case PERSON_ID:
        if (!v->is_whole)
            note(item, CODE_VALUE_WRONG_TYPE, FIELDS[field]);
        else if (v->whole < 1 || v->whole > PERSON_MAX)
            note(item, CODE_VALUE_OUT_OF_RANGE, FIELDS[field]);
        item->person_id = v->whole;
        break;
    case LON:
        d->place.lon = v->number;
        break;
    case LAT:
        d->place.lat = v->number;
        break;
    case ACCURACY_M:
        d->accuracy_m = v->number;
        break;
    case SPEED_MPS:
        d->speed_mps = v->number;
        break;
    case FRAME:
        memcpy(d->frame, v->is_long ? "?" : v->text, v->is_long ? 2 : strlen(v->text) + 1);
        break;
    case FIX_TIME:
        if (v->is_long || !instant_read(v->text, strlen(v->text), &item->fix_us))
            note(item, CODE_TIME_MALFORMED, FIELDS[FIX_TIME]);
        break;
    case HIRED:
    case FIELD_COUNT:
        break;
    }
}

/* The only one that is neither a number nor a text. */
static void keep_hired(const struct scan_value *v, struct fixes_item *item)
{
    if (v->kind == SCAN_TRUE || v->kind == SCAN_FALSE)
        item->hired = v->kind == SCAN_TRUE;
    else
        note(item, CODE_VALUE_WRONG_TYPE, FIELDS[HIRED]);
}

static bool one_field(struct scan *s, struct draft *d, struct fixes_item *item)
{
    struct scan_value v;

    if (!scan_key(s, &v))
        return false;
    const enum field field = field_of(&v);

    if (field == FIELD_COUNT) {
        if (item->code == CODE_NONE)
            note(item, CODE_KEY_UNKNOWN, arena_text(s->arena, "%s", v.text));
        return scan_value(s, &v);
    }
    if (!scan_value(s, &v))
        return false;
    if (d->seen & 1u << field)
        note(item, CODE_JSON_DUPLICATE_KEY, FIELDS[field]);
    d->seen |= 1u << field;
    if (v.kind == SCAN_NULL)
        return true;
    if (field == HIRED)
        keep_hired(&v, item);
    else
        keep_field(field, &v, d, item);
    return true;
}

/* Rounded to `unit`s; what is negative is not known and becomes -1. */
static int32_t amount(enum field field, double value, double max, double units,
                      struct fixes_item *item)
{
    if (value < 0)
        return -1;
    if (!(value <= max)) {
        note(item, CODE_VALUE_OUT_OF_RANGE, FIELDS[field]);
        return -1;
    }
    return (int32_t)lround(value * units);
}

/* A value that was sent must not be negative; one that was not is unknown. */
static double said(const struct draft *d, enum field field, double value, struct fixes_item *item)
{
    if (!(d->present & 1u << field))
        return -1;
    if (value < 0)
        note(item, CODE_VALUE_OUT_OF_RANGE, FIELDS[field]);
    return value;
}

static void keep_reading(const struct fixes_reading *r, struct fixes_item *item)
{
    item->accuracy_dm = amount(ACCURACY_M, r->accuracy_m, FIXES_ACCURACY_MAX_M, 10.0, item);
    item->speed_cms = amount(SPEED_MPS, r->speed_mps, FIXES_SPEED_MAX_MPS, 100.0, item);
    item->fix_us = r->fix_us;
    item->hired = r->hired;
}

static void judge_place(const struct fixes_reading *r, enum frame frame, struct fixes_item *item)
{
    struct point at;
    struct fail why;

    item->frame = frame;
    if (frame_to_wgs84(frame, r->place, &at, &why))
        item->at = point_to_e7(at);
    else
        note(item, why.code, NULL);
}

static void judge_time(const struct fixes_reading *r, int64_t now_us, struct fixes_item *item)
{
    if (r->fix_us < now_us - FIXES_OLD_MAX_S * SECOND_US)
        note(item, CODE_FIX_TOO_OLD, FIELDS[FIX_TIME]);
    if (r->fix_us > now_us + FIXES_AHEAD_MAX_S * SECOND_US)
        note(item, CODE_FIX_IN_FUTURE, FIELDS[FIX_TIME]);
}

struct fixes_item fixes_item_of(const struct fixes_reading *reading,
                                const struct fixes_sender *sender, int64_t now_us)
{
    struct fixes_item item = { .person_id = sender->person_id };

    keep_reading(reading, &item);
    if (item.code == CODE_NONE)
        judge_place(reading, sender->frame, &item);
    judge_time(reading, now_us, &item);
    return item;
}

/* The frame is what the item says, or else what its device declared. */
static enum frame frame_of(const struct draft *d, const struct fixes_sender *sender,
                           struct fixes_item *item)
{
    enum frame frame = FRAME_WGS84;
    struct fail why;

    if (sender && !(d->present & 1u << FRAME))
        return sender->frame;
    if (!frame_from_word(d->present & 1u << FRAME ? d->frame : NULL, &frame, &why))
        note(item, why.code, FIELDS[FRAME]);
    else if (sender && frame != sender->frame)
        note(item, CODE_FRAME_DIFFERS, FIELDS[FRAME]);
    return frame;
}

static void judge(const struct draft *d, const struct fixes_sender *sender, int64_t now_us,
                  struct fixes_item *item)
{
    const uint32_t named = sender ? 0 : 1u << PERSON_ID;
    const uint32_t required = named | 1u << LON | 1u << LAT | 1u << FIX_TIME;

    for (int field = 0; field < FIELD_COUNT; field++)
        if (required & ~d->present & 1u << field)
            note(item, CODE_KEY_MISSING, FIELDS[field]);
    if (sender && !(d->present & 1u << PERSON_ID))
        item->person_id = sender->person_id;
    const struct fixes_reading reading = {
        .place = d->place,
        .accuracy_m = said(d, ACCURACY_M, d->accuracy_m, item),
        .speed_mps = said(d, SPEED_MPS, d->speed_mps, item),
        .fix_us = item->fix_us,
        .hired = item->hired,
    };

    keep_reading(&reading, item);
    if (item->code != CODE_NONE)
        return;
    const enum frame frame = frame_of(d, sender, item);

    if (item->code == CODE_NONE)
        judge_place(&reading, frame, item);
    judge_time(&reading, now_us, item);
}

/* Of whom the items are, and what time it is. */
struct setting {
    const struct fixes_sender *sender;
    int64_t now_us;
};

static bool one_item(struct scan *s, const struct setting *now, struct fixes_item *item)
{
    struct draft d = { 0 };
    struct scan_value other;

    if (scan_peek(s) != '{') {
        note(item, CODE_VALUE_WRONG_TYPE, NULL);
        return scan_value(s, &other);
    }
    if (!scan_deeper(s))
        return false;
    s->at++;
    if (!scan_take(s, '}')) {
        do {
            if (!one_field(s, &d, item))
                return false;
        } while (scan_take(s, ','));
        if (!scan_take(s, '}'))
            return scan_malformed(s, "an object without its end");
    }
    s->depth--;
    judge(&d, now->sender, now->now_us, item);
    return true;
}

/* ------------------------------------------------------------------ what is allowed */

static const char *const TYPES[FIELD_COUNT] = {
    [PERSON_ID] = "a whole number",
    [LON] = "a number",
    [LAT] = "a number",
    [FRAME] = "a text",
    [FIX_TIME] = "a text",
    [ACCURACY_M] = "a number",
    [SPEED_MPS] = "a number",
    [HIRED] = "true or false",
};

static const char *const RANGES[FIELD_COUNT] = {
    [PERSON_ID] = "1 to 9007199254740991",
    [ACCURACY_M] = "0 to 100000",
    [SPEED_MPS] = "0 to 500",
};

/* Of the other formats, whose keys have other names, it is said in general. */
static const char *of_field(const char *const *table, const char *key, const char *otherwise)
{
    for (int field = 0; key && field < FIELD_COUNT; field++)
        if (table[field] && strcmp(key, FIELDS[field]) == 0)
            return table[field];
    return otherwise;
}

const char *fixes_allowed(const struct fixes_item *item)
{
    switch ((int)item->code) {
    case CODE_KEY_UNKNOWN:
        return "person_id, lon, lat, frame, fix_time, accuracy_m, speed_mps, hired";
    case CODE_JSON_DUPLICATE_KEY:
        return "each key once";
    case CODE_KEY_MISSING:
        return "person_id, lon, lat, frame, fix_time; a device need not say the first and frame";
    case CODE_VALUE_WRONG_TYPE:
        return of_field(TYPES, item->key, item->key ? "a number" : "an object");
    case CODE_VALUE_OUT_OF_RANGE:
        return of_field(RANGES, item->key, NULL);
    case CODE_TIME_MALFORMED:
        return "RFC 3339, such as 2026-11-22T15:15:00+08:00";
    case CODE_PLACE_OUT_OF_RANGE:
        return "lon -180 to 180, lat -90 to 90";
    case CODE_FRAME_MISSING:
    case CODE_FRAME_UNKNOWN:
        return "wgs84, cgcs2000, gcj02, bd09";
    case CODE_FRAME_DIFFERS:
        return "the frame that the device was enrolled with";
    case CODE_FRAME_OUTSIDE_CHINA:
        return "wgs84 or cgcs2000 outside China";
    case CODE_FIX_INVALID:
        return "a fix that the phone holds for valid";
    case CODE_FIX_TOO_OLD:
        return "not older than 24 h";
    case CODE_FIX_IN_FUTURE:
        return "at most 5 min ahead";
    default:
        return NULL;
    }
}

/* ------------------------------------------------------------------ the body */

static struct fixes_item *item_new(struct scan *s, struct fixes *out, int32_t *room)
{
    if (out->count == *room) {
        const int32_t more = *room ? 4 * *room : ITEMS_START;
        struct fixes_item *items = arena_take(s->arena, (size_t)more, sizeof *items);

        if (out->count > 0)
            memcpy(items, out->items, (size_t)out->count * sizeof *items);
        out->items = items;
        *room = more;
    }
    out->items[out->count].hired = -1;
    return &out->items[out->count++];
}

static bool bad_count(struct scan *s, const char *text)
{
    fail_set(s->fail, FAIL_INPUT, VALUE_OUT_OF_RANGE, "%s", text);
    fail_allowed(s->fail, "1 to %d items", FIXES_COUNT_MAX);
    return fail_at(s->fail, "/positions");
}

static bool item_list(struct scan *s, const struct setting *now, struct fixes *out)
{
    int32_t room = 0;

    if (scan_peek(s) == '\0')
        return scan_malformed(s, "a key without its value");
    if (scan_peek(s) != '[') {
        fail_set(s->fail, FAIL_INPUT, VALUE_WRONG_TYPE, "positions must be an array");
        fail_allowed(s->fail, "an array");
        return fail_at(s->fail, "/positions");
    }
    if (!scan_deeper(s))
        return false;
    s->at++;
    if (scan_take(s, ']'))
        return bad_count(s, "positions is empty");
    do {
        if (out->count == FIXES_COUNT_MAX)
            return bad_count(s, "positions has too many items");
        if (!one_item(s, now, item_new(s, out, &room)))
            return false;
    } while (scan_take(s, ','));
    if (!scan_take(s, ']'))
        return scan_malformed(s, "an array without its end");
    s->depth--;
    return true;
}

/* Behind {"positions": */
static bool batch(struct scan *s, const struct setting *now, struct fixes *out)
{
    struct scan_value name;

    if (!item_list(s, now, out))
        return false;
    if (scan_take(s, '}'))
        return true;
    if (!scan_take(s, ',') || !scan_key(s, &name))
        return scan_malformed(s, "an object without its end");
    if (!name.is_long && strcmp(name.text, "positions") == 0)
        return fail_set(s->fail, FAIL_INPUT, JSON_DUPLICATE_KEY, "the JSON has positions twice");
    fail_set(s->fail, FAIL_INPUT, KEY_UNKNOWN, "\"%.40s\" is no key beside positions", name.text);
    fail_allowed(s->fail, "positions");
    return fail_value(s->fail, name.text);
}

static bool whole_body(struct scan *s, const struct setting *now, struct fixes *out)
{
    struct scan_value name;
    int32_t room = 0;

    if (scan_peek(s) != '{') {
        struct scan_value other;

        if (!scan_value(s, &other))
            return false;
        fail_set(s->fail, FAIL_INPUT, VALUE_WRONG_TYPE, "the body must be an object");
        return fail_allowed(s->fail, "a fix, or {\"positions\": [fix, …]}");
    }
    const char *brace = s->at++;

    if (scan_peek(s) == '"') {
        if (!scan_key(s, &name))
            return false;
        if (!name.is_long && strcmp(name.text, "positions") == 0) {
            s->depth = 1;
            return batch(s, now, out);
        }
    }
    s->at = brace;
    return one_item(s, now, item_new(s, out, &room));
}

bool fixes_read(struct arena *a, const char *bytes, size_t size, int64_t now_us, struct fixes *out,
                struct fail *f)
{
    return fixes_read_from(a, bytes, size, now_us, NULL, out, f);
}

bool fixes_read_from(struct arena *a, const char *bytes, size_t size, int64_t now_us,
                     const struct fixes_sender *sender, struct fixes *out, struct fail *f)
{
    const struct setting now = { sender, now_us };
    struct scan s = { .start = bytes, .at = bytes, .end = bytes + size, .arena = a, .fail = f };
    struct fixes found = { 0 };

    if (size > FIXES_BODY_MAX)
        return fail_set(f, FAIL_INPUT, VALUE_TOO_LONG, "the body has more than %d bytes",
                        FIXES_BODY_MAX);
    if (!whole_body(&s, &now, &found))
        return false;
    if (scan_peek(&s) != '\0' || s.at != s.end)
        return scan_malformed(&s, "something behind the end");
    *out = found;
    return true;
}
