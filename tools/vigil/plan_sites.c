/* vigil plan sites FILE [--effort N] [--gap PERCENT] [--seed N] [--exact] [--certificate FILE] */
#include <errno.h>
#include <stdio.h>

#include "engine/seal.h"
#include "geo/base/emit.h"
#include "geo/plan/certificate.h"
#include "geo/plan/dual.h"
#include "geo/plan/greedy.h"
#include "geo/plan/mip.h"
#include "geo/plan/sites_file.h"
#include "geo/plan/swap.h"
#include "tools/vigil/command.h"
#include "tools/vigil/plans.h"

enum {
    EFFORT = 100, /* unless said: rounds of so many kicks and steps */
    EFFORT_MAX = 1000 * 1000,
    KICKS = 200,
    STEPS = 20,
    EXACT_S = 600,
};

struct wish {
    int64_t effort, seed;
    double gap_percent;
    bool is_exact;
    const char *certificate;
};

struct plan {
    struct siting s;
    struct greedy first;
    struct certificate_proof best;
    int64_t top; /* that nothing passes, in whole units */
    bool is_proven;
};

static double gap_of(int64_t value, double bound)
{
    return bound > 0 ? 100 * (1 - (double)value / bound) : 0;
}

/* The same effort and seed give the same plan: no clock decides. */
static void improve(struct plan *p, const struct wish *w, struct arena *a)
{
    struct swap *search = swap_new(&p->s, p->first.sites, p->first.count, (uint64_t)w->seed);
    struct dual *bound = dual_new(&p->s, p->first.sites, p->first.count);

    for (int64_t n = 0; n < w->effort; n++) {
        const double left = 1 - (double)n / (double)w->effort;

        swap_kick(search, KICKS, left * left);
        dual_run(bound, STEPS, swap_value(search));
        if (gap_of(swap_value(search), dual_bound(bound)) <= w->gap_percent)
            break;
    }
    swap_finish(search);
    p->best.value = swap_value(search);
    swap_sites(search, a, &p->best.sites, &p->best.count);
    p->best.bound = dual_prices(bound, a, &p->best.prices);
    p->top = p->best.bound / DUAL_SCALE;
    p->is_proven = p->top <= p->best.value;
    swap_free(search);
    dual_free(bound);
}

static bool prove(struct plan *p, struct arena *a, struct fail *f)
{
    struct mip m;

    if (!mip_solve(&p->s, p->best.sites, p->best.count, EXACT_S, a, &m, f))
        return false;
    p->best.sites = m.sites;
    p->best.count = m.count;
    p->best.value = m.value;
    p->is_proven = m.is_proven;
    p->top = m.bound < p->top ? m.bound : p->top;
    return true;
}

static bool make(const struct siting_question *q, const struct wish *w, struct arena *a,
                 struct plan *out, struct fail *f)
{
    if (!siting_take(q, a, &out->s, f))
        return false;
    greedy_take(&out->s, a, &out->first);
    improve(out, w, a);
    return !w->is_exact || prove(out, a, f);
}

/* The fewest points that reach the share: from what the first answer needs downwards, as long as
 * the search still reaches it. `least` is what the last bound says is needed. */
static bool make_share(struct sites_file *file, const struct wish *w, struct arena *a,
                       struct plan *out, int32_t *least, struct fail *f)
{
    struct siting_question q = file->question;
    struct plan next = { 0 };
    int64_t goal, worth = 0;

    if (!siting_take(&q, a, &next.s, f))
        return false;
    greedy_take(&next.s, a, &next.first);
    for (int32_t k = 0; k < q.share_count; k++)
        worth += q.shares[k];
    goal = (next.s.weight * worth * file->share_percent + 99) / 100;
    q.count = 1;
    while (q.count < next.first.count && next.first.values[q.count - 1] < goal)
        q.count++;
    if (!make(&q, w, a, out, f))
        return false;
    while (out->best.value >= goal && q.count > 1) {
        q.count--;
        if (!make(&q, w, a, &next, f))
            return false;
        if (next.best.value < goal)
            break;
        *out = next;
    }
    const int64_t *bounds = dual_curve(&out->s, out->best.prices, a);

    for (*least = 0; *least < out->s.count && bounds[*least] / DUAL_SCALE < goal;)
        ++*least;
    return true;
}

/* ------------------------------------------------------------------ telling */

static void emit_points(struct emit *e, const struct sites_file *file, const struct plan *p)
{
    emit_key(e, "points");
    emit_array(e);
    for (int32_t k = 0; k < p->best.count; k++) {
        const int32_t site = p->best.sites[k];
        struct arena *scratch = arena_new();

        emit_object(e);
        emit_key_text(e, "site_id", file->site_ids[site]);
        if (file->group_ids)
            emit_key_text(e, "group_id", file->group_ids[file->question.groups[site]]);
        emit_key_bool(e, "stands", p->s.is_fixed[site]);
        emit_key_int(e, "only_here",
                     siting_alone(&p->s, p->best.sites, p->best.count, site, scratch));
        emit_end(e);
        arena_free(scratch);
    }
    emit_end(e);
}

/* The number of points from which on each adds less than all of them did on average: where the
 * curve lies highest above the straight way from its first point to its last. */
static int32_t knee_of(const struct greedy *g)
{
    const int64_t span = g->values[g->count - 1] - g->values[0];
    double highest = -1;
    int32_t knee = 1;

    for (int32_t k = 0; k < g->count; k++) {
        const double above = (double)(g->values[k] - g->values[0]) -
                             (double)span * k / (g->count > 1 ? g->count - 1 : 1);

        if (above > highest) {
            highest = above;
            knee = k + 1;
        }
    }
    return knee;
}

static void emit_curve(struct emit *e, const struct plan *p, struct arena *a)
{
    const int64_t *bounds = dual_curve(&p->s, p->best.prices, a);

    emit_key_int(e, "knee", p->first.count ? knee_of(&p->first) : 0);
    emit_key(e, "curve");
    emit_array(e);
    for (int32_t k = 0; k < p->first.count; k++) {
        const bool is_last = k + 1 == p->best.count;

        emit_object(e);
        emit_key_int(e, "points", k + 1);
        emit_key_int(e, "value", is_last ? p->best.value : p->first.values[k]);
        emit_key_int(e, "bound", is_last ? p->top : bounds[k + 1] / DUAL_SCALE);
        emit_end(e);
    }
    emit_end(e);
}

static void emit_lacks(struct emit *e, const struct sites_file *file, const struct siting *s)
{
    static const char *const WORDS[] = { [SITING_LACK_SITES] = "points",
                                         [SITING_LACK_GROUP] = "quota",
                                         [SITING_LACK_FIXED] = "standing",
                                         [SITING_LACK_CLOSE] = "distance" };

    emit_key(e, "lacks");
    emit_array(e);
    for (int32_t k = 0; k < s->lack_count; k++) {
        const struct siting_lack *l = &s->lacks[k];

        emit_object(e);
        emit_key_text(e, "constraint", WORDS[l->kind]);
        if (l->kind == SITING_LACK_CLOSE)
            emit_key_text(e, "site_id", file->site_ids[l->group]);
        else if (l->group >= 0 && file->group_ids)
            emit_key_text(e, "group_id", file->group_ids[l->group]);
        emit_key_int(e, "asked", l->asked);
        emit_key_int(e, "possible", l->possible);
        emit_end(e);
    }
    emit_end(e);
}

static void tell(const struct sites_file *file, const struct plan *p, int32_t least,
                 struct arena *a)
{
    struct buf out = { 0 };
    struct emit e = emit_to(&out);

    emit_object(&e);
    emit_key_int(&e, "value", p->best.value);
    emit_key_int(&e, "bound", p->top);
    emit_key_number(&e, "gap_percent", gap_of(p->best.value, (double)p->top), 4);
    emit_key_bool(&e, "is_best", p->is_proven);
    emit_key_int(&e, "first_value", p->first.count ? p->first.values[p->first.count - 1] : 0);
    emit_key_int(&e, "weight", p->s.weight);
    emit_key_int(&e, "coverable", p->s.coverable);
    emit_key_int(&e, "missing_points", p->s.count - p->best.count);
    if (file->share_percent)
        emit_key_int(&e, "points_at_least", least);
    emit_points(&e, file, p);
    emit_curve(&e, p, a);
    emit_lacks(&e, file, &p->s);
    emit_end(&e);
    puts(buf_text(&out));
    buf_free(&out);
}

static bool certify(const struct plan *p, const char *path, struct fail *f)
{
    struct buf question = { 0 }, proof = { 0 }, sealed = { 0 };
    FILE *file = fopen(path, "wb");
    bool is_whole;

    if (!file)
        return fail_set(f, FAIL_INPUT, FILE_UNREADABLE, "%s: %s", path, strerrordesc_np(errno));
    certificate_question(&p->s, &question);
    certificate_proof(&p->s, &p->best, &proof);
    seal_close(&question, &proof, &sealed);
    is_whole = fwrite(sealed.bytes, 1, sealed.size, file) == sealed.size;
    is_whole = fclose(file) == 0 && is_whole;
    buf_free(&question);
    buf_free(&proof);
    buf_free(&sealed);
    return is_whole || fail_set(f, FAIL_BROKEN, FILE_UNREADABLE, "%s could not be written", path);
}

/* ------------------------------------------------------------------ the command */

static bool plan_file(const char *path, const struct wish *w, struct arena *a, struct fail *f)
{
    struct buf bytes = { 0 };
    struct sites_file file;
    struct plan p = { 0 };
    int32_t least = 0;
    bool good =
        plans_read(path, &bytes, f) && sites_file_read(a, bytes.bytes, bytes.size, &file, f);

    buf_free(&bytes);
    good = good && (file.share_percent ? make_share(&file, w, a, &p, &least, f)
                                       : make(&file.question, w, a, &p, f));
    if (!good || (w->certificate && !certify(&p, w->certificate, f)))
        return false;
    tell(&file, &p, least, a);
    return true;
}

int plan_sites(int argc, char **argv)
{
    const char *effort = NULL, *gap = NULL, *seed = NULL;
    struct wish w = { .effort = EFFORT, .seed = 1 };
    const struct command_option options[] = {
        { .name = "effort", .value = &effort },
        { .name = "gap", .value = &gap },
        { .name = "seed", .value = &seed },
        { .name = "exact", .given = &w.is_exact },
        { .name = "certificate", .value = &w.certificate },
    };
    struct arena *a = arena_new();
    struct command_line line;
    struct fail f = { 0 };
    int64_t parts = 0;
    bool good = command_read(argc, argv, options, sizeof options / sizeof *options, 1, &line, &f) &&
                (!effort || command_number("effort", effort, 0, EFFORT_MAX, &w.effort, &f)) &&
                (!seed || command_number("seed", seed, 0, INT64_MAX, &w.seed, &f)) &&
                (!gap || command_number("gap", gap, 0, 100, &parts, &f));

    w.gap_percent = (double)parts;
    if (good && line.operand_count == 0) {
        good = fail_set(&f, FAIL_INPUT, OPERAND_COUNT, "vigil plan sites needs a file");
        fail_allowed(&f, "FILE, or - for what comes in");
    }
    good = good && plan_file(line.operands[0], &w, a, &f);
    arena_free(a);
    return good ? COMMAND_DONE : command_fail(&f);
}
