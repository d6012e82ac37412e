/* vigil verify-plan FILE [--question DIGEST] */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "engine/seal.h"
#include "geo/plan/verdict.h"
#include "tools/vigil/command.h"
#include "tools/vigil/commands.h"

enum { BLOCK = 1024 * 1024 };

static bool read_file(const char *path, struct buf *out, struct fail *f)
{
    FILE *file = fopen(path, "rb");
    size_t got = 1;

    if (!file)
        return fail_set(f, FAIL_MISSING, FILE_UNREADABLE, "%s: %s", path, strerrordesc_np(errno));
    while (got > 0 && out->size <= SEAL_BYTES_MAX) {
        got = fread(buf_reserve(out, BLOCK), 1, BLOCK, file);
        out->size += got;
    }
    fclose(file);
    return out->size <= SEAL_BYTES_MAX ||
           fail_set(f, FAIL_INPUT, VALUE_TOO_LONG, "%s has more than %d bytes", path,
                    SEAL_BYTES_MAX);
}

static bool verify(const char *path, const char *question, struct buf *bytes, struct arena *a,
                   struct fail *f)
{
    struct seal seal;
    struct verdict v;

    if (!read_file(path, bytes, f) || !seal_open(bytes->bytes, bytes->size, &seal, f))
        return false;
    if (question && strcmp(question, seal.digest) != 0)
        return fail_set(f, FAIL_CONFLICT, CERTIFICATE_FALSE,
                        "this certificate answers another question: %s", seal.digest);
    if (!verdict_reach(seal.question, seal.question_size, seal.proof, seal.proof_size, a, &v, f))
        return false;
    const int64_t bound = v.bound / v.scale; /* values are whole */

    printf(command_say(
               "verified: %d points of %d, value %lld of %lld, no plan above %lld, "
               "gap %.4f %%\nquestion %s\n",
               "验证通过：选 %d 个（候选 %d 个），覆盖值 %lld（总量 %lld），任何方案不超过 %lld，"
               "差距 %.4f %%\n问题 %s\n"),
           v.count, v.site_count, (long long)v.value, (long long)v.weight, (long long)bound,
           bound > 0 ? 100 * (1 - (double)v.value / (double)bound) : 0.0, seal.digest);
    return true;
}

int verify_plan_command(int argc, char **argv)
{
    const char *question = NULL;
    const struct command_option options[] = { { "question", &question, NULL } };
    struct command_line line;
    struct fail f;
    struct buf bytes = { 0 };
    struct arena *a = arena_new();
    bool is_done;

    is_done = command_read(argc, argv, options, 1, 1, &line, &f) &&
              (line.operand_count == 1 ||
               fail_set(&f, FAIL_INPUT, OPERAND_COUNT, "which certificate? One file is named")) &&
              verify(line.operands[0], question, &bytes, a, &f);
    buf_free(&bytes);
    arena_free(a);
    return is_done ? COMMAND_DONE : command_fail(&f);
}
