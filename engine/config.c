/* One table; everything else walks along it. */
#include "engine/config.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FILE_BYTES_MAX = 64 * 1024, NAME_BYTES_MAX = 64, DIGITS_MAX = 15, PATH_SHOWN = 200 };

static const char ZONES[] = "/usr/share/zoneinfo";

enum config_kind { CONFIG_KIND_TEXT, CONFIG_KIND_NUMBER, CONFIG_KIND_LEVEL };

static const struct row {
    const char *name;
    enum config_kind kind;
    const char *otherwise;
    int64_t least, most;
} ROWS[CONFIG_COUNT] = {
#define CONFIG_ROW(id, name, kind, otherwise, least, most)                                         \
    [CONFIG_##id] = { name, CONFIG_KIND_##kind, otherwise, least, most },
    CONFIG_ROWS(CONFIG_ROW)
#undef CONFIG_ROW
};

static const char *const LEVELS[] = { "debug", "info", "warning", "error" };

struct config {
    char *texts[CONFIG_COUNT];
    int64_t numbers[CONFIG_COUNT];
};

static char *copy_of(const char *text)
{
    char *copy = strdup(text);

    if (!copy) {
        fprintf(stderr, "out of memory: a setting\n");
        abort();
    }
    return copy;
}

struct config *config_new(void)
{
    struct config *c = calloc(1, sizeof *c);
    struct fail f = { 0 };

    if (!c)
        abort();
    for (int i = 0; i < CONFIG_COUNT; i++) {
        const bool good = config_set(c, ROWS[i].name, ROWS[i].otherwise, "default", &f);

        assert(good);
        (void)good;
    }
    return c;
}

void config_free(struct config *c)
{
    if (!c)
        return;
    for (int i = 0; i < CONFIG_COUNT; i++)
        free(c->texts[i]);
    free(c);
}

static int find(const char *name)
{
    for (int i = 0; i < CONFIG_COUNT; i++)
        if (strcmp(ROWS[i].name, name) == 0)
            return i;
    return -1;
}

static bool bad_value(const char *name, const char *value, const char *where, struct fail *f)
{
    fail_set(f, FAIL_INPUT, SETTING_NOT_ALLOWED, "%s: %s cannot be \"%.60s\"", where, name, value);
    fail_at(f, name);
    return fail_value(f, value);
}

static bool read_number(const struct row *row, const char *value, const char *where, int64_t *out,
                        struct fail *f)
{
    const size_t digits = strspn(value, "0123456789");
    int64_t number = -1;

    if (digits > 0 && digits <= DIGITS_MAX && value[digits] == '\0')
        number = strtoll(value, NULL, 10);
    if (number < row->least || number > row->most) {
        bad_value(row->name, value, where, f);
        return fail_allowed(f, "%lld to %lld", (long long)row->least, (long long)row->most);
    }
    *out = number;
    return true;
}

static bool read_level(const struct row *row, const char *value, const char *where, int64_t *out,
                       struct fail *f)
{
    for (size_t i = 0; i < sizeof LEVELS / sizeof *LEVELS; i++) {
        if (strcmp(LEVELS[i], value) == 0) {
            *out = (int64_t)i;
            return true;
        }
    }
    bad_value(row->name, value, where, f);
    return fail_allowed(f, "debug, info, warning, error");
}

static bool check_text(const struct row *row, const char *value, const char *where, struct fail *f)
{
    const size_t size = strlen(value);

    for (size_t i = 0; i < size; i++) {
        if ((unsigned char)value[i] < 0x20 || value[i] == 0x7F) {
            bad_value(row->name, value, where, f);
            return fail_allowed(f, "text without control characters");
        }
    }
    if (size < (size_t)row->least || size > (size_t)row->most) {
        bad_value(row->name, value, where, f);
        return fail_allowed(f, "%lld to %lld bytes", (long long)row->least, (long long)row->most);
    }
    return true;
}

/* Browsers and PostgreSQL know zones by their names in the system's own list; where
 * that is not installed, a name of the right letters has to do. */
static bool check_zone(const char *name, const char *value, const char *where, struct fail *f)
{
    static const char LETTERS[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/_+-";
    char path[PATH_SHOWN];

    snprintf(path, sizeof path, "%s/%s", ZONES, value);
    if (strspn(value, LETTERS) == strlen(value) && value[0] != '/' &&
        (access(ZONES, X_OK) != 0 || access(path, R_OK) == 0))
        return true;
    bad_value(name, value, where, f);
    return fail_allowed(f, "the name of a time zone, such as Asia/Shanghai");
}

static bool unknown(const char *name, const char *where, struct fail *f)
{
    struct buf names = { 0 };

    for (int i = 0; i < CONFIG_COUNT; i++)
        buf_format(&names, "%s%s", i > 0 ? ", " : "", ROWS[i].name);
    fail_set(f, FAIL_INPUT, SETTING_UNKNOWN, "%s: there is no setting \"%.60s\"", where, name);
    fail_value(f, name);
    fail_allowed(f, "%s", buf_text(&names));
    buf_free(&names);
    return false;
}

bool config_set(struct config *c, const char *name, const char *value, const char *where,
                struct fail *f)
{
    const int i = find(name);
    int64_t number = 0;

    if (i < 0)
        return unknown(name, where, f);
    switch (ROWS[i].kind) {
    case CONFIG_KIND_TEXT:
        if (!check_text(&ROWS[i], value, where, f) ||
            (i == CONFIG_CITY_TIME_ZONE && !check_zone(name, value, where, f)))
            return false;
        break;
    case CONFIG_KIND_NUMBER:
        if (!read_number(&ROWS[i], value, where, &number, f))
            return false;
        break;
    case CONFIG_KIND_LEVEL:
        if (!read_level(&ROWS[i], value, where, &number, f))
            return false;
        break;
    }
    char *copy = copy_of(value);

    free(c->texts[i]);
    c->texts[i] = copy;
    c->numbers[i] = number;
    return true;
}

static void trim(const char **at, size_t *size)
{
    while (*size > 0 && isspace((unsigned char)(*at)[0])) {
        (*at)++;
        (*size)--;
    }
    while (*size > 0 && isspace((unsigned char)(*at)[*size - 1]))
        (*size)--;
}

static bool read_line(struct config *c, const char *line, size_t size, const char *where,
                      struct fail *f)
{
    char name[NAME_BYTES_MAX];

    trim(&line, &size);
    if (size == 0 || line[0] == '#')
        return true;
    const char *equals = memchr(line, '=', size);

    if (!equals || memchr(line, '\0', size)) {
        fail_set(f, FAIL_INPUT, SETTING_MALFORMED, "%s: a line must be `name = value`", where);
        return fail_allowed(f, "name = value, or # and a comment");
    }
    const char *value = equals + 1;
    size_t name_size = (size_t)(equals - line);
    size_t value_size = size - name_size - 1;

    trim(&line, &name_size);
    trim(&value, &value_size);
    if (name_size >= sizeof name)
        name_size = sizeof name - 1; /* no setting's name is that long */
    memcpy(name, line, name_size);
    name[name_size] = '\0';
    char *copy = calloc(1, value_size + 1); /* the text goes on behind it: no strndup */

    if (!copy)
        abort();
    memcpy(copy, value, value_size);
    const bool good = config_set(c, name, copy, where, f);

    free(copy);
    return good;
}

bool config_read(struct config *c, const char *text, size_t size, const char *file_name,
                 struct fail *f)
{
    int number = 1;

    if (size > FILE_BYTES_MAX)
        return fail_set(f, FAIL_INPUT, SETTING_MALFORMED, "%.*s is larger than %d bytes",
                        PATH_SHOWN, file_name, FILE_BYTES_MAX);
    for (size_t at = 0; at < size; number++) {
        const char *end = memchr(text + at, '\n', size - at);
        const size_t line = end ? (size_t)(end - (text + at)) : size - at;
        char where[PATH_SHOWN + 16];

        snprintf(where, sizeof where, "%.*s:%d", PATH_SHOWN, file_name, number);
        if (!read_line(c, text + at, line, where, f))
            return false;
        at += line + 1;
    }
    return true;
}

static bool slurp(const char *path, struct buf *out, struct fail *f)
{
    FILE *file = fopen(path, "re");

    if (file) {
        out->size = fread(buf_reserve(out, FILE_BYTES_MAX + 1), 1, FILE_BYTES_MAX + 1, file);
        if (!ferror(file)) {
            fclose(file);
            return true;
        }
        fclose(file);
    }
    fail_set(f, FAIL_INPUT, FILE_UNREADABLE, "%.*s cannot be read: %s", PATH_SHOWN, path,
             strerrordesc_np(errno));
    return fail_value(f, path);
}

static bool read_file(struct config *c, const char *path, struct fail *f)
{
    struct buf text = { 0 };
    const bool good = slurp(path, &text, f) && config_read(c, text.bytes, text.size, path, f);

    buf_free(&text);
    return good;
}

static bool read_environment(struct config *c, struct fail *f)
{
    for (int i = 0; i < CONFIG_COUNT; i++) {
        char name[NAME_BYTES_MAX] = "VIGIL_";

        for (size_t k = 0; ROWS[i].name[k] && k + 7 < sizeof name; k++)
            name[k + 6] = (char)toupper((unsigned char)ROWS[i].name[k]);
        const char *value = getenv(name); // NOLINT(concurrency-mt-unsafe): before any thread

        if (value && !config_set(c, ROWS[i].name, value, name, f))
            return false;
    }
    return true;
}

/* The name after "--" when it is a setting's or "config", else NULL; *value is
 * what follows an equals sign, or NULL. */
static const char *flag_name(const char *word, char name[NAME_BYTES_MAX], const char **value)
{
    if (strncmp(word, "--", 2) != 0)
        return NULL;
    const size_t size = strcspn(word + 2, "=");

    if (size == 0 || size >= NAME_BYTES_MAX)
        return NULL;
    memcpy(name, word + 2, size);
    name[size] = '\0';
    *value = word[2 + size] == '=' ? word + 2 + size + 1 : NULL;
    return find(name) >= 0 || strcmp(name, "config") == 0 ? name : NULL;
}

/* Visits the flags that are settings. take(c, name, value, where, f) is called
 * for each; with `remove` they are taken out of argv. */
static bool each_flag(struct config *c, int *argc, char **argv, bool is_last_pass, struct fail *f)
{
    int kept = 1;

    for (int i = 1; i < *argc; i++) {
        char name[NAME_BYTES_MAX];
        char where[NAME_BYTES_MAX + 4];
        const char *value = NULL;
        const bool is_ours = flag_name(argv[i], name, &value) != NULL;
        const bool is_file = is_ours && strcmp(name, "config") == 0;

        if (!is_ours) {
            argv[kept++] = argv[i];
            continue;
        }
        char *flag = argv[i];

        if (!value && i + 1 < *argc)
            value = argv[++i];
        if (!value) {
            fail_set(f, FAIL_INPUT, SETTING_MALFORMED, "--%s needs a value", name);
            return fail_value(f, flag);
        }
        snprintf(where, sizeof where, "--%s", name);
        if (is_file && !is_last_pass && !read_file(c, value, f))
            return false;
        if (!is_file && is_last_pass && !config_set(c, name, value, where, f))
            return false;
        if (!is_last_pass) {
            argv[kept++] = flag;
            if (argv[i] != flag)
                argv[kept++] = argv[i];
        }
    }
    *argc = kept;
    return true;
}

static bool read_database_file(struct config *c, struct fail *f)
{
    const char *path = c->texts[CONFIG_DATABASE_FILE];
    struct buf text = { 0 };

    if (!path[0])
        return true;
    bool good = slurp(path, &text, f);

    if (good) {
        while (text.size > 0 && isspace((unsigned char)text.bytes[text.size - 1]))
            text.size--;
        good = config_set(c, "database", buf_text(&text), "database_file", f);
    }
    buf_free(&text);
    return good;
}

bool config_load(struct config *c, int *argc, char **argv, struct fail *f)
{
    const char *file = getenv("VIGIL_CONFIG"); // NOLINT(concurrency-mt-unsafe): before any thread

    if (file && file[0] && !read_file(c, file, f))
        return false;
    return each_flag(c, argc, argv, false, f) && read_environment(c, f) &&
           each_flag(c, argc, argv, true, f) && read_database_file(c, f);
}

const char *config_text(const struct config *c, enum config_id id)
{
    return c->texts[id];
}

int64_t config_int(const struct config *c, enum config_id id)
{
    assert(ROWS[id].kind != CONFIG_KIND_TEXT);
    return c->numbers[id];
}

const char *config_name(enum config_id id)
{
    return ROWS[id].name;
}

const char *config_default(enum config_id id)
{
    return ROWS[id].otherwise;
}

void config_print(const struct config *c, struct buf *out)
{
    for (int i = 0; i < CONFIG_COUNT; i++) {
        const bool secret =
            i == CONFIG_DATABASE && (strstr(c->texts[i], "password") || strstr(c->texts[i], "://"));

        if (secret)
            buf_format(out, "# %s = (may hold a password: not shown)\n", ROWS[i].name);
        else
            buf_format(out, "%s = %s\n", ROWS[i].name, c->texts[i]);
    }
}
