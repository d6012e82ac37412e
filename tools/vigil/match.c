/* vigil match FILE [--by foot|ebike|car] [--csv] */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/match_json.h"
#include "engine/csv.h"
#include "engine/streets.h"
#include "geo/fixes.h"
#include "geo/gpx.h"
#include "geo/instant.h"
#include "tools/vigil/command.h"
#include "tools/vigil/commands.h"

enum { FILE_MAX = 64 * 1024 * 1024, BLOCK = 64 * 1024 };

struct track {
    const struct match_fix *fixes;
    int32_t count;
};

/* ------------------------------------------------------------------ reading */

static bool read_file(const char *path, struct buf *out, struct fail *f)
{
    const bool is_opened = strcmp(path, "-") != 0;
    FILE *file = is_opened ? fopen(path, "rb") : stdin;
    size_t got = 1;

    if (!file)
        return fail_set(f, FAIL_MISSING, FILE_UNREADABLE, "%s: %s", path, strerrordesc_np(errno));
    while (got > 0 && out->size <= FILE_MAX) {
        got = fread(buf_reserve(out, BLOCK), 1, BLOCK, file);
        out->size += got;
    }
    if (is_opened)
        fclose(file);
    return out->size <= FILE_MAX ||
           fail_set(f, FAIL_INPUT, VALUE_TOO_LONG, "%s has more than %d bytes", path, FILE_MAX);
}

static bool read_gpx(const struct buf *bytes, struct arena *a, struct track *out, struct fail *f)
{
    const struct gpx_point *points;

    if (!gpx_read(a, bytes->bytes, bytes->size, &points, &out->count, f))
        return false;
    struct match_fix *fixes = arena_take(a, (size_t)out->count, sizeof *fixes);

    for (int32_t i = 0; i < out->count; i++)
        fixes[i] = (struct match_fix){ .at_us = points[i].at_us, .at = points[i].at };
    out->fixes = fixes;
    return true;
}

enum { TIME, LON, LAT, FRAME, ACCURACY, COLUMNS };

static bool read_number(const struct csv_row *row, const struct csv_column *column, double *out,
                        struct fail *f)
{
    const char *cell = csv_cell(row, column);
    char *end;

    *out = strtod(cell, &end);
    if (end != cell && *end == '\0' && *out >= -180 && *out <= FIXES_ACCURACY_MAX_M)
        return true;
    fail_set(f, FAIL_INPUT, VALUE_OUT_OF_RANGE, "line %d has no number that can be: %.40s",
             row->line, cell);
    return fail_value(f, cell);
}

static bool read_row(const struct csv_row *row, const struct csv_column *columns,
                     struct match_fix *out, struct fail *f)
{
    const char *time = csv_cell(row, &columns[TIME]);
    const char *word = csv_cell(row, &columns[FRAME]);
    enum frame frame = FRAME_WGS84;
    struct point p = { 0 };

    if (row->wrong.kind != FAIL_NONE) {
        *f = row->wrong;
        return false;
    }
    if (!instant_read(time, strlen(time), &out->at_us)) {
        fail_set(f, FAIL_INPUT, TIME_MALFORMED, "line %d has no moment: %.40s", row->line, time);
        fail_allowed(f, "RFC 3339, such as 2026-11-22T15:15:00+08:00");
        return fail_value(f, time);
    }
    out->accuracy_m = 0;
    return (!*word || frame_from_word(word, &frame, f)) &&
           read_number(row, &columns[LON], &p.lon, f) &&
           read_number(row, &columns[LAT], &p.lat, f) &&
           (!*csv_cell(row, &columns[ACCURACY]) ||
            read_number(row, &columns[ACCURACY], &out->accuracy_m, f)) &&
           frame_to_wgs84(frame, p, &out->at, f);
}

static bool read_csv(const struct buf *bytes, struct arena *a, struct track *out, struct fail *f)
{
    struct csv_column columns[COLUMNS] = {
        [TIME] = { "time|fix_time|时间", true, -1 },   [LON] = { "lon|longitude|经度", true, -1 },
        [LAT] = { "lat|latitude|纬度", true, -1 },     [FRAME] = { "frame|坐标系", false, -1 },
        [ACCURACY] = { "accuracy_m|精度", false, -1 },
    };
    struct csv table;

    if (!csv_read(bytes->bytes, bytes->size, a, &table, f) ||
        !csv_find(&table, columns, COLUMNS, f))
        return false;
    struct match_fix *fixes = arena_take(a, (size_t)table.row_count + 1, sizeof *fixes);

    for (int32_t i = 0; i < table.row_count; i++)
        if (!read_row(&table.rows[i], columns, &fixes[i], f))
            return false;
    *out = (struct track){ fixes, table.row_count };
    return true;
}

static bool read_track(const char *path, struct arena *a, struct track *out, struct fail *f)
{
    struct buf bytes = { 0 };
    bool good = read_file(path, &bytes, f);

    if (good)
        good = memmem(bytes.bytes, bytes.size, "<gpx", 4) ? read_gpx(&bytes, a, out, f)
                                                          : read_csv(&bytes, a, out, f);
    buf_free(&bytes);
    return good;
}

/* ------------------------------------------------------------------ writing */

/* Numbers are written as they are: csv_write would guard the negative ones, which a
 * spreadsheet takes for formulas, and the name comes last so that it can be guarded. */
static void write_row(struct buf *out, const struct network *n, const struct match_place *p)
{
    const char *name = "";
    char time[INSTANT_SIZE];

    instant_write(p->at_us, time);
    buf_format(out, "%s,%s,", time, match_word(p->verdict));
    if (p->spot.segment >= 0) {
        const struct point at = network_point(n, p->spot);

        buf_format(out, "%lld,%s,%.2f,%.1f,%.3f,%.7f,%.7f,",
                   (long long)n->segment_id[p->spot.segment], p->edge & 1 ? "backward" : "forward",
                   p->spot.along_cm / 100.0, p->off_m, p->confidence, at.lon, at.lat);
        name = network_name(n, p->spot.segment);
    } else {
        buf_string(out, ",,,,,,,");
    }
    csv_write(out, &name, 1);
}

static void write_csv(struct buf *out, const struct matches *m)
{
    static const char *const HEADER[] = { "time",    "verdict", "segment_id", "direction",
                                          "along_m", "off_m",   "confidence", "lon",
                                          "lat",     "name" };

    csv_write(out, HEADER, sizeof HEADER / sizeof *HEADER);
    for (int32_t i = 0; i < m->place_count; i++)
        write_row(out, m->network, &m->places[i]);
}

/* ------------------------------------------------------------------ the command */

static bool match(struct db *db, const struct track *track, enum mode mode, bool as_csv,
                  struct arena *a, struct fail *f)
{
    struct streets city;
    struct graph graph;
    struct matches found;
    struct buf out = { 0 };

    if (!streets_load(db, NULL, a, &city, f))
        return false;
    graph_take(&city.network, a, &graph);
    struct snap_index *index = snap_index_new(&city.network);
    const struct match_streets streets = { { &city.network, &graph, mode }, index };
    struct hop_room *room = hop_room_new();
    struct emit e = emit_to(&out);

    matches_find(&streets, track->fixes, track->count, room, a, &found);
    if (as_csv)
        write_csv(&out, &found);
    const bool good = as_csv || match_json_emit(&e, &found, mode, FRAME_WGS84, a, f);

    if (good)
        fputs(buf_text(&out), stdout);
    if (good && !as_csv)
        putchar('\n');
    buf_free(&out);
    hop_room_free(room);
    snap_index_free(index);
    return good;
}

int match_command(int argc, char **argv)
{
    const char *by = NULL;
    bool as_csv = false;
    const struct command_option options[] = { { .name = "by", .value = &by },
                                              { .name = "csv", .given = &as_csv } };
    struct arena *a = arena_new();
    struct command_line line;
    struct track track;
    struct fail f = { 0 };
    enum mode mode = MODE_FOOT;
    bool good =
        command_read(argc, argv, options, 2, 1, &line, &f) && match_json_mode(by, &mode, &f);

    if (good && line.operand_count == 0) {
        good = fail_set(&f, FAIL_INPUT, OPERAND_COUNT, "vigil match needs a file");
        fail_allowed(&f, "FILE, or - for what comes in");
    }
    good = good && read_track(line.operands[0], a, &track, &f);
    struct db *db = good ? command_city(&f) : NULL;

    good = db && match(db, &track, mode, as_csv, a, &f);
    db_close(db);
    arena_free(a);
    return good ? COMMAND_DONE : command_fail(&f);
}
