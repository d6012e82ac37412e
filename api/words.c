/* Each catalogue is read once, at its first use, into a sorted table that lives
 * as long as the process. */
#include "api/words.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "geo/base/arena.h"
#include "geo/base/input.h"
#include "schema/catalogue.h"

enum { SENTENCES_MAX = 4096, SENTENCE_BYTES_MAX = 2000 };

/* Sentences of the console's pages alone, which may hold line breaks. */
static const char PAGES[] = "console.";

struct sentence {
    const char *key;
    const char *text;
};

static struct arena *arenas[WORDS_LANGUAGE_COUNT];
static struct sentence *tables[WORDS_LANGUAGE_COUNT];
static size_t counts[WORDS_LANGUAGE_COUNT];
static pthread_once_t once = PTHREAD_ONCE_INIT;

static int by_key(const void *a, const void *b)
{
    return strcmp(((const struct sentence *)a)->key, ((const struct sentence *)b)->key);
}

/* A catalogue that cannot be read is a mistake of ours: the test reads both. */
static void read_catalogue(enum words_language language, const char *json)
{
    struct fail f = { 0 };
    struct arena *a = arena_new(); /* lives as long as the process */
    const struct input *root = input_parse(a, json, strlen(json), &f);
    struct sentence *table = arena_take(a, SENTENCES_MAX, sizeof *table);
    const struct input *value;
    void *cursor = NULL;
    size_t count = 0;

    if (!root) {
        fprintf(stderr, "the catalogue of words: %s\n", f.text);
        abort();
    }
    for (const char *key; (key = input_next(root, &cursor, &value));) {
        if (strncmp(key, PAGES, sizeof PAGES - 1) == 0)
            continue;
        assert(count < SENTENCES_MAX);
        table[count].key = arena_copy(a, key, strlen(key));
        if (!input_text(value, SENTENCE_BYTES_MAX, &table[count].text, &f)) {
            fprintf(stderr, "the catalogue of words: %s: %s\n", key, f.text);
            abort();
        }
        count++;
    }
    qsort(table, count, sizeof *table, by_key);
    arenas[language] = a;
    tables[language] = table;
    counts[language] = count;
}

static void read_both(void)
{
    read_catalogue(WORDS_EN, CATALOGUE_TEXTS[CATALOGUE_EN].text);
    read_catalogue(WORDS_ZH, CATALOGUE_TEXTS[CATALOGUE_ZH].text);
}

const char *words_find(enum words_language language, const char *key)
{
    const struct sentence wanted = { .key = key };

    pthread_once(&once, read_both);
    const struct sentence *found =
        bsearch(&wanted, tables[language], counts[language], sizeof wanted, by_key);

    return found ? found->text : NULL;
}

const char *words_text(enum words_language language, const char *key)
{
    const char *text = words_find(language, key);

    return text ? text : key;
}

enum words_language words_terminal(void)
{
    static const char *const NAMES[] = { "LC_ALL", "LC_MESSAGES", "LANG" };

    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
        const char *value = getenv(NAMES[i]); // NOLINT(concurrency-mt-unsafe): nobody sets it

        if (value && value[0])
            return strncmp(value, "zh", 2) == 0 ? WORDS_ZH : WORDS_EN;
    }
    return WORDS_EN;
}

void words_complain(FILE *to, const char *program, const struct fail *f)
{
    const enum words_language language = words_terminal();
    char key[96];

    snprintf(key, sizeof key, "code.%.80s", fail_word(f->code));
    fprintf(to, "%s: %s\n  %s\n", program, words_text(language, key), f->text);
    if (f->allowed[0])
        fprintf(to, "  %s: %s\n", words_text(language, "usage.allowed"), f->allowed);
}
