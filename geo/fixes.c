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

enum field { PERSON_ID, LON, LAT, FRAME, FIX_TIME, ACCURACY_M, SPEED_MPS, FIELD_COUNT };

static const char *const FIELDS[FIELD_COUNT] = { "person_id", "lon",        "lat",      "frame",
                                                 "fix_time",  "accuracy_m", "speed_mps" };

/* What an item said, before it is judged. */
struct draft {
    uint32_t seen;    /* bit by field, null included */
    uint32_t present; /* with a value */
    struct point place;
    double accuracy_m;
    double speed_mps;
    char frame[SCAN_TEXT_ROOM];
};

static void note(struct fixes_item *item, enum fail_code code)
{
    if (item->code == CODE_NONE)
        item->code = code;
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
        note(item, CODE_VALUE_WRONG_TYPE);
        return;
    }
    switch (field) {
    case PERSON_ID:
        if (!v->is_whole)
            note(item, CODE_VALUE_WRONG_TYPE);
        else if (v->whole < 1 || v->whole > PERSON_MAX)
            note(item, CODE_VALUE_OUT_OF_RANGE);
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
            note(item, CODE_TIME_MALFORMED);
        break;
    case FIELD_COUNT:
        break;
    }
}

static bool one_field(struct scan *s, struct draft *d, struct fixes_item *item)
{
    struct scan_value v;

    if (!scan_key(s, &v))
        return false;
    const enum field field = field_of(&v);

    if (!scan_value(s, &v))
        return false;
    if (field == FIELD_COUNT) {
        note(item, CODE_KEY_UNKNOWN);
        return true;
    }
    if (d->seen & 1u << field)
        note(item, CODE_JSON_DUPLICATE_KEY);
    d->seen |= 1u << field;
    if (v.kind != SCAN_NULL)
        keep_field(field, &v, d, item);
    return true;
}

/* Rounded to `unit`s; absent is -1. */
static int32_t amount(const struct draft *d, enum field field, double value, double max,
                      double units, struct fixes_item *item)
{
    if (!(d->present & 1u << field))
        return -1;
    if (!(value >= 0 && value <= max)) {
        note(item, CODE_VALUE_OUT_OF_RANGE);
        return -1;
    }
    return (int32_t)lround(value * units);
}

static void judge_place(const struct draft *d, struct fixes_item *item)
{
    struct point at;
    struct fail why;

    if (!frame_from_word(d->present & 1u << FRAME ? d->frame : NULL, &item->frame, &why) ||
        !frame_to_wgs84(item->frame, d->place, &at, &why))
        note(item, why.code);
    else
        item->at = point_to_e7(at);
}

static void judge(const struct draft *d, int64_t now_us, struct fixes_item *item)
{
    const uint32_t required = 1u << PERSON_ID | 1u << LON | 1u << LAT | 1u << FIX_TIME;

    if ((d->present & required) != required)
        note(item, CODE_KEY_MISSING);
    item->accuracy_dm = amount(d, ACCURACY_M, d->accuracy_m, FIXES_ACCURACY_MAX_M, 10.0, item);
    item->speed_cms = amount(d, SPEED_MPS, d->speed_mps, FIXES_SPEED_MAX_MPS, 100.0, item);
    if (item->code != CODE_NONE)
        return;
    judge_place(d, item);
    if (item->fix_us < now_us - FIXES_OLD_MAX_S * SECOND_US)
        note(item, CODE_FIX_TOO_OLD);
    if (item->fix_us > now_us + FIXES_AHEAD_MAX_S * SECOND_US)
        note(item, CODE_FIX_IN_FUTURE);
}

static bool one_item(struct scan *s, int64_t now_us, struct fixes_item *item)
{
    struct draft d = { 0 };
    struct scan_value other;

    if (scan_peek(s) != '{') {
        note(item, CODE_VALUE_WRONG_TYPE);
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
    judge(&d, now_us, item);
    return true;
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
    return &out->items[out->count++];
}

static bool bad_count(struct scan *s, const char *text)
{
    fail_set(s->fail, FAIL_INPUT, VALUE_OUT_OF_RANGE, "%s", text);
    fail_allowed(s->fail, "1 to %d items", FIXES_COUNT_MAX);
    return fail_at(s->fail, "/positions");
}

static bool item_list(struct scan *s, int64_t now_us, struct fixes *out)
{
    int32_t room = 0;

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
        if (!one_item(s, now_us, item_new(s, out, &room)))
            return false;
    } while (scan_take(s, ','));
    if (!scan_take(s, ']'))
        return scan_malformed(s, "an array without its end");
    s->depth--;
    return true;
}

/* Behind {"positions": */
static bool batch(struct scan *s, int64_t now_us, struct fixes *out)
{
    struct scan_value name;

    if (!item_list(s, now_us, out))
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

static bool whole_body(struct scan *s, int64_t now_us, struct fixes *out)
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
            return batch(s, now_us, out);
        }
    }
    s->at = brace;
    return one_item(s, now_us, item_new(s, out, &room));
}

bool fixes_read(struct arena *a, const char *bytes, size_t size, int64_t now_us, struct fixes *out,
                struct fail *f)
{
    struct scan s = { .start = bytes, .at = bytes, .end = bytes + size, .arena = a, .fail = f };
    struct fixes found = { 0 };

    if (size > FIXES_BODY_MAX)
        return fail_set(f, FAIL_INPUT, VALUE_TOO_LONG, "the body has more than %d bytes",
                        FIXES_BODY_MAX);
    if (!whole_body(&s, now_us, &found))
        return false;
    if (scan_peek(&s) != '\0' || s.at != s.end)
        return scan_malformed(&s, "something behind the end");
    *out = found;
    return true;
}
