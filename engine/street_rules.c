#include "engine/street_rules.h"

#include "engine/db.h"
#include "engine/osm_tags.h"
#include "engine/pgwire.h"

struct reading {
    struct draft *draft;
    struct arena *row; /* emptied for each */
};

static const int64_t *read_ids(struct reading *r, const struct db_rows *rows, int32_t column,
                               int32_t *count)
{
    const void *items = db_get_ints(rows, 0, column, count);
    int64_t *ids = arena_take(r->row, (size_t)*count + 1, sizeof *ids);

    for (int32_t i = 0; i < *count; i++)
        ids[i] = pgwire_item(items, i);
    return ids;
}

static bool take_restriction(void *self, const struct db_rows *rows, struct fail *f)
{
    struct reading *r = self;
    struct access_tag tags[OSM_TAGS_MAX];
    struct bans_restriction restriction = { 0 };
    int32_t tag_count;

    arena_reset(r->row);
    if (!osm_tags_read(r->row, db_get_text(rows, 0, 0), tags, &tag_count, f))
        return false;
    if (!rules_turn(tags, tag_count, &restriction.turn))
        return true;
    restriction.via_node = db_get_int(rows, 0, 1);
    restriction.from = read_ids(r, rows, 2, &restriction.from_count);
    restriction.via = read_ids(r, rows, 3, &restriction.via_count);
    restriction.to = read_ids(r, rows, 4, &restriction.to_count);
    draft_restriction(r->draft, &restriction);
    return true;
}

static bool take_barrier(void *self, const struct db_rows *rows, struct fail *f)
{
    struct reading *r = self;
    struct access_tag tags[OSM_TAGS_MAX];
    int32_t tag_count;

    arena_reset(r->row);
    if (!osm_tags_read(r->row, db_get_text(rows, 0, 1), tags, &tag_count, f))
        return false;

    const struct bans_barrier barrier = { .node_id = db_get_int(rows, 0, 0),
                                          .modes = rules_barrier(tags, tag_count) };

    if (barrier.modes != 0)
        draft_barrier(r->draft, &barrier);
    return true;
}

bool street_rules_read(struct db *db, int64_t import_id, struct draft *draft, struct fail *f)
{
    const struct db_value value = db_int(import_id);
    struct reading r = { .draft = draft, .row = arena_new() };
    const bool is_read =
        db_each(db, QUERIES_STREET_RESTRICTIONS, &value, 1, take_restriction, &r, f) &&
        db_each(db, QUERIES_STREET_BARRIERS, &value, 1, take_barrier, &r, f);

    arena_free(r.row);
    return is_read;
}
