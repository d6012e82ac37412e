/* vigil migrate [--check] */
#include "engine/migrate.h"

#include <stdio.h>

#include "tools/vigil/command.h"
#include "tools/vigil/commands.h"

static void say_applied(void *self, const char *name)
{
    (void)self;
    fprintf(stderr, command_say("applied %s\n", "已执行 %s\n"), name);
}

int migrate_command(int argc, char **argv)
{
    bool check = false;
    const struct command_option options[] = { { .name = "check", .given = &check } };
    struct command_line line;
    struct fail f = { 0 };

    if (!command_read(argc, argv, options, 1, 0, &line, &f))
        return command_fail(&f);

    struct db *db = command_database(&f);

    if (!db)
        return command_fail(&f);

    const bool good = check ? migrate_check(db, MIGRATIONS_TEXTS, &f)
                            : migrate_run(db, MIGRATIONS_TEXTS, say_applied, NULL, &f);

    db_close(db);
    return good ? COMMAND_DONE : command_fail(&f);
}
