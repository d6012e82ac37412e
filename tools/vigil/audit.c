/* vigil audit verify|head|seal: is the audit what it was when it was sealed? */
#include <stdio.h>
#include <string.h>

#include "engine/chain.h"
#include "tools/vigil/command.h"
#include "tools/vigil/commands.h"

enum { SHOWN_OTHERWISE = 10, SHOWN_MAX = 10000000, BATCHES_AT_ONCE = 1000000 };

struct shown {
    int64_t count, most;
};

static void show(void *self, enum chain_finding finding, int64_t seq)
{
    struct shown *s = self;

    if (s->count++ < s->most)
        printf("%s %lld\n", chain_word(finding), (long long)seq);
}

static void sum_up(const struct chain_report *r)
{
    char head[CHAIN_HEAD_SIZE];

    chain_head_text(&r->head, head);
    printf(command_say("links %lld, altered %lld, entries gone %lld, links gone %lld\n",
                       "环节 %lld，被改 %lld，记录缺失 %lld，环节缺失 %lld\n"),
           (long long)r->link_count, (long long)r->altered_count, (long long)r->entry_gone_count,
           (long long)r->link_gone_count);
    printf(command_say(
               "not sealed %lld, of these older than 10 s %lld, that nothing would seal %lld\n",
               "未封存 %lld，其中超过 10 秒 %lld，不在待封存之列 %lld\n"),
           (long long)r->loose_count, (long long)r->late_count, (long long)r->lost_count);
    printf("head %s\n", head);
}

static bool broken(const struct chain_report *r, const struct chain_head *kept, struct fail *f)
{
    char text[CHAIN_HEAD_SIZE];

    if (r->first_bad > 0)
        return fail_set(f, FAIL_BROKEN, AUDIT_BROKEN,
                        "the audit was changed: the first wrong link is number %lld",
                        (long long)r->first_bad);
    if (kept && r->is_behind) {
        chain_head_text(kept, text);
        return fail_set(f, FAIL_BROKEN, AUDIT_BROKEN,
                        "the audit does not contain the head that was kept: %s", text);
    }
    return fail_set(f, FAIL_BROKEN, AUDIT_BROKEN,
                    "the audit has entries without a link: the first is audit_id %lld (is vigild "
                    "running?)",
                    (long long)r->first_loose);
}

static bool verify(struct db *db, const char *kept_text, const char *shown_text, struct fail *f)
{
    struct shown shown = { .most = SHOWN_OTHERWISE };
    struct chain_head kept;
    struct chain_report report;

    if (shown_text && !command_number("show", shown_text, 0, SHOWN_MAX, &shown.most, f))
        return false;
    if (kept_text && !chain_head_read(kept_text, &kept)) {
        fail_set(f, FAIL_INPUT, VALUE_NOT_ALLOWED, "--head cannot be %.80s", kept_text);
        return fail_allowed(f, "NUMBER:HEX as `vigil audit head` prints it");
    }
    if (!chain_verify(db, kept_text ? &kept : NULL, show, &shown, &report, f))
        return false;
    sum_up(&report);
    return chain_is_whole(&report) || broken(&report, kept_text ? &kept : NULL, f);
}

static bool print_head(struct db *db, struct fail *f)
{
    struct arena *a = arena_new();
    char text[CHAIN_HEAD_SIZE];
    struct chain_head head;
    const bool good = chain_head(db, a, &head, f);

    if (good) {
        chain_head_text(&head, text);
        puts(text);
    }
    arena_free(a);
    return good;
}

static bool seal(struct db *db, struct fail *f)
{
    int64_t sealed;

    if (!chain_seal(db, BATCHES_AT_ONCE, &sealed, f))
        return false;
    printf(command_say("%lld entries sealed\n", "已封存 %lld 条\n"), (long long)sealed);
    return true;
}

static bool carry_out(struct db *db, const struct command_line *line, const char *kept,
                      const char *shown, struct fail *f)
{
    const char *what = line->operand_count > 0 ? line->operands[0] : "";

    if (strcmp(what, "verify") == 0)
        return verify(db, kept, shown, f);
    if (strcmp(what, "head") == 0)
        return print_head(db, f);
    if (strcmp(what, "seal") == 0)
        return seal(db, f);
    fail_set(f, FAIL_INPUT, OPERAND_COUNT, "vigil audit cannot do this: %.40s", what);
    return fail_allowed(f, "verify, head, seal");
}

int audit_command(int argc, char **argv)
{
    const char *kept = NULL;
    const char *shown = NULL;
    const struct command_option options[] = { { .name = "head", .value = &kept },
                                              { .name = "show", .value = &shown } };
    struct command_line line;
    struct fail f = { 0 };

    if (!command_read(argc, argv, options, 2, 1, &line, &f))
        return command_fail(&f);
    struct db *db = command_database(&f);

    if (!db)
        return command_fail(&f);
    const bool good = carry_out(db, &line, kept, shown, &f);

    db_close(db);
    return good ? COMMAND_DONE : command_fail(&f);
}
