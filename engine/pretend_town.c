/* Cutting is a k-d tree's: sorted along the longer side, split by count. */
#include "engine/pretend_town.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum {
    NAME_MAX_BYTES = 60, /* a longer street gives no name: it is not cut */
    CUTS_MAX = 64,       /* open at one time: halving any int32 takes less */
};

uint64_t pretend_town_mix(uint64_t x)
{
    x += UINT64_C(0x9E3779B97F4A7C15);
    x = (x ^ (x >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94D049BB133111EB);
    return x ^ (x >> 31);
}

bool pretend_town_read(struct db *db, struct arena *a, struct pretend_town *t, struct fail *f)
{
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_CITY_JUNCTIONS, NULL, 0, a, &rows, f))
        return false;
    if (db_count(rows) == 0)
        return fail_set(f, FAIL_INPUT, NO_CITY_YET,
                        "there are no streets yet: import a city first");
    *t = (struct pretend_town){
        .count = db_count(rows),
        .junctions = arena_take(a, (size_t)db_count(rows), sizeof *t->junctions),
        .box = box_empty(),
    };
    for (int32_t i = 0; i < t->count; i++) {
        t->junctions[i] = (struct pretend_town_junction){
            .node_id = db_get_int(rows, i, 0),
            .at = { .lon = db_get_double(rows, i, 1), .lat = db_get_double(rows, i, 2) },
            .name = db_get_text(rows, i, 3),
            .name_zh = db_get_text(rows, i, 4),
            .name_en = db_get_text(rows, i, 5),
        };
        t->box = box_with(t->box, t->junctions[i].at);
        t->named_count += t->junctions[i].name[0] != '\0';
    }
    return true;
}

/* ------------------------------------------------------------------ names */

static const char *short_name(const char *name)
{
    return strlen(name) <= NAME_MAX_BYTES ? name : "";
}

const char *pretend_town_street(const struct pretend_town_junction *j)
{
    return short_name(j->name);
}

/* Whether a name has a Chinese character: U+4000 to U+9FFF begin with these bytes. */
static bool is_chinese(const char *name)
{
    for (const char *at = name; *at; at++)
        if ((unsigned char)*at >= 0xE4 && (unsigned char)*at <= 0xE9)
            return true;
    return false;
}

const char *pretend_town_name(const struct pretend_town_junction *j, const char *chinese,
                              const char *english, int32_t number, struct arena *a)
{
    const char *zh = short_name(j->name_zh);
    const char *en = short_name(j->name_en);
    const char *name = short_name(j->name);

    if (zh[0] && en[0])
        return arena_text(a, "%s%s %s %s", zh, chinese, en, english);
    if (is_chinese(name))
        return arena_text(a, "%s%s %d", name, chinese, number);
    return arena_text(a, "%s%s%s %d", name, name[0] ? " " : "", english, number);
}

/* ------------------------------------------------------------------ patches */

static int by_node(const struct pretend_town_junction *a, const struct pretend_town_junction *b)
{
    return (a->node_id > b->node_id) - (a->node_id < b->node_id);
}

static int eastwards(const void *one, const void *other)
{
    const struct pretend_town_junction *a = one;
    const struct pretend_town_junction *b = other;
    const int order = (a->at.lon > b->at.lon) - (a->at.lon < b->at.lon);

    return order ? order : by_node(a, b);
}

static int northwards(const void *one, const void *other)
{
    const struct pretend_town_junction *a = one;
    const struct pretend_town_junction *b = other;
    const int order = (a->at.lat > b->at.lat) - (a->at.lat < b->at.lat);

    return order ? order : by_node(a, b);
}

struct pretend_town_patch pretend_town_whole(const struct pretend_town *t, struct box box)
{
    return (struct pretend_town_patch){ 0, t->count, box };
}

static bool is_wide(struct box box)
{
    const struct point corner = { box.max.lon, box.min.lat };

    return point_distance_m(box.min, corner) > point_distance_m(corner, box.max);
}

/* Where the box is cut: between the last junction of the one part and the first of
 * the other, else in the middle. */
static double border(double low, double high, const double *last, const double *first)
{
    return last && first ? (*last + *first) / 2 : (low + high) / 2;
}

/* The part of the patch that holds `share` of `parts`; the patch keeps the rest. */
static struct pretend_town_patch cut(struct pretend_town *t, struct pretend_town_patch *patch,
                                     int32_t share, int32_t parts)
{
    const bool wide = is_wide(patch->box);
    struct pretend_town_junction *from = &t->junctions[patch->first];
    const int32_t kept = (int32_t)((int64_t)patch->count * share / parts);
    const bool between = kept > 0 && kept < patch->count;
    struct pretend_town_patch part = { patch->first, kept, patch->box };

    qsort(from, (size_t)patch->count, sizeof *from, wide ? eastwards : northwards);
    if (wide)
        part.box.max.lon =
            border(patch->box.min.lon, patch->box.max.lon, between ? &from[kept - 1].at.lon : NULL,
                   between ? &from[kept].at.lon : NULL);
    else
        part.box.max.lat =
            border(patch->box.min.lat, patch->box.max.lat, between ? &from[kept - 1].at.lat : NULL,
                   between ? &from[kept].at.lat : NULL);
    patch->first += kept;
    patch->count -= kept;
    if (wide)
        patch->box.min.lon = part.box.max.lon;
    else
        patch->box.min.lat = part.box.max.lat;
    return part;
}

/* A patch that is still to be cut into so many parts, the first of them number `at`. */
struct cut_open {
    struct pretend_town_patch patch;
    int32_t parts, at;
};

void pretend_town_split(struct pretend_town *t, struct pretend_town_patch patch, int32_t parts,
                        struct pretend_town_patch *out)
{
    struct cut_open open[CUTS_MAX];
    int32_t count = 0;

    open[count++] = (struct cut_open){ patch, parts, 0 };
    while (count > 0) {
        struct cut_open one = open[--count];

        if (one.parts == 1) {
            out[one.at] = one.patch;
            continue;
        }
        const int32_t half = one.parts / 2;
        const struct pretend_town_patch part = cut(t, &one.patch, half, one.parts);

        assert(count + 2 <= CUTS_MAX);
        open[count++] = (struct cut_open){ one.patch, one.parts - half, one.at + half };
        open[count++] = (struct cut_open){ part, half, one.at };
    }
}

const struct pretend_town_junction *pretend_town_middle(const struct pretend_town *t,
                                                        const struct pretend_town_patch *patch)
{
    const int32_t at = patch->first + patch->count / 2;

    return &t->junctions[at < t->count ? at : t->count - 1];
}
