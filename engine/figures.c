#include "engine/figures.h"

#include <stdio.h>
#include <string.h>

enum { CM_A_METRE = 100, THOUSANDTHS = 1000 };

static double share(int64_t part, int64_t whole)
{
    return whole > 0 ? (double)part / (double)whole : 0;
}

void figures_of_sums(const struct cover_sums *sums, struct figures *out)
{
    *out = (struct figures){ .longest_cm = -1 };
    cover_figure(sums->length_cm, &out->length_cm);
    cover_figure(sums->weight, &out->weight);
}

void figures_of(const struct cover_place *place, struct figures *out)
{
    figures_of_sums(&place->sums, out);
    out->longest_cm = place->longest_cm;
}

static void add_shares(const struct shares *s, int32_t lot, struct figures *out)
{
    if (!s)
        return;
    for (int32_t i = 0; i < COVERAGE_SHARES; i++)
        out->share_cm[i] += shares_lot(s, i, lot);
}

static bool is_below(const struct plots *p, int32_t org, int32_t top)
{
    while (org > top)
        org = p->org_parent[org];
    return org == top;
}

void figures_below(const struct coverage_view *v, int32_t org, struct figures *out)
{
    const struct plots *p = v->terrain->plots;
    const struct cover_sums *lots = cover_lots(v->cover);
    struct cover_sums sums = { 0 };
    struct figures shares = { 0 };

    for (int32_t lot = 0; lot < p->lot_count; lot++) {
        if (org < 0 || !is_below(p, p->lots[lot].org, org))
            continue;
        for (int32_t state = 0; state < COVER_STATES; state++) {
            sums.length_cm[state] += lots[lot].length_cm[state];
            sums.weight[state] += lots[lot].weight[state];
        }
        add_shares(v->shares, lot, &shares);
    }
    figures_of_sums(&sums, out);
    out->is_reach_unknown = v->is_reach_unknown;
    out->has_shares = v->shares != NULL;
    memcpy(out->share_cm, shares.share_cm, sizeof out->share_cm);
}

static struct figures *of_places(const struct coverage_view *v, const struct cover_place *places,
                                 int32_t count, struct arena *a)
{
    struct figures *all = arena_take(a, (size_t)count + 1, sizeof *all);

    for (int32_t i = 0; i < count; i++) {
        figures_of(&places[i], &all[i]);
        all[i].has_shares = v->shares != NULL;
        all[i].is_reach_unknown = v->is_reach_unknown;
    }
    return all;
}

/* Whoever is above an organisation has its streets, too. */
void figures_roll(const struct coverage_view *v, struct arena *a, struct figures_roll *out)
{
    const struct plots *plots = v->terrain->plots;
    struct cover_roll roll;

    cover_roll(v->cover, a, &roll);
    struct figures *cells = of_places(v, roll.cells, plots->cell_count, a);
    struct figures *orgs = of_places(v, roll.orgs, plots->org_count, a);
    struct figures *stations = of_places(v, roll.stations, plots->station_count, a);

    for (int32_t lot = 0; lot < plots->lot_count; lot++) {
        const struct plots_lot *l = &plots->lots[lot];

        for (int32_t i = 0; i < PLOTS_PROFILES; i++)
            if (l->cell[i] != PLOTS_NO_CELL)
                add_shares(v->shares, lot, &cells[l->cell[i]]);
        for (int32_t org = l->org; org >= 0; org = plots->org_parent[org])
            add_shares(v->shares, lot, &orgs[org]);
        if (l->station != PLOTS_NO_STATION)
            add_shares(v->shares, lot, &stations[l->station]);
    }
    *out = (struct figures_roll){ cells, orgs, stations };
}

static void write_m(struct emit *e, const char *key, int64_t cm)
{
    emit_key_number(e, key, (double)cm / CM_A_METRE, 2);
}

static void write_shares(struct emit *e, const struct figures *f)
{
    emit_key(e, "reach_share");
    emit_object(e);
    for (int32_t i = 0; i < COVERAGE_SHARES; i++) {
        char limit[12];

        snprintf(limit, sizeof limit, "%d", COVERAGE_SHARES_S[i]);
        emit_key_number(e, limit, share(f->share_cm[i], f->length_cm.length), 6);
    }
    emit_end(e);
}

/* What cannot be told without knowing who could come. */
static void write_reach_m(struct emit *e, const struct figures *f, const char *key, int64_t cm)
{
    if (!f->is_reach_unknown) {
        write_m(e, key, cm);
        return;
    }
    emit_key(e, key);
    emit_null(e);
}

/* A weight is metres times what a metre weighs. */
void figures_write(struct emit *e, const struct figures *f)
{
    const struct cover_figure *m = &f->length_cm;
    const double unit = (double)CM_A_METRE * THOUSANDTHS;
    const int64_t watched = m->length - m->missing[COVER_UNWATCHED];

    write_m(e, "length_m", m->length);
    write_m(e, "lookout_m", m->lookout);
    write_m(e, "patrol_m", m->patrol);
    write_reach_m(e, f, "reach_m", m->reach);
    write_reach_m(e, f, "dark_m", m->missing[COVER_DARK]);
    write_m(e, "unwatched_m", m->missing[COVER_UNWATCHED]);
    write_reach_m(e, f, "unreachable_m", m->missing[COVER_UNREACHABLE]);
    write_reach_m(e, f, "thin_m", m->missing[COVER_THIN]);
    emit_key_number(e, "covered_share", share(watched, m->length), 6);
    emit_key_number(e, "weight", (double)f->weight.length / unit, 3);
    emit_key_number(e, "covered_weight",
                    (double)(f->weight.length - f->weight.missing[COVER_UNWATCHED]) / unit, 3);
    if (f->longest_cm >= 0)
        write_m(e, "longest_gap_m", f->longest_cm);
    if (f->has_shares)
        write_shares(e, f);
}
