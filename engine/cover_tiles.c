/* The stretches are gathered while the coverage is read, and drawn when it goes on. */
#include "engine/cover_tiles.h"

#include "geo/mvt.h"
#include "geo/road/outline.h"

enum {
    LAYERS = 3,
    UNITS_LEAST = 2, /* of the tile: what is shorter is not drawn further out */
    COARSER = 4,     /* how much is left out more when a tile is too large */
    TRIES = 6,
    RUNS_AT_ONCE = 8000, /* lines of one feature */
};

static const char *const LAYER_WORDS[LAYERS] = { "lookout", "patrol", "reach" };

/* One line on the map: of a class, or of a layer. */
struct line {
    struct range_piece piece;
    int32_t word;
};

struct drawing {
    const struct terrain *terrain; /* held */
    const bool *lots;              /* by lot: whether the reader sees it */
    enum cover_tiles_kind kind;
    struct tile tile;
    struct arena *arena;
    struct buf lines; /* struct line, ascending by segment */
};

uint64_t cover_tiles_version(struct coverage *c)
{
    struct coverage_view v;
    struct fail unsaid;

    if (!c || !coverage_read(c, &v, &unsaid))
        return 0;
    coverage_read_end(c);
    return v.version;
}

/* ------------------------------------------------------------------ gathering */

static int32_t word_count(enum cover_tiles_kind kind)
{
    return kind == COVER_TILES_GAPS ? (int32_t)COVER_CLASS_COUNT : (int32_t)LAYERS;
}

/* The words that hold of a stretch, as bits. */
static uint32_t words_of(enum cover_tiles_kind kind, int32_t state)
{
    if (kind == COVER_TILES_LAYERS)
        return (uint32_t)state & (COVER_LOOKOUT | COVER_PATROL | COVER_REACH);
    for (enum cover_class class = 0; class < COVER_CLASS_COUNT; class ++)
        if (cover_is(class, state))
            return 1u << class;
    return 0;
}

/* What follows on with the same word is one line. */
static void gather(struct drawing *d, const struct cover *cover, int32_t segment)
{
    struct cover_cursor cursor = { 0 };
    struct cover_stretch s;
    struct line open[COVER_CLASS_COUNT];
    uint32_t is_open = 0;

    for (bool more = true; more;) {
        more = cover_next(cover, segment, &cursor, &s);
        const uint32_t words = more && d->lots[s.lot] ? words_of(d->kind, s.state) : 0;

        for (int32_t i = 0; i < word_count(d->kind); i++) {
            const uint32_t bit = 1u << i;

            if ((is_open & bit) && !(words & bit))
                buf_put(&d->lines, &open[i], sizeof open[i]);
            if ((words & bit) && !(is_open & bit))
                open[i] = (struct line){ { segment, s.from_cm, s.to_cm }, i };
            else if (words & bit)
                open[i].piece.to_cm = s.to_cm;
        }
        is_open = words;
    }
}

static struct mesh_box box_in_plane(const struct ground *g, struct box box)
{
    const struct point corners[] = {
        box.min, box.max, { box.min.lon, box.max.lat }, { box.max.lon, box.min.lat }
    };
    const struct crs_xy first = ground_put(g, corners[0]);
    struct mesh_box out = { first.x, first.y, first.x, first.y };

    for (int32_t i = 1; i < 4; i++) {
        const struct crs_xy xy = ground_put(g, corners[i]);

        out.west = xy.x < out.west ? xy.x : out.west;
        out.east = xy.x > out.east ? xy.x : out.east;
        out.south = xy.y < out.south ? xy.y : out.south;
        out.north = xy.y > out.north ? xy.y : out.north;
    }
    return out;
}

static bool begin(struct drawing *d, struct coverage *c, const struct sight *sight)
{
    struct coverage_view v;
    struct fail unsaid;
    int32_t count;

    if (!c || !coverage_read(c, &v, &unsaid))
        return false;
    const struct plots *p = v.terrain->plots;
    bool *lots = arena_take(d->arena, (size_t)p->lot_count + 1, sizeof *lots);
    const struct ground_part *parts = ground_parts_in(
        v.terrain->ground, box_in_plane(v.terrain->ground, tile_box_buffered(d->tile)), d->arena,
        &count);

    for (int32_t i = 0; i < p->lot_count; i++)
        lots[i] = sight_covers(sight, v.terrain->orgs[p->lots[i].org].id);
    d->lots = lots;
    for (int32_t i = 0; i < count; i++)
        if (i == 0 || parts[i].segment != parts[i - 1].segment)
            gather(d, v.cover, parts[i].segment);
    d->terrain = terrain_hold_again(v.terrain);
    coverage_read_end(c);
    return true;
}

/* ------------------------------------------------------------------ drawing */

static bool draw_band(const struct drawing *d, const struct range_piece *pieces, int32_t count,
                      struct mvt *m)
{
    const struct range_band band = { .pieces = pieces, .piece_count = count };
    struct figure figure;
    struct fail unsaid;

    return outline_streets(d->terrain->world->network, &band, d->arena, &figure, &unsaid) &&
           mvt_put_figure(m, &figure);
}

static void draw_each(const struct drawing *d, struct mvt *m, uint32_t key, const uint32_t *words)
{
    const struct network *n = d->terrain->world->network;
    const struct line *lines = (const void *)d->lines.bytes;
    const uint32_t street = mvt_key(m, "street");

    for (size_t i = 0; i < d->lines.size / sizeof *lines; i++) {
        mvt_feature(m, n->segment_id[lines[i].piece.segment]);
        mvt_tag(m, key, words[lines[i].word]);
        mvt_tag(m, street, mvt_text(m, network_name(n, lines[i].piece.segment)));
        draw_band(d, &lines[i].piece, 1, m);
    }
}

static void draw_together(const struct drawing *d, struct mvt *m, uint32_t key,
                          const uint32_t *words, uint32_t least_cm)
{
    const struct line *lines = (const void *)d->lines.bytes;
    struct range_piece *pieces = arena_take(d->arena, RUNS_AT_ONCE, sizeof *pieces);

    for (int32_t word = 0; word < word_count(d->kind); word++) {
        int32_t count = 0;

        for (size_t i = 0; i <= d->lines.size / sizeof *lines; i++) {
            const bool is_end = i == d->lines.size / sizeof *lines;

            if (!is_end && lines[i].word == word &&
                lines[i].piece.to_cm - lines[i].piece.from_cm >= least_cm)
                pieces[count++] = lines[i].piece;
            if (count == 0 || (!is_end && count < RUNS_AT_ONCE))
                continue;
            mvt_feature(m, -1);
            mvt_tag(m, key, words[word]);
            draw_band(d, pieces, count, m);
            count = 0;
        }
    }
}

static void draw(const struct drawing *d, uint32_t least_cm, struct mvt *m, struct buf *out)
{
    const bool is_gaps = d->kind == COVER_TILES_GAPS;
    uint32_t words[COVER_CLASS_COUNT];

    mvt_start(m, d->tile, out);
    mvt_layer(m, is_gaps ? "gaps" : "coverage");
    const uint32_t key = mvt_key(m, is_gaps ? "class" : "layer");

    for (int32_t i = 0; i < word_count(d->kind); i++)
        words[i] = mvt_text(m, is_gaps ? COVER_CLASS_WORDS[i] : LAYER_WORDS[i]);
    if (d->tile.z >= COVER_TILES_ZOOM && least_cm == 0)
        draw_each(d, m, key, words);
    else
        draw_together(d, m, key, words, least_cm);
    mvt_end(m);
}

/* How long a few units of the tile are on the ground. */
static uint32_t least_of(struct tile t)
{
    const struct box box = tile_box(t);
    const struct point west = { box.min.lon, (box.min.lat + box.max.lat) / 2 };
    const struct point east = { box.max.lon, west.lat };

    return (uint32_t)(crs_distance_m(west, east) * 100 / TILE_EXTENT * UNITS_LEAST);
}

void cover_tiles_encode(struct coverage *c, const struct sight *sight, enum cover_tiles_kind kind,
                        struct tile t, struct arena *a, struct buf *out)
{
    struct drawing d = { .kind = kind, .tile = t, .arena = a };
    uint32_t least_cm = t.z >= COVER_TILES_ZOOM ? 0 : least_of(t);
    const size_t start = out->size;

    if (!begin(&d, c, sight))
        return;
    struct mvt *m = mvt_new();

    for (int32_t i = 0; i < TRIES; i++) {
        out->size = start;
        draw(&d, least_cm, m, out);
        if (out->size - start <= COVER_TILES_MAX)
            break;
        least_cm = least_cm ? least_cm * COARSER : least_of(t);
    }
    mvt_free(m);
    buf_free(&d.lines);
    terrain_drop(d.terrain);
}
