/* From rows or from a file to a network. The file is only ever replaced whole (a
 * new one is written beside it, made durable and renamed), so one that is mapped
 * never changes under its readers. */
#include "engine/streets.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/db.h"
#include "engine/speeds.h"
#include "engine/street_rules.h"
#include "geo/base/buf.h"
#include "geo/road/draft.h"
#include "geo/road/image.h"
#include "geo/road/roads.h"
#include "geo/wkb.h"

enum {
    TRIES_MAX = 5, /* an import may swap in while we read */
    READ_LIMIT_MS = 15 * 60 * 1000,
    PATH_MAX_SIZE = 1024,
};

const char *streets_origin_word(enum streets_origin origin)
{
    static const char *const WORDS[] = { [STREETS_MAPPED] = "mapped",
                                         [STREETS_READ] = "read",
                                         [STREETS_REMADE] = "remade",
                                         [STREETS_UNCACHED] = "uncached" };

    return WORDS[origin];
}

/* ------------------------------------------------------------------ the database */

static bool read_import(struct db *db, struct arena *a, struct streets *s, struct fail *f)
{
    const struct db_rows *rows;

    if (!db_run(db, QUERIES_STREET_IMPORT, NULL, 0, a, &rows, f))
        return false;
    if (db_count(rows) == 0)
        return fail_set(f, FAIL_BUSY, NO_CITY_YET, "no city has been imported yet");
    s->import_id = db_get_int(rows, 0, 0);
    s->network.import_mark = db_get_int(rows, 0, 1);
    s->city_name = db_get_text(rows, 0, 2);
    s->attribution = db_get_text(rows, 0, 3);
    return true;
}

/* The rows on their way into a draft. */
struct reading {
    struct draft *draft;
    struct arena *row; /* emptied for each */
};

static bool read_shape(struct reading *r, const struct db_rows *rows, struct draft_segment *s,
                       struct fail *f)
{
    size_t size;
    const void *bytes = db_get_bytes(rows, 0, 9, &size);
    struct figure figure;

    if (!wkb_read(r->row, bytes, size, &figure, f))
        return false;
    if (figure.kind != FIGURE_LINES || figure.run_count != 1)
        return fail_set(f, FAIL_BROKEN, STREETS_UNSOUND, "segment %lld is not drawn as one line",
                        (long long)s->segment_id);
    struct point_e7 *shape = arena_take(r->row, (size_t)figure.point_count, sizeof *shape);

    for (int32_t i = 0; i < figure.point_count; i++)
        shape[i] = point_to_e7(figure.points[i]);
    s->shape = shape;
    s->shape_count = figure.point_count;
    return true;
}

static bool take_segment(void *self, const struct db_rows *rows, struct fail *f)
{
    struct reading *r = self;
    struct draft_segment s = {
        .segment_id = db_get_int(rows, 0, 0),
        .way_id = db_get_int(rows, 0, 1),
        .from_node = db_get_int(rows, 0, 2),
        .to_node = db_get_int(rows, 0, 3),
        .length_cm = (uint32_t)db_get_int(rows, 0, 4),
        .street_class = (int32_t)db_get_int(rows, 0, 5),
        .access = (int32_t)db_get_int(rows, 0, 6),
        .maxspeed_kmh = (int32_t)db_get_int(rows, 0, 7),
        .name = db_get_text(rows, 0, 8),
    };

    arena_reset(r->row);
    return read_shape(r, rows, &s, f) && draft_add(r->draft, &s, f);
}

/* The time of a statement ends with its last row, so it holds all that is done with
 * the rows: a large city on a busy machine takes longer than a request may. */
static bool read_segments(struct db *db, int64_t import_id, struct reading *r, struct fail *f)
{
    const struct db_value value = db_int(import_id);
    struct fail ignored = { 0 };
    const bool done = db_limit(db, READ_LIMIT_MS, f) &&
                      db_each(db, QUERIES_STREET_SEGMENTS, &value, 1, take_segment, r, f);

    (void)db_limit(db, DB_LIMIT_MS, &ignored);
    return done;
}

/* What takes longest of all that is made of the streets, so that the file keeps it. */
static bool find_hierarchy(struct network *n, struct arena *a, struct fail *f)
{
    struct arena *brief = arena_new();
    struct graph graph;

    graph_take(n, brief, &graph);
    const bool found = roads_hierarchy(&graph, a, &n->hierarchy, f);

    arena_free(brief);
    return found;
}

/* *moved: by the end the import was no longer the current one. */
static bool read_network(struct db *db, struct arena *a, struct streets *s, bool *moved,
                         struct fail *f)
{
    const int64_t import_mark = s->network.import_mark;
    struct reading r = { .draft = draft_new(), .row = arena_new() };
    struct streets now = { 0 };
    bool done = read_segments(db, s->import_id, &r, f) &&
                street_rules_read(db, s->import_id, r.draft, f) && read_import(db, r.row, &now, f);

    *moved = done && now.import_id != s->import_id;
    if (done && !*moved)
        done = draft_finish(r.draft, s->import_id, a, &s->network, f) &&
               find_hierarchy(&s->network, a, f);
    s->network.import_mark = import_mark;
    draft_free(r.draft);
    arena_free(r.row);
    return done;
}

/* ------------------------------------------------------------------ the file */

struct mapping {
    void *bytes;
    size_t size;
};

static void unmap(void *thing)
{
    const struct mapping *m = thing;

    munmap(m->bytes, m->size);
}

/* The whole file, NULL with errno when there is none or it cannot be read. */
static struct mapping *map_file(const char *path, struct arena *a)
{
    const int file = open(path, O_RDONLY | O_CLOEXEC);
    struct stat about;
    void *bytes = MAP_FAILED;

    if (file < 0)
        return NULL;
    if (fstat(file, &about) == 0 && S_ISREG(about.st_mode) && about.st_size > 0)
        bytes = mmap(NULL, (size_t)about.st_size, PROT_READ, MAP_PRIVATE, file, 0);
    else
        errno = EIO;
    const int why = errno;

    close(file);
    errno = why;
    if (bytes == MAP_FAILED)
        return NULL;
    struct mapping *m = arena_take(a, 1, sizeof *m);

    *m = (struct mapping){ .bytes = bytes, .size = (size_t)about.st_size };
    arena_defer(a, unmap, m);
    return m;
}

/* True when the file is there and good. When it is there and not good, the reason
 * says why. */
static bool use_file(const char *path, struct arena *a, struct streets *s)
{
    const struct mapping *m = map_file(path, a);
    struct fail f;

    if (!m) {
        if (errno != ENOENT)
            s->reason = arena_text(a, "the street file cannot be read: %s", strerrordesc_np(errno));
        return false;
    }
    if (image_open(m->bytes, m->size, s->import_id, s->network.import_mark, &s->network, &f))
        return true;
    s->reason = arena_text(a, "%s", f.text);
    return false;
}

static bool write_all(int file, const struct buf *image)
{
    for (size_t done = 0; done < image->size;) {
        const ssize_t now = write(file, image->bytes + done, image->size - done);

        if (now < 0 && errno != EINTR)
            return false;
        done += now > 0 ? (size_t)now : 0;
    }
    return fsync(file) == 0;
}

/* A rename is durable once its folder is. */
static bool sync_folder(const char *folder)
{
    const int handle = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const bool done = handle >= 0 && fsync(handle) == 0;

    if (handle >= 0)
        close(handle);
    return done;
}

/* Writes beside the file, makes that durable and renames it. False with errno, and
 * then nothing is left behind. */
static bool replace_file(const char *folder, const char *path, const struct buf *image)
{
    char beside[PATH_MAX_SIZE];
    const int length = snprintf(beside, sizeof beside, "%s.%ld.new", path, (long)getpid());

    if (length >= (int)sizeof beside) {
        errno = ENAMETOOLONG;
        return false;
    }
    const int file = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

    if (file < 0)
        return false;
    const bool written = write_all(file, image);
    const int why = errno;

    close(file);
    if (written && rename(beside, path) == 0)
        return sync_folder(folder);
    if (!written)
        errno = why;
    const int lasting = errno;

    unlink(beside);
    errno = lasting;
    return false;
}

/* Files of imports that are over, and what a killed process left half-written. */
static void remove_others(const char *folder, const char *own)
{
    DIR *all = opendir(folder);

    if (!all)
        return;
    // NOLINTNEXTLINE(concurrency-mt-unsafe): the stream belongs to this call alone
    for (const struct dirent *one = readdir(all); one; one = readdir(all))
        if (strncmp(one->d_name, "streets-", 8) == 0 && strstr(one->d_name, ".vigil") &&
            strcmp(one->d_name, own) != 0)
            unlinkat(dirfd(all), one->d_name, 0);
    closedir(all);
}

static void write_file(const char *folder, const char *name, const char *path, struct arena *a,
                       struct streets *s)
{
    struct buf image = { 0 };

    image_write(&s->network, &image);
    if (replace_file(folder, path, &image)) {
        remove_others(folder, name);
    } else {
        s->origin = STREETS_UNCACHED;
        s->reason = arena_text(a, "the street file cannot be written: %s", strerrordesc_np(errno));
    }
    buf_free(&image);
}

/* ------------------------------------------------------------------ both */

static void find_bounds(struct streets *s)
{
    const struct network *n = &s->network;
    struct point low = point_from_e7(n->shape[0]);
    struct point high = low;

    for (int32_t i = 1; i < n->shape_count; i++) {
        const struct point p = point_from_e7(n->shape[i]);

        low = (struct point){ fmin(low.lon, p.lon), fmin(low.lat, p.lat) };
        high = (struct point){ fmax(high.lon, p.lon), fmax(high.lat, p.lat) };
    }
    s->south_west = low;
    s->north_east = high;
}

/* The layout, from the file if it can be. */
static bool get_layout(struct db *db, const char *cache_dir, struct arena *a, struct streets *s,
                       bool *moved, struct fail *f)
{
    const char *name = arena_text(a, "streets-%lld.vigil", (long long)s->import_id);
    const char *path = cache_dir ? arena_text(a, "%s/%s", cache_dir, name) : NULL;

    *moved = false;
    s->reason = "";
    s->origin = STREETS_MAPPED;
    if (path && use_file(path, a, s))
        return true;
    s->origin = s->reason[0] ? STREETS_REMADE : STREETS_READ;
    if (!read_network(db, a, s, moved, f))
        return false;
    if (path && !*moved)
        write_file(cache_dir, name, path, a, s);
    return true;
}

bool streets_load(struct db *db, const char *cache_dir, struct arena *a, struct streets *out,
                  struct fail *f)
{
    struct network_speeds speeds;
    struct streets s;
    bool moved = true;

    for (int tries = 0; moved && tries < TRIES_MAX; tries++) {
        s = (struct streets){ 0 };
        if (!read_import(db, a, &s, f) || !get_layout(db, cache_dir, a, &s, &moved, f))
            return false;
    }
    if (moved)
        return fail_set(f, FAIL_BUSY, NO_CITY_YET, "the city changed %d times while it was read",
                        TRIES_MAX);
    if (!speeds_read(db, a, &speeds, f))
        return false;
    network_price(&s.network, &speeds, a);
    find_bounds(&s);
    *out = s;
    return true;
}
