#include "engine/geopackage.h"

#include <sqlite3.h>
#include <stdlib.h>

#include "geo/instant.h"
#include "geo/wkb.h"
#include "schema/geopackages.h"

enum { SRS = 4326, BIG = 4 /* doubles of an envelope */ };

/* "GP", version 0; little-endian, with an envelope of two dimensions. */
static const unsigned char HEAD[] = { 'G', 'P', 0, 0x03 };

static const struct texts {
    enum geopackages_id create, add, end;
} TEXTS[GEOPACKAGE_TABLES] = {
    { GEOPACKAGES_GAPS, GEOPACKAGES_GAPS_ADD, GEOPACKAGES_GAPS_END },
};

struct geopackage {
    sqlite3 *db;
    sqlite3_stmt *add;
    enum geopackage_table table;
    struct box box;   /* of all figures */
    struct buf bytes; /* of one of them */
};

static bool failed(const struct geopackage *g, struct fail *f)
{
    return fail_set(f, FAIL_BROKEN, GEOPACKAGE_FAILED, "the GeoPackage cannot be made: %s",
                    sqlite3_errmsg(g->db));
}

static bool run(struct geopackage *g, enum geopackages_id script, struct fail *f)
{
    return sqlite3_exec(g->db, GEOPACKAGES_TEXTS[script].text, NULL, NULL, NULL) == SQLITE_OK ||
           failed(g, f);
}

static bool prepare(struct geopackage *g, enum geopackages_id text, sqlite3_stmt **out,
                    struct fail *f)
{
    return sqlite3_prepare_v2(g->db, GEOPACKAGES_TEXTS[text].text, -1, out, NULL) == SQLITE_OK ||
           failed(g, f);
}

static bool start(struct geopackage *g, struct fail *f)
{
    const int flags =
        SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_MEMORY | SQLITE_OPEN_NOMUTEX;

    if (sqlite3_open_v2(":memory:", &g->db, flags, NULL) != SQLITE_OK)
        return failed(g, f);
    return run(g, GEOPACKAGES_START, f) && run(g, TEXTS[g->table].create, f) &&
           prepare(g, TEXTS[g->table].add, &g->add, f);
}

struct geopackage *geopackage_new(enum geopackage_table table, struct fail *f)
{
    struct geopackage *g = calloc(1, sizeof *g);

    if (!g)
        abort();
    g->table = table;
    g->box = box_empty();
    if (start(g, f))
        return g;
    geopackage_free(g);
    return NULL;
}

void geopackage_free(struct geopackage *g)
{
    if (!g)
        return;
    sqlite3_finalize(g->add);
    sqlite3_close(g->db);
    buf_free(&g->bytes);
    free(g);
}

/* ------------------------------------------------------------------ rows */

static void write_geometry(struct geopackage *g, const struct figure *figure)
{
    const struct box box = figure_box(figure);
    const double envelope[BIG] = { box.min.lon, box.max.lon, box.min.lat, box.max.lat };
    const int32_t srs = SRS;

    buf_clear(&g->bytes);
    buf_put(&g->bytes, HEAD, sizeof HEAD);
    buf_put(&g->bytes, &srs, sizeof srs);
    buf_put(&g->bytes, envelope, sizeof envelope);
    wkb_write_plain(&g->bytes, figure);
    g->box = box_with(box_with(g->box, box.min), box.max);
}

static int bind(sqlite3_stmt *s, int at, const struct geopackage_value *value)
{
    switch (value->kind) {
    case GEOPACKAGE_INTEGER:
        return sqlite3_bind_int64(s, at, value->whole);
    case GEOPACKAGE_REAL:
        return sqlite3_bind_double(s, at, value->real);
    case GEOPACKAGE_TEXT:
        return sqlite3_bind_text(s, at, value->text, -1, SQLITE_TRANSIENT);
    case GEOPACKAGE_NULL:
        break;
    }
    return sqlite3_bind_null(s, at);
}

bool geopackage_add(struct geopackage *g, const struct figure *figure,
                    const struct geopackage_value *values, int32_t count, struct fail *f)
{
    bool is_bound;

    write_geometry(g, figure);
    is_bound = sqlite3_bind_blob64(g->add, 1, g->bytes.bytes, g->bytes.size, SQLITE_TRANSIENT) ==
               SQLITE_OK;
    for (int32_t i = 0; i < count && is_bound; i++)
        is_bound = bind(g->add, i + 2, &values[i]) == SQLITE_OK;
    if (!is_bound || sqlite3_step(g->add) != SQLITE_DONE)
        return failed(g, f);
    sqlite3_reset(g->add);
    return true;
}

/* ------------------------------------------------------------------ the file */

static bool tell_contents(struct geopackage *g, int64_t at_us, struct fail *f)
{
    const double edges[BIG] = { g->box.min.lon, g->box.min.lat, g->box.max.lon, g->box.max.lat };
    char at[INSTANT_SIZE];
    sqlite3_stmt *end;
    bool ok;

    if (!prepare(g, TEXTS[g->table].end, &end, f))
        return false;
    instant_write(at_us, at);
    ok = sqlite3_bind_text(end, 1, at, -1, SQLITE_TRANSIENT) == SQLITE_OK;
    for (int i = 0; i < BIG && ok && !box_is_empty(g->box); i++)
        ok = sqlite3_bind_double(end, i + 2, edges[i]) == SQLITE_OK;
    ok = ok && sqlite3_step(end) == SQLITE_DONE;
    if (!ok)
        failed(g, f);
    sqlite3_finalize(end);
    return ok;
}

bool geopackage_finish(struct geopackage *g, int64_t at_us, struct buf *out, struct fail *f)
{
    sqlite3_int64 size = 0;
    unsigned char *bytes;

    if (!tell_contents(g, at_us, f))
        return false;
    bytes = sqlite3_serialize(g->db, "main", &size, 0);
    if (!bytes)
        return failed(g, f);
    buf_put(out, bytes, (size_t)size);
    sqlite3_free(bytes);
    return true;
}
