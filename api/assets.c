/* Files in memory: see the header. */
#include "api/assets.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "geo/base/arena.h"

enum {
    ASSET_COUNT_MAX = 256,
    ASSET_SIZE_MAX = 8 << 20, /* bytes of one file */
};

/* Written by assets_load alone, before other threads are there. */
static struct {
    struct arena *arena;
    struct asset items[ASSET_COUNT_MAX];
    int32_t count;
} loaded;

static const struct {
    const char *ending;
    const char *type;
} TYPES[] = {
    { ".html", "text/html; charset=utf-8" },
    { ".css", "text/css; charset=utf-8" },
    { ".js", "text/javascript; charset=utf-8" },
    { ".mjs", "text/javascript; charset=utf-8" },
    { ".json", "application/json" },
    { ".svg", "image/svg+xml" },
    { ".png", "image/png" },
    { ".txt", "text/plain; charset=utf-8" },
};

/* NULL for what is not served. */
static const char *type_of(const char *name)
{
    const char *ending = strrchr(name, '.');

    for (size_t i = 0; ending && i < sizeof TYPES / sizeof TYPES[0]; i++)
        if (strcmp(ending, TYPES[i].ending) == 0)
            return TYPES[i].type;
    return NULL;
}

/* "maplibre-gl-6.17.0/maplibre-gl.mjs": the folder has a number in its name. */
static bool is_versioned(const char *name)
{
    const char *slash = strchr(name, '/');

    return slash && name + strcspn(name, "0123456789") < slash;
}

/* Fowler, Noll and Vo's hash, 64 bits, variant 1a: tells versions of a file
 * apart, and is no protection against anyone. */
static void write_tag(struct asset *asset)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);

    for (size_t i = 0; i < asset->size; i++)
        hash = (hash ^ (unsigned char)asset->bytes[i]) * UINT64_C(0x100000001b3);
    snprintf(asset->tag, sizeof asset->tag, "%016llx", (unsigned long long)hash);
}

static bool read_file(const char *path, const char *name, const char *type, struct fail *f)
{
    FILE *file = fopen(path, "rbe");
    struct stat about;

    if (!file)
        return fail_set(f, FAIL_BROKEN, CONSOLE_MISSING, "%s cannot be read: %s", path,
                        strerrordesc_np(errno));
    if (fstat(fileno(file), &about) != 0 || about.st_size > ASSET_SIZE_MAX ||
        loaded.count == ASSET_COUNT_MAX) {
        fclose(file);
        return fail_set(
            f, FAIL_BROKEN, CONSOLE_TOO_LARGE,
            "the console may have %d files of %d bytes each; %s is one too many or too large",
            ASSET_COUNT_MAX, ASSET_SIZE_MAX, path);
    }
    char *bytes = arena_take(loaded.arena, 1, (size_t)about.st_size + 1);
    struct asset *asset = &loaded.items[loaded.count++];

    *asset = (struct asset){
        .name = arena_copy(loaded.arena, name, strlen(name)),
        .type = type,
        .bytes = bytes,
        .size = fread(bytes, 1, (size_t)about.st_size, file),
        .versioned = is_versioned(name),
    };
    fclose(file);
    write_tag(asset);
    return true;
}

/* The folders that are still to be read: the top, then those in it. */
struct folders {
    const char *names[ASSET_COUNT_MAX];
    int32_t count;
};

static bool read_entry(const char *top, const char *below, const char *entry,
                       struct folders *folders, struct fail *f)
{
    const char *name = *below ? arena_text(loaded.arena, "%s/%s", below, entry) : entry;
    const char *path = arena_text(loaded.arena, "%s/%s", top, name);
    const char *type = type_of(entry);
    struct stat about;

    if (entry[0] == '.' || stat(path, &about) != 0)
        return true;
    if (S_ISDIR(about.st_mode) && !*below && folders->count < ASSET_COUNT_MAX)
        folders->names[folders->count++] = arena_copy(loaded.arena, entry, strlen(entry));
    return !S_ISREG(about.st_mode) || !type || read_file(path, name, type, f);
}

static bool read_folder(const char *top, const char *below, struct folders *folders, struct fail *f)
{
    const char *path = arena_text(loaded.arena, "%s/%s", top, below);
    DIR *folder = opendir(path);
    bool good = true;

    if (!folder)
        return fail_set(f, FAIL_BROKEN, CONSOLE_MISSING,
                        "the console's folder %s cannot be read: %s", path, strerrordesc_np(errno));
    for (const struct dirent *entry;
         good && (entry = readdir(folder));) /* NOLINT(concurrency-mt-unsafe): a DIR of our own */
        good = read_entry(top, below, entry->d_name, folders, f);
    closedir(folder);
    return good;
}

bool assets_load(const char *folder, struct fail *f)
{
    struct folders folders = { { "" }, 1 };

    assets_unload();
    loaded.arena = arena_new();
    for (int32_t i = 0; i < folders.count; i++)
        if (!read_folder(folder, folders.names[i], &folders, f)) {
            assets_unload();
            return false;
        }
    if (assets_find("index.html"))
        return true;
    assets_unload();
    return fail_set(f, FAIL_BROKEN, CONSOLE_MISSING,
                    "the folder %s holds no console: no index.html", folder);
}

void assets_unload(void)
{
    arena_free(loaded.arena);
    memset(&loaded, 0, sizeof loaded);
}

const struct asset *assets_find(const char *name)
{
    for (int32_t i = 0; i < loaded.count; i++)
        if (strcmp(loaded.items[i].name, name) == 0)
            return &loaded.items[i];
    return NULL;
}
