/* vigil plan people|sites FILE */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "tools/vigil/command.h"
#include "tools/vigil/commands.h"
#include "tools/vigil/plans.h"

enum { BLOCK = 64 * 1024 };

bool plans_read(const char *path, struct buf *out, struct fail *f)
{
    const bool is_opened = strcmp(path, "-") != 0;
    FILE *file = is_opened ? fopen(path, "rb") : stdin;
    size_t got = 1;

    if (!file)
        return fail_set(f, FAIL_MISSING, FILE_UNREADABLE, "%s: %s", path, strerrordesc_np(errno));
    while (got > 0 && out->size <= PLANS_FILE_MAX) {
        got = fread(buf_reserve(out, BLOCK), 1, BLOCK, file);
        out->size += got;
    }
    if (is_opened)
        fclose(file);
    return out->size <= PLANS_FILE_MAX ||
           fail_set(f, FAIL_INPUT, VALUE_TOO_LONG, "%s has more than %d bytes", path,
                    PLANS_FILE_MAX);
}

int plan_command(int argc, char **argv)
{
    static const struct {
        const char *what;
        int (*run)(int argc, char **argv);
    } PLANS[] = { { "people", plan_people }, { "sites", plan_sites } };
    const char *what = argc > 1 ? argv[1] : "";
    struct fail f = { 0 };

    for (size_t i = 0; i < sizeof PLANS / sizeof *PLANS; i++)
        if (strcmp(what, PLANS[i].what) == 0)
            return PLANS[i].run(argc - 1, argv + 1);
    fail_set(&f, FAIL_INPUT, OPERAND_COUNT, "vigil plan cannot plan this: \"%.40s\"", what);
    fail_value(&f, what);
    fail_allowed(&f, "people FILE, sites FILE");
    return command_fail(&f);
}
