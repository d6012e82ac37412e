/* The environment and the arguments are read by the main thread before any
 * other starts. */
#include "tools/vigil/command.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/words.h"

static const char *database_option;

static const char *environment(const char *name)
{
    const char *text = getenv(name); // NOLINT(concurrency-mt-unsafe): see above

    return text && text[0] ? text : NULL;
}

bool command_in_chinese(void)
{
    return words_terminal() == WORDS_ZH;
}

const char *command_say(const char *english, const char *chinese)
{
    return command_in_chinese() ? chinese : english;
}

/* The option that `argument` begins, and its "=VALUE" part if there is one. */
static const struct command_option *find(const struct command_option *options, int32_t count,
                                         const char *argument, const char **after)
{
    const char *name = argument + 2;
    const size_t length = strcspn(name, "=");

    *after = name[length] == '=' ? name + length + 1 : NULL;
    for (int32_t i = 0; i < count; i++)
        if (strlen(options[i].name) == length && memcmp(options[i].name, name, length) == 0)
            return &options[i];
    return NULL;
}

/* Takes the option at argv[*at], moving *at on when its value is the next word. */
static bool take(const struct command_option *o, const char *after, char **argv, int argc, int *at,
                 struct fail *f)
{
    if (o->given)
        *o->given = true;
    if (!o->value) {
        if (!after)
            return true;
        fail_set(f, FAIL_INPUT, OPTION_UNKNOWN, "--%s takes no value", o->name);
        return fail_value(f, after);
    }
    if (!after && *at + 1 < argc)
        after = argv[++*at];
    if (!after)
        return fail_set(f, FAIL_INPUT, OPTION_WITHOUT_VALUE, "--%s needs a value", o->name);
    *o->value = after;
    return true;
}

bool command_read(int argc, char **argv, const struct command_option *options, int32_t option_count,
                  int32_t operand_max, struct command_line *line, struct fail *f)
{
    static const struct command_option DATABASE = { .name = "database", .value = &database_option };
    bool options_over = false;

    *line = (struct command_line){ 0 };
    for (int i = 1; i < argc; i++) {
        const char *after;
        const struct command_option *o;

        if (!options_over && strcmp(argv[i], "--") == 0) {
            options_over = true;
        } else if (!options_over && strncmp(argv[i], "--", 2) == 0) {
            o = find(options, option_count, argv[i], &after);
            if (!o)
                o = find(&DATABASE, 1, argv[i], &after);
            if (!o)
                return fail_set(f, FAIL_INPUT, OPTION_UNKNOWN, "%s has no option %.60s", argv[0],
                                argv[i]);
            if (!take(o, after, argv, argc, &i, f))
                return false;
        } else if (line->operand_count == operand_max) {
            return fail_set(f, FAIL_INPUT, OPERAND_COUNT, "%s: %.100s is one too many", argv[0],
                            argv[i]);
        } else {
            line->operands[line->operand_count++] = argv[i];
        }
    }
    return true;
}

bool command_number(const char *name, const char *text, int64_t min, int64_t max, int64_t *out,
                    struct fail *f)
{
    char *end = NULL;

    if (!text)
        return fail_set(f, FAIL_INPUT, OPTION_WITHOUT_VALUE, "--%s needs a value", name);
    errno = 0;
    /* strtoll would take blanks and signs. */
    const int64_t value = text[0] >= '0' && text[0] <= '9' ? strtoll(text, &end, 10) : min - 1;

    if (errno != 0 || !end || *end != '\0' || value < min || value > max) {
        fail_set(f, FAIL_INPUT, VALUE_OUT_OF_RANGE, "--%s must be %lld to %lld: %.40s", name,
                 (long long)min, (long long)max, text);
        return fail_value(f, text);
    }
    *out = value;
    return true;
}

const char *command_database_address(void)
{
    const char *address = database_option ? database_option : environment("VIGIL_DATABASE");

    return address ? address : "";
}

struct db *command_database(struct fail *f)
{
    return db_open(command_database_address(), f);
}

struct db *command_city(struct fail *f)
{
    struct db *db = command_database(f);

    if (!db || db_become(db, DB_ENGINE, f))
        return db;
    db_close(db);
    return NULL;
}

int command_fail(const struct fail *f)
{
    words_complain(stderr, "vigil", f);
    if (f->code == CODE_OPTION_UNKNOWN || f->code == CODE_OPTION_WITHOUT_VALUE ||
        f->code == CODE_OPERAND_COUNT || f->code == CODE_VALUE_OUT_OF_RANGE)
        return COMMAND_USAGE;
    if (f->code == CODE_INTERRUPTED)
        return COMMAND_INTERRUPTED;
    return f->kind == FAIL_BUSY ? COMMAND_LATER : COMMAND_FAILED;
}
