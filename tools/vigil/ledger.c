#include "tools/vigil/ledger.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const char KINDS[LEDGER_KINDS] = { 'p', 'i', 'o' };
static const char FATES[LEDGER_FATES] = { 'd', 'n', 'r', 'u' };
static const char TITLE[] = "vigil ledger ";

enum { LINE_MAX_SIZE = 200, NUMBERS = 5 };

void ledger_begin(FILE *file, const char *run)
{
    fprintf(file, "%s%s\n", TITLE, run);
}

void ledger_add(FILE *file, enum ledger_kind kind, const struct ledger_entry *e)
{
    fprintf(file, "%c %c %d %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64 "\n", KINDS[kind],
            FATES[e->fate], e->tries, e->key, e->part, e->first, e->last);
}

static int place_of(char c, const char *among, int count)
{
    int i = 0;

    while (i < count && among[i] != c)
        i++;
    return i;
}

static bool read_line(const char *line, enum ledger_kind *kind, struct ledger_entry *out)
{
    int64_t numbers[NUMBERS];
    const size_t size = strlen(line);

    if (size < 4 || line[size - 1] != '\n' || line[1] != ' ')
        return false;
    const int what = place_of(line[0], KINDS, LEDGER_KINDS);
    const int fate = place_of(line[2], FATES, LEDGER_FATES);
    const char *at = line + 3;

    for (int i = 0; i < NUMBERS; i++) {
        char *end;

        numbers[i] = strtoll(at, &end, 10);
        if (end == at)
            return false;
        at = end;
    }
    if (*at != '\n' || what == LEDGER_KINDS || fate == LEDGER_FATES)
        return false;
    *kind = (enum ledger_kind)what;
    *out = (struct ledger_entry){ .fate = (enum ledger_fate)fate,
                                  .tries = (int32_t)numbers[0],
                                  .key = numbers[1],
                                  .part = numbers[2],
                                  .first = numbers[3],
                                  .last = numbers[4] };
    return true;
}

static void keep(struct ledger *l, enum ledger_kind kind, const struct ledger_entry *entry)
{
    const int64_t count = l->counts[kind];

    /* Room for a power of two of them. */
    if ((count & (count - 1)) == 0) {
        const size_t room = count ? (size_t)count * 2 : 1;

        l->entries[kind] = realloc(l->entries[kind], room * sizeof *entry);
        if (!l->entries[kind])
            abort();
    }
    l->entries[kind][l->counts[kind]++] = *entry;
}

static int by_key(const void *one, const void *other)
{
    const struct ledger_entry *a = one;
    const struct ledger_entry *b = other;

    if (a->key != b->key)
        return a->key < b->key ? -1 : 1;
    return (a->part > b->part) - (a->part < b->part);
}

static bool refuse(const char *path, FILE *file, struct fail *f)
{
    if (file)
        fclose(file);
    fail_set(f, FAIL_INPUT, FILE_UNREADABLE, "no ledger can be read from %.200s", path);
    return fail_value(f, path);
}

bool ledger_read(struct ledger *l, const char *path, struct fail *f)
{
    char line[LINE_MAX_SIZE];
    FILE *file = fopen(path, "re");

    *l = (struct ledger){ 0 };
    if (!file || !fgets(line, sizeof line, file) || strncmp(line, TITLE, sizeof TITLE - 1) != 0)
        return refuse(path, file, f);
    const char *run = line + sizeof TITLE - 1;
    const size_t size = strcspn(run, "\n");

    if (size == 0 || size >= LEDGER_RUN_MAX)
        return refuse(path, file, f);
    memcpy(l->run, run, size);
    while (fgets(line, sizeof line, file)) {
        struct ledger_entry entry;
        enum ledger_kind kind;

        if (read_line(line, &kind, &entry))
            keep(l, kind, &entry);
        else if (!feof(file) && strchr(line, '\n'))
            return refuse(path, file, f);
    }
    fclose(file);
    for (int i = 0; i < LEDGER_KINDS; i++)
        if (l->counts[i] > 1)
            qsort(l->entries[i], (size_t)l->counts[i], sizeof **l->entries, by_key);
    return true;
}

void ledger_free(struct ledger *l)
{
    for (int i = 0; i < LEDGER_KINDS; i++)
        free(l->entries[i]);
    *l = (struct ledger){ 0 };
}
