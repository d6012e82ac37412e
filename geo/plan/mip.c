/* Maximal covering as it is usually written for such programs: a column for each site, in or
 * not, and one for each further point on each class; a class has no more points than chosen
 * sites that cover it. Only the sites need to be whole: with them fixed the classes follow. */
#include "geo/plan/mip.h"

#include <coin/Cbc_C_Interface.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { SECONDS_TEXT = 16 };

/* CBC's columns one after the other, and its rows. */
struct model {
    int column_count, row_count;
    CoinBigIndex *first;
    int *rows;
    double *factors;
    double *low, *high, *gain;
    double *least, *most; /* of rows */
    CoinBigIndex entry_count;
};

bool mip_suits(const struct siting *s)
{
    return s->class_count <= MIP_CLASSES_MAX && s->site_count <= MIP_SITES_MAX;
}

static void put(struct model *m, int row, double factor)
{
    m->rows[m->entry_count] = row;
    m->factors[m->entry_count++] = factor;
}

static void end_column(struct model *m, double low, double high, double gain)
{
    m->low[m->column_count] = low;
    m->high[m->column_count] = high;
    m->gain[m->column_count] = -gain; /* CBC looks for the least */
    m->first[++m->column_count] = m->entry_count;
}

static void end_row(struct model *m, double most)
{
    m->least[m->row_count] = -HUGE_VAL;
    m->most[m->row_count++] = most;
}

static void take_model(const struct siting *s, struct arena *a, struct model *m)
{
    const int32_t pairs = s->near_first[s->site_count] / 2;
    const size_t columns = (size_t)s->site_count + (size_t)(s->class_count * s->share_count);
    const size_t rows = (size_t)s->class_count + (size_t)s->group_count + (size_t)pairs + 1;
    const size_t entries = (size_t)s->site_first[s->site_count] + 2 * (size_t)s->site_count +
                           2 * (size_t)pairs + (size_t)(s->class_count * s->share_count);

    *m = (struct model){ .first = arena_take(a, columns + 1, sizeof *m->first),
                         .rows = arena_take(a, entries, sizeof *m->rows),
                         .factors = arena_take(a, entries, sizeof *m->factors),
                         .low = arena_take(a, columns, sizeof *m->low),
                         .high = arena_take(a, columns, sizeof *m->high),
                         .gain = arena_take(a, columns, sizeof *m->gain),
                         .least = arena_take(a, rows, sizeof *m->least),
                         .most = arena_take(a, rows, sizeof *m->most) };
}

/* Rows: classes, groups, the count, pairs. */
static void fill(const struct siting *s, struct arena *a, struct model *m)
{
    const int32_t count_row = s->class_count + s->group_count;
    int32_t *pair_rows = arena_take(a, (size_t)s->near_first[s->site_count] + 1, sizeof *pair_rows);
    int32_t pairs = 0;

    /* The row of a pair is known to both: to the first when it is numbered, to the other then. */
    for (int32_t i = 0; i < s->site_count; i++)
        for (int32_t k = s->near_first[i]; k < s->near_first[i + 1]; k++) {
            const int32_t other = s->near_sites[k];

            if (other < i)
                continue;
            pair_rows[k] = count_row + 1 + pairs++;
            for (int32_t n = s->near_first[other]; n < s->near_first[other + 1]; n++)
                if (s->near_sites[n] == i && !pair_rows[n]) {
                    pair_rows[n] = pair_rows[k];
                    break;
                }
        }
    for (int32_t i = 0; i < s->site_count; i++) {
        for (int32_t k = s->site_first[i]; k < s->site_first[i + 1]; k++)
            put(m, s->site_classes[k], -1);
        put(m, s->class_count + s->groups[i], 1);
        put(m, count_row, 1);
        for (int32_t k = s->near_first[i]; k < s->near_first[i + 1]; k++)
            put(m, pair_rows[k], 1);
        end_column(m, s->is_fixed[i], !s->is_barred[i], 0);
    }
    for (int32_t c = 0; c < s->class_count; c++)
        for (int32_t n = 0; n < s->share_count; n++) {
            put(m, c, 1);
            end_column(m, 0, 1, (double)siting_worth(s, c, n));
        }
    for (int32_t c = 0; c < s->class_count; c++)
        end_row(m, 0);
    for (int32_t g = 0; g < s->group_count; g++)
        end_row(m, s->quotas[g]);
    end_row(m, s->count);
    for (int32_t k = 0; k < pairs; k++)
        end_row(m, 1);
}

/* A first choice, which lets CBC cut off what cannot better it. */
static void start_with(Cbc_Model *cbc, const struct siting *s, const int32_t *sites, int32_t count,
                       struct arena *a)
{
    double *x =
        arena_take(a, (size_t)s->site_count + (size_t)(s->class_count * s->share_count), sizeof *x);
    int32_t *times = arena_take(a, (size_t)s->class_count, sizeof *times);

    for (int32_t n = 0; n < count; n++) {
        x[sites[n]] = 1;
        for (int32_t k = s->site_first[sites[n]]; k < s->site_first[sites[n] + 1]; k++) {
            const int32_t c = s->site_classes[k];

            if (times[c] < s->share_count)
                x[s->site_count + c * s->share_count + times[c]++] = 1;
        }
    }
    Cbc_setInitialSolution(cbc, x);
}

static void take_choice(Cbc_Model *cbc, const struct siting *s, struct arena *a, struct mip *out)
{
    const double *x = Cbc_getColSolution(cbc);
    int32_t *sites = arena_take(a, (size_t)s->site_count, sizeof *sites);
    int32_t count = 0;

    for (int32_t i = 0; x && i < s->site_count; i++)
        if (x[i] > 0.5)
            sites[count++] = i;
    if (siting_value(s, sites, count, a) < out->value)
        return;
    out->sites = sites;
    out->count = count;
    out->value = siting_value(s, sites, count, a);
}

bool mip_solve(const struct siting *s, const int32_t *sites, int32_t count, int32_t seconds,
               struct arena *a, struct mip *out, struct fail *f)
{
    struct model m;
    char text[SECONDS_TEXT];

    if (!mip_suits(s)) {
        fail_set(f, FAIL_INPUT, PLAN_TOO_LARGE, "%d classes of demand and %d sites", s->class_count,
                 s->site_count);
        return fail_allowed(f, "%d classes and %d sites", MIP_CLASSES_MAX, MIP_SITES_MAX);
    }
    take_model(s, a, &m);
    fill(s, a, &m);
    snprintf(text, sizeof text, "%d", seconds);
    Cbc_Model *cbc = Cbc_newModel();

    if (!cbc)
        return fail_set(f, FAIL_BROKEN, SOLVER_FAILED, "CBC gave no model");
    Cbc_setLogLevel(cbc, 0);
    Cbc_loadProblem(cbc, m.column_count, m.row_count, m.first, m.rows, m.factors, m.low, m.high,
                    m.gain, m.least, m.most);
    for (int32_t i = 0; i < s->site_count; i++)
        Cbc_setInteger(cbc, i);
    start_with(cbc, s, sites, count, a);
    Cbc_setParameter(cbc, "log", "0");
    Cbc_setParameter(cbc, "timeMode", "cpu");
    Cbc_setParameter(cbc, "sec", text);
    Cbc_setParameter(cbc, "ratio", "0");
    Cbc_setParameter(cbc, "allow", "0.999"); /* values are whole: nothing lies between */
    Cbc_solve(cbc);
    *out = (struct mip){ .value = siting_value(s, sites, count, a),
                         .sites = sites,
                         .count = count,
                         .nodes = Cbc_getNodeCount(cbc) };
    take_choice(cbc, s, a, out);
    out->is_proven = Cbc_isProvenOptimal(cbc);
    out->bound =
        out->is_proven ? out->value : (int64_t)floor(-Cbc_getBestPossibleObjValue(cbc) + 1e-6);
    Cbc_deleteModel(cbc);
    return true;
}
