#ifndef TOOLS_VIGIL_COMMAND_H
#define TOOLS_VIGIL_COMMAND_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/db.h"
#include "geo/base/fail.h"

/* What the commands of `vigil` share: how they read their arguments, reach the
 * database and say what went wrong. A command is a file of this folder with one
 * function `int <file>_command(int argc, char **argv)`, whose argv[0] is the
 * command's name, and a row in main.c. Answers go to stdout, progress and
 * failures to stderr. */

/* How a command ends, for scripts. */
enum command_exit {
    COMMAND_DONE = 0,
    COMMAND_FAILED = 1,       /* and trying again unchanged will not help */
    COMMAND_USAGE = 2,        /* the arguments make no sense */
    COMMAND_LATER = 75,       /* something is away or full: try again later */
    COMMAND_INTERRUPTED = 130 /* by the user */
};

/* One "--name VALUE" (or "--name=VALUE"); a flag when `value` is NULL. */
struct command_option {
    const char *name; /* without the dashes */
    const char **value;
    bool *given; /* may be NULL */
};

enum { COMMAND_OPERAND_MAX = 8 };

struct command_line {
    int32_t operand_count;
    const char *operands[COMMAND_OPERAND_MAX];
};

/* Reads options and at most `operand_max` operands. --database is always known.
 * False with OPTION_UNKNOWN, OPTION_WITHOUT_VALUE or OPERAND_COUNT. */
bool command_read(int argc, char **argv, const struct command_option *options, int32_t option_count,
                  int32_t operand_max, struct command_line *line, struct fail *f);

/* The value of an option as a whole number; NULL is OPTION_WITHOUT_VALUE, anything
 * outside the limits VALUE_OUT_OF_RANGE. */
bool command_number(const char *name, const char *text, int64_t min, int64_t max, int64_t *out,
                    struct fail *f);

/* Connects to --database, else $VIGIL_DATABASE, else what libpq finds itself. */
struct db *command_database(struct fail *f);
/* The same as the city's own housekeeping, behind the walls: what all commands use but
 * those that change the database's shape or its streets. */
struct db *command_city(struct fail *f);
const char *command_database_address(void);

/* Whether the user reads Chinese (LC_ALL, LC_MESSAGES, LANG). */
bool command_in_chinese(void);

/* One of the two, in the user's language. */
__attribute__((format_arg(1), format_arg(2))) const char *command_say(const char *english,
                                                                      const char *chinese);

/* Says the failure on stderr and gives the exit code of its kind. */
int command_fail(const struct fail *f);

#endif
