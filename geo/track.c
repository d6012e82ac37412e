/* A byte for the version, the count in seven bits a byte, then bits, the highest first:
 * the unit of time, how each column is written, the first fix as it is, and the others
 * as what differs from what was to be expected. Phones report in steps, so the time is
 * expected to go on as it went; a place either stays or goes on as it went, whichever
 * is shorter for the whole of the track; the rest stays as it was.
 *
 * A difference is a Rice code: of its magnitude the bits above the column's width as so
 * many ones and a zero, then the bits below. This beats bytes by a third, because most
 * differences of a column are of one size, and that size is seldom eight or sixteen bits.
 * A few that are far larger (a gap, a jump) are written out after ESCAPE ones. */
#include "geo/track.h"

#include <assert.h>
#include <stdlib.h>

enum {
    VERSION = 1,
    HEAD_MAX = 1 + 5,
    UNIT_BITS = 2,
    TIME_BITS = 58, /* to the end of 9999 in microseconds */
    FLAG_BITS = 32,
    WIDTH_BITS = 5,
    WIDTH_MAX = 31,
    ESCAPE = 20,
    WORD_BITS = 64,
};

enum { TIME, LON, LAT, ACCURACY, SPEED, COLUMNS };

static const int64_t UNITS_US[] = { 1, 1000, 1000000 };
enum { UNITS = sizeof UNITS_US / sizeof *UNITS_US };

static const int FIRST_BITS[COLUMNS] = { TIME_BITS, 32, 32, 32, 32 };
static const struct {
    int64_t least, most;
} RANGES[COLUMNS] = {
    [TIME] = { 0, INT64_C(253402300799999999) },
    [LON] = { -1800000000, 1800000000 },
    [LAT] = { -900000000, 900000000 },
    [ACCURACY] = { -1, INT32_MAX },
    [SPEED] = { -1, INT32_MAX },
};

/* ------------------------------------------------------------------ in order, and coarse */

static int compare(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

/* Of the same time, by place: so which one stays does not depend on who sorts. */
static int earlier(const void *a, const void *b)
{
    const struct track_fix *one = a, *other = b;
    const int time = compare(one->fix_us, other->fix_us);
    const int lon = compare(one->at.lon, other->at.lon);

    if (time != 0)
        return time;
    return lon != 0 ? lon : compare(one->at.lat, other->at.lat);
}

static bool is_sorted(const struct track_fix *fixes, int32_t count)
{
    for (int32_t i = 1; i < count; i++)
        if (earlier(&fixes[i - 1], &fixes[i]) > 0)
            return false;
    return true;
}

int32_t track_sort(struct track_fix *fixes, int32_t count)
{
    int32_t kept = 0;

    if (!is_sorted(fixes, count))
        qsort(fixes, (size_t)count, sizeof *fixes, earlier);
    for (int32_t i = 0; i < count; i++)
        if (i + 1 == count || fixes[i].fix_us != fixes[i + 1].fix_us)
            fixes[kept++] = fixes[i];
    return kept;
}

static int32_t middle(int32_t e7, int32_t most)
{
    const int32_t down = e7 % TRACK_COARSE_E7 < 0 ? 1 : 0;
    const int64_t cell = e7 / TRACK_COARSE_E7 - down;
    const int64_t at = cell * TRACK_COARSE_E7 + TRACK_COARSE_E7 / 2;

    return (int32_t)(at > most ? at - TRACK_COARSE_E7 : at);
}

int32_t track_coarsen(struct track_fix *fixes, int32_t count)
{
    int32_t kept = 0;

    for (int32_t i = 0; i < count; i++) {
        const struct track_fix *fix = &fixes[i];
        const int64_t minute_us = fix->fix_us - fix->fix_us % TRACK_COARSE_US;

        if (kept > 0 && fixes[kept - 1].fix_us == minute_us) {
            fixes[kept - 1].flags |= fix->flags;
            continue;
        }
        fixes[kept++] = (struct track_fix){
            .fix_us = minute_us,
            .at = { middle(fix->at.lon, 1800000000), middle(fix->at.lat, 900000000) },
            .accuracy_dm = fix->accuracy_dm > TRACK_COARSE_DM ? fix->accuracy_dm : TRACK_COARSE_DM,
            .speed_cms = -1,
            .flags = fix->flags,
        };
    }
    return kept;
}

/* ------------------------------------------------------------------ columns */

static int64_t value_of(const struct track_fix *fix, int column)
{
    switch (column) {
    case TIME:
        return fix->fix_us;
    case LON:
        return fix->at.lon;
    case LAT:
        return fix->at.lat;
    case ACCURACY:
        return fix->accuracy_dm;
    default:
        return fix->speed_cms;
    }
}

/* What the i-th is expected to be; unsigned, so that nothing overflows whatever a
 * malformed track says. */
static uint64_t expected(const int64_t *values, int32_t i, bool goes_on)
{
    const uint64_t last = (uint64_t)values[i - 1];

    return goes_on && i > 1 ? 2 * last - (uint64_t)values[i - 2] : last;
}

/* Small numbers for small differences of either sign. */
static uint64_t folded(int64_t value)
{
    const uint64_t twice = (uint64_t)value << 1;

    return value < 0 ? ~twice : twice;
}

static uint64_t unfolded(uint64_t value)
{
    return value >> 1 ^ (0 - (value & 1));
}

static uint64_t difference(const int64_t *values, int32_t i, bool goes_on)
{
    return folded((int64_t)((uint64_t)values[i] - expected(values, i, goes_on)));
}

struct shape {
    bool goes_on;
    int width; /* bits of a difference below its ones */
    uint64_t cost;
};

static uint64_t cost_of(const int64_t *values, int32_t count, bool goes_on, int width)
{
    uint64_t bits = 0;

    for (int32_t i = 1; i < count; i++) {
        const uint64_t above = difference(values, i, goes_on) >> width;

        bits += above < ESCAPE ? above + 1 + (uint64_t)width : ESCAPE + WORD_BITS;
    }
    return bits;
}

static struct shape shape_of(const int64_t *values, int32_t count, bool goes_on)
{
    struct shape best = { goes_on, 0, cost_of(values, count, goes_on, 0) };

    for (int width = 1; width <= WIDTH_MAX; width++) {
        const uint64_t cost = cost_of(values, count, goes_on, width);

        if (cost < best.cost)
            best = (struct shape){ goes_on, width, cost };
    }
    return best;
}

static bool may_go_on(int column)
{
    return column == LON || column == LAT;
}

static struct shape best_shape(int column, const int64_t *values, int32_t count)
{
    const struct shape steady = shape_of(values, count, column == TIME);

    if (!may_go_on(column))
        return steady;
    const struct shape going = shape_of(values, count, true);

    return going.cost < steady.cost ? going : steady;
}

/* ------------------------------------------------------------------ bits out */

struct pen {
    struct buf *out;
    unsigned byte;
    int filled;
};

static void put(struct pen *p, uint64_t value, int bits)
{
    while (bits-- > 0) {
        p->byte = p->byte << 1 | (value >> bits & 1);
        if (++p->filled == 8) {
            buf_byte(p->out, (unsigned char)p->byte);
            *p = (struct pen){ .out = p->out };
        }
    }
}

static void put_last(struct pen *p)
{
    if (p->filled > 0)
        put(p, 0, 8 - p->filled);
}

static void put_difference(struct pen *p, uint64_t value, int width)
{
    const uint64_t above = value >> width;

    if (above >= ESCAPE) {
        put(p, (1u << ESCAPE) - 1, ESCAPE);
        put(p, value, WORD_BITS);
        return;
    }
    put(p, (UINT64_C(1) << above) - 1, (int)above);
    put(p, 0, 1);
    put(p, value, width);
}

static int widest_unit(const struct track_fix *fixes, int32_t count)
{
    int unit = UNITS - 1;

    for (int32_t i = 0; i < count; i++)
        while (fixes[i].fix_us % UNITS_US[unit] != 0)
            unit--;
    return unit;
}

static void put_head(struct buf *out, int32_t count)
{
    buf_byte(out, VERSION);
    for (; count >= 0x80; count >>= 7)
        buf_byte(out, (unsigned char)(0x80 | (count & 0x7F)));
    buf_byte(out, (unsigned char)count);
}

void track_encode(struct buf *out, const struct track_fix *fixes, int32_t count)
{
    assert(count >= 1 && count <= TRACK_FIX_MAX);
    const int unit = widest_unit(fixes, count);
    struct arena *a = arena_new();
    int64_t *values[COLUMNS];
    struct shape shapes[COLUMNS];
    struct pen p = { .out = out };

    put_head(out, count);
    put(&p, (uint64_t)unit, UNIT_BITS);
    for (int column = 0; column < COLUMNS; column++) {
        values[column] = arena_take(a, (size_t)count, sizeof **values);
        for (int32_t i = 0; i < count; i++)
            values[column][i] = value_of(&fixes[i], column) / (column == TIME ? UNITS_US[unit] : 1);
        shapes[column] = best_shape(column, values[column], count);
        if (may_go_on(column))
            put(&p, shapes[column].goes_on, 1);
        put(&p, (uint64_t)shapes[column].width, WIDTH_BITS);
        put(&p, (uint64_t)values[column][0], FIRST_BITS[column]);
    }
    put(&p, fixes[0].flags, FLAG_BITS);
    for (int32_t i = 1; i < count; i++) {
        const bool is_other = fixes[i].flags != fixes[i - 1].flags;

        assert(fixes[i].fix_us > fixes[i - 1].fix_us);
        for (int column = 0; column < COLUMNS; column++)
            put_difference(&p, difference(values[column], i, shapes[column].goes_on),
                           shapes[column].width);
        put(&p, is_other, 1);
        if (is_other)
            put(&p, fixes[i].flags, FLAG_BITS);
    }
    put_last(&p);
    arena_free(a);
}

/* ------------------------------------------------------------------ bits in */

struct eye {
    const unsigned char *bytes;
    uint64_t bit, bits;
    bool is_short; /* asked for more than there is */
};

static uint64_t get(struct eye *e, int bits)
{
    uint64_t value = 0;

    if (e->bits - e->bit < (uint64_t)bits) {
        e->is_short = true;
        return 0;
    }
    for (; bits > 0; bits--, e->bit++)
        value = value << 1 | (e->bytes[e->bit / 8] >> (7 - e->bit % 8) & 1);
    return value;
}

static uint64_t get_difference(struct eye *e, int width)
{
    uint64_t above = 0;

    while (above < ESCAPE && get(e, 1) == 1)
        above++;
    return above == ESCAPE ? get(e, WORD_BITS) : above << width | get(e, width);
}

static bool malformed(struct fail *f, const char *what)
{
    return fail_set(f, FAIL_BROKEN, TRACK_MALFORMED, "a kept track cannot be read: %s", what);
}

/* The count; 0 when there is none within the limit. */
static int32_t get_head(struct eye *e)
{
    int32_t count = 0, shift = 0;
    uint64_t byte;

    if (get(e, 8) != VERSION)
        return 0;
    do {
        byte = get(e, 8);
        count |= (int32_t)(byte & 0x7F) << shift;
        shift += 7;
    } while (byte & 0x80 && shift < 21);
    return byte & 0x80 || count > TRACK_FIX_MAX ? 0 : count;
}

static void set_value(struct track_fix *fix, int column, int64_t value)
{
    switch (column) {
    case TIME:
        fix->fix_us = value;
        break;
    case LON:
        fix->at.lon = (int32_t)value;
        break;
    case LAT:
        fix->at.lat = (int32_t)value;
        break;
    case ACCURACY:
        fix->accuracy_dm = (int32_t)value;
        break;
    default:
        fix->speed_cms = (int32_t)value;
    }
}

struct reading {
    struct eye eye;
    int64_t unit_us;
    struct shape shapes[COLUMNS];
    int64_t *values[COLUMNS];
    struct track_fix *fixes;
};

/* The value in its column's unit, into the fix. */
static bool take_value(struct reading *r, int32_t i, int column, int64_t value)
{
    const int64_t unit = column == TIME ? r->unit_us : 1;

    if (value < RANGES[column].least || value > RANGES[column].most / unit)
        return false;
    r->values[column][i] = value;
    set_value(&r->fixes[i], column, value * unit);
    return true;
}

static bool read_first(struct reading *r, int32_t count, struct arena *a)
{
    const uint64_t unit = get(&r->eye, UNIT_BITS);

    if (unit >= UNITS)
        return false;
    r->unit_us = UNITS_US[unit];
    r->fixes = arena_take(a, (size_t)count, sizeof *r->fixes);
    for (int column = 0; column < COLUMNS; column++) {
        struct shape *shape = &r->shapes[column];
        const int bits = FIRST_BITS[column];

        r->values[column] = arena_take(a, (size_t)count, sizeof **r->values);
        shape->goes_on = may_go_on(column) ? get(&r->eye, 1) : column == TIME;
        shape->width = (int)get(&r->eye, WIDTH_BITS);
        const uint64_t first = get(&r->eye, bits);

        if (!take_value(r, 0, column, column == TIME ? (int64_t)first : (int32_t)(uint32_t)first))
            return false;
    }
    r->fixes[0].flags = (uint32_t)get(&r->eye, FLAG_BITS);
    return !r->eye.is_short;
}

static bool read_next(struct reading *r, int32_t i)
{
    for (int column = 0; column < COLUMNS; column++) {
        const struct shape *shape = &r->shapes[column];
        const uint64_t apart = unfolded(get_difference(&r->eye, shape->width));
        const uint64_t value = expected(r->values[column], i, shape->goes_on) + apart;

        if (!take_value(r, i, column, (int64_t)value))
            return false;
    }
    r->fixes[i].flags = r->fixes[i - 1].flags;
    if (get(&r->eye, 1) == 1)
        r->fixes[i].flags = (uint32_t)get(&r->eye, FLAG_BITS);
    return !r->eye.is_short && r->fixes[i].fix_us > r->fixes[i - 1].fix_us;
}

/* Only what fills the last byte is left, and it is zeros. */
static bool is_at_end(struct eye *e)
{
    const uint64_t left = e->bits - e->bit;

    return left < 8 && get(e, (int)left) == 0;
}

bool track_decode(struct arena *a, const void *bytes, size_t size, struct track_fix **fixes,
                  int32_t *count, struct fail *f)
{
    struct reading r = { .eye = { .bytes = bytes, .bits = (uint64_t)size * 8 } };
    const int32_t said = get_head(&r.eye);

    /* A fix has a bit for each column and one for its flags, at least. */
    if (said < 1 || (uint64_t)(said - 1) * (COLUMNS + 1) > r.eye.bits)
        return malformed(f, "its head");
    if (!read_first(&r, said, a))
        return malformed(f, "its first fix");
    for (int32_t i = 1; i < said; i++)
        if (!read_next(&r, i))
            return malformed(f, "a fix");
    if (!is_at_end(&r.eye))
        return malformed(f, "its end");
    *fixes = r.fixes;
    *count = said;
    return true;
}
