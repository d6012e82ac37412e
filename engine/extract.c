/* The file is told by its first bytes, not by its name: a download may be called
 * anything. Temporary files have no name at all, so that a kill leaves none. */
#include "engine/extract.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/program.h"
#include "geo/base/input.h"
#include "schema/styles.h"

enum { HEAD_BYTES = 64, FORMAT_MAX = 12, CHECKSUM_LENGTH = 64, FD_PATH_MAX = 40 };

struct extract {
    char *path;              /* the user's file */
    char format[FORMAT_MAX]; /* as osmium calls it: pbf, osm, osm.gz, osm.bz2 */
    char checksum[CHECKSUM_LENGTH + 1];
    bool ordered;
    int sorted; /* descriptor of the sorted copy, or -1 */
};

const char *extract_checksum(const struct extract *e)
{
    return e->checksum;
}

bool extract_is_ready(const struct extract *e)
{
    return e->ordered && (strcmp(e->format, "pbf") == 0 || strcmp(e->format, "osm") == 0);
}

/* ---- what kind of file it is */

/* A PBF begins with the length of a header whose type is "OSMHeader"; XML with a
 * declaration or its outermost element, perhaps after a byte order mark. */
static const char *format_of(const unsigned char *head, size_t size)
{
    static const char PBF[] = "\n\tOSMHeader";
    const size_t mark = size >= 3 && memcmp(head, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;

    if (size >= 4 + strlen(PBF) && memcmp(head + 4, PBF, strlen(PBF)) == 0)
        return "pbf";
    if (size >= 2 && head[0] == 0x1F && head[1] == 0x8B)
        return "osm.gz";
    if (size >= 3 && memcmp(head, "BZh", 3) == 0)
        return "osm.bz2";
    if (size >= mark + 5 &&
        (memcmp(head + mark, "<?xml", 5) == 0 || memcmp(head + mark, "<osm", 4) == 0))
        return "osm";
    return NULL;
}

static bool read_head(struct extract *e, struct fail *f)
{
    unsigned char head[HEAD_BYTES];
    struct stat about;
    const int fd = open(e->path, O_RDONLY | O_CLOEXEC);

    if (fd < 0)
        return fail_set(f, FAIL_MISSING, EXTRACT_MISSING,
                        "there is no file %.200s that can be read", e->path);

    const bool plain = fstat(fd, &about) == 0 && S_ISREG(about.st_mode);
    const ssize_t got = plain ? read(fd, head, sizeof head) : -1;
    const char *format = got > 0 ? format_of(head, (size_t)got) : NULL;

    close(fd);
    if (!format)
        return fail_set(f, FAIL_INPUT, EXTRACT_UNREADABLE,
                        "%.200s is not an OpenStreetMap extract (PBF or XML)", e->path);
    snprintf(e->format, sizeof e->format, "%s", format);
    return true;
}

/* ---- programs */

static bool disk_was_full(struct buf *said)
{
    return strstr(buf_text(said), "No space left") != NULL;
}

static bool fail_disk(const char *what, struct fail *f)
{
    return fail_set(f, FAIL_BUSY, DISK_FULL, "the disk became full while %s was working", what);
}

static bool read_summary(struct extract *e, const struct buf *json, struct fail *f)
{
    struct arena *a = arena_new();
    const struct input *all = input_parse(a, json->bytes, json->size, f);
    const struct input *data = all ? input_get(all, "data") : NULL;
    const struct input *count = data ? input_get(data, "count") : NULL;
    const struct input *ordered = data ? input_get(data, "objects_ordered") : NULL;
    const struct input *ways = count ? input_get(count, "ways") : NULL;
    int64_t way_count = 0;
    bool good = ordered && ways && input_bool(ordered, &e->ordered, f) &&
                input_int(ways, 0, INT64_MAX, &way_count, f);

    if (!good)
        fail_set(f, FAIL_BROKEN, IMPORT_FAILED, "osmium described %.200s in an unknown way",
                 e->path);
    else if (way_count == 0)
        good =
            fail_set(f, FAIL_INPUT, EXTRACT_WITHOUT_ROADS, "there is no street in %.200s", e->path);
    arena_free(a);
    return good;
}

static bool look(struct extract *e, const struct extract_watch *watch, struct buf *out,
                 struct buf *said, struct fail *f)
{
    const char *const arguments[] = { "osmium", "fileinfo", "--extended", "--json", "--no-progress",
                                      "-F",     e->format,  e->path,      NULL };
    const struct program p = {
        .arguments = arguments, .package = "osmium-tool", .go_on = watch->go_on, .self = watch->self
    };
    int status;

    if (!program_run(&p, out, said, &status, f))
        return false;
    if (status != 0)
        return fail_set(f, FAIL_INPUT, EXTRACT_UNREADABLE,
                        "%.120s is not a whole OpenStreetMap extract: %.120s", e->path,
                        program_reason(said));
    return read_summary(e, out, f);
}

static bool add_up(struct extract *e, const struct extract_watch *watch, struct buf *out,
                   struct buf *said, struct fail *f)
{
    const char *const arguments[] = { "sha256sum", "-b", "--", e->path, NULL };
    const struct program p = {
        .arguments = arguments, .package = "coreutils", .go_on = watch->go_on, .self = watch->self
    };
    int status;

    if (!program_run(&p, out, said, &status, f))
        return false;

    /* A backslash stands before the sum when the name has odd characters. */
    const char *line = buf_text(out);
    const char *sum = line[0] == '\\' ? line + 1 : line;

    if (status != 0 || strspn(sum, "0123456789abcdef") != CHECKSUM_LENGTH)
        return fail_set(f, FAIL_INPUT, EXTRACT_UNREADABLE, "%.120s cannot be read: %.120s", e->path,
                        program_reason(said));
    memcpy(e->checksum, sum, CHECKSUM_LENGTH);
    return true;
}

struct extract *extract_open(const char *path, const struct extract_watch *watch, struct fail *f)
{
    struct extract *e = calloc(1, sizeof *e);
    struct buf out = { 0 };
    struct buf said = { 0 };

    /* A name that begins with a dash is no option. */
    if (!e || asprintf(&e->path, "%s%s", path[0] == '-' ? "./" : "", path) < 0)
        abort();
    e->sorted = -1;

    bool good = read_head(e, f) && look(e, watch, &out, &said, f);

    buf_clear(&out);
    buf_clear(&said);
    good = good && add_up(e, watch, &out, &said, f);
    buf_free(&out);
    buf_free(&said);
    if (good)
        return e;
    extract_close(e);
    return NULL;
}

void extract_close(struct extract *e)
{
    if (!e)
        return;
    if (e->sorted >= 0)
        close(e->sorted);
    free(e->path);
    free(e);
}

/* The child opens our descriptor by this name, so it has to survive exec. */
static void name_descriptor(char path[FD_PATH_MAX], int fd)
{
    snprintf(path, FD_PATH_MAX, "/dev/fd/%d", fd);
}

static int open_nameless(void)
{
    const char *folder = getenv("TMPDIR"); // NOLINT(concurrency-mt-unsafe): nobody sets it

    return open(folder && folder[0] ? folder : "/tmp", O_TMPFILE | O_RDWR, 0600);
}

static bool sort_link(struct extract *e, const char *link, const struct extract_watch *watch,
                      struct fail *f)
{
    char target[FD_PATH_MAX];
    const char *const arguments[] = { "osmium", "sort", "--no-progress", "--overwrite", "-f",
                                      "pbf",    "-o",   target,          link,          NULL };
    const struct program p = {
        .arguments = arguments, .package = "osmium-tool", .go_on = watch->go_on, .self = watch->self
    };
    struct buf out = { 0 };
    struct buf said = { 0 };
    int status = 0;

    name_descriptor(target, e->sorted);

    bool good = program_run(&p, &out, &said, &status, f);

    if (good && status != 0)
        good = disk_was_full(&said)
                   ? fail_disk("osmium", f)
                   : fail_set(f, FAIL_INPUT, EXTRACT_UNREADABLE, "%.120s cannot be sorted: %.120s",
                              e->path, program_reason(&said));
    buf_free(&out);
    buf_free(&said);
    return good;
}

/* osmium sort knows a file's format by the end of its name and in no other way
 * (1.15 does not heed -F), so it gets one that fits. */
bool extract_sort(struct extract *e, const struct extract_watch *watch, struct fail *f)
{
    char folder[] = "/tmp/vigil-sort-XXXXXX";
    char link[sizeof folder + FORMAT_MAX + sizeof "/extract."];
    char *path = realpath(e->path, NULL);
    bool good = path && mkdtemp(folder);

    e->sorted = open_nameless();
    if (!good || e->sorted < 0) {
        if (good)
            rmdir(folder);
        free(path);
        return fail_set(f, FAIL_BROKEN, IMPORT_FAILED, "no temporary file: error %d", errno);
    }
    snprintf(link, sizeof link, "%s/extract.%s", folder, e->format);
    good = symlink(path, link) == 0 ||
           fail_set(f, FAIL_BROKEN, IMPORT_FAILED, "no temporary file: error %d", errno);
    good = good && sort_link(e, link, watch, f);
    unlink(link);
    rmdir(folder);
    free(path);
    return good;
}

/* The style is part of this program: osm2pgsql gets it as a file in memory. */
static int open_style(void)
{
    const char *style = STYLES_TEXTS[STYLES_OSM].text;
    const size_t size = strlen(style);
    const int fd = memfd_create("osm.lua", 0);

    if (fd >= 0 && write(fd, style, size) != (ssize_t)size) {
        close(fd);
        return -1;
    }
    return fd;
}

static bool load_failed(const struct extract *e, struct db *db, struct buf *said, struct fail *f)
{
    if (disk_was_full(said))
        return fail_disk("osm2pgsql", f);
    /* Perhaps it was not the program that failed. */
    if (!db_run(db, QUERIES_PING, NULL, 0, NULL, NULL, f))
        return false;
    return fail_set(f, FAIL_BROKEN, IMPORT_FAILED, "osm2pgsql could not read %.100s: %.180s",
                    e->path, program_reason(said));
}

bool extract_load(struct extract *e, struct db *db, const struct extract_watch *watch,
                  struct fail *f)
{
    char style[FD_PATH_MAX];
    char sorted[FD_PATH_MAX];
    const bool plain = extract_is_ready(e);
    const char *const arguments[] = { "osm2pgsql",
                                      "--create",
                                      "--slim",
                                      "--output=flex",
                                      "--style",
                                      style,
                                      "--middle-schema=vigil_staging",
                                      "--number-processes=2",
                                      "--log-progress=false",
                                      "-r",
                                      plain && strcmp(e->format, "osm") == 0 ? "xml" : "pbf",
                                      plain ? e->path : sorted,
                                      NULL };
    struct program p = {
        .arguments = arguments, .package = "osm2pgsql", .go_on = watch->go_on, .self = watch->self
    };
    struct arena *a = arena_new();
    struct buf out = { 0 };
    struct buf said = { 0 };
    int status = 0;
    const int fd = open_style();
    char **environment = db_environment(db, a, f);
    bool good = environment != NULL;

    if (good && fd < 0)
        good = fail_set(f, FAIL_BROKEN, IMPORT_FAILED, "no file in memory: error %d", errno);
    name_descriptor(style, fd);
    name_descriptor(sorted, e->sorted);
    p.environment = environment;
    good = good && program_run(&p, &out, &said, &status, f);
    if (good && status != 0)
        good = load_failed(e, db, &said, f);
    if (fd >= 0)
        close(fd);
    buf_free(&out);
    buf_free(&said);
    arena_free(a);
    return good;
}
