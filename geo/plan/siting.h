#ifndef GEO_PLAN_SITING_H
#define GEO_PLAN_SITING_H

#include <stdbool.h>
#include <stdint.h>

#include "geo/base/arena.h"
#include "geo/base/fail.h"

/* Where points should stand so that they cover the most (maximal covering): the question as
 * sparse lists both ways, with the demand merged that the same sites cover. It never changes
 * once it is made, and any number of threads may read it.
 *
 * Everything is whole numbers, so that two ways of coming to a value give the same value.
 * A piece of demand counts its weight once for each of the points that cover it, times the
 * share of that point: the first counts shares[0], the second shares[1], and whoever comes
 * after the last share counts nothing. {1} is plain coverage; {4, 1} says that a second point
 * is worth a quarter of the first. Shares fall, so what a further point adds never grows. */
enum {
    SITING_PIECES_MAX = 50 * 1000 * 1000,
    SITING_SITES_MAX = 1000 * 1000,
    SITING_LINKS_MAX = 400 * 1000 * 1000, /* pairs of a site and a piece it covers */
    SITING_GROUPS_MAX = 10 * 1000,
    SITING_SHARES_MAX = 4,
    SITING_SHARE_MAX = 1000,
};

/* Of all weights times the shares times the points: room for prices in 1/1024 (dual.h). */
#define SITING_VALUE_MAX (INT64_C(1) << 52)

/* Two sites of which one only may be chosen. */
struct siting_pair {
    int32_t one, other;
};

/* What is asked. The lists are read while siting_take runs and may go afterwards. */
struct siting_question {
    int32_t piece_count;
    const int64_t *weights; /* of pieces, 0 or more */
    int32_t site_count;
    const int32_t *first;  /* site_count + 1: where the pieces of a site begin */
    const int32_t *pieces; /* that a site covers, each once, in any order */
    int32_t group_count;   /* 0: there are none */
    const int32_t *groups; /* of sites */
    const int32_t *quotas; /* of groups: at most so many there */
    const bool *is_fixed;  /* these stand already; NULL: none. They count in count and quotas */
    const bool *is_barred; /* these must not be chosen; NULL: none */
    int32_t pair_count;
    const struct siting_pair *pairs;
    int32_t count; /* points, those that stand included */
    int32_t share_count;
    int64_t shares[SITING_SHARES_MAX];
};

/* What cannot be met, and what is planned for instead: the nearest that can. */
enum siting_lack_kind {
    SITING_LACK_SITES, /* more points than sites (with the quotas, where there are any) */
    SITING_LACK_GROUP, /* a quota above the candidates of its group */
    SITING_LACK_FIXED, /* more stand already than the quota or the count allows */
    SITING_LACK_CLOSE, /* two that stand already are closer than is allowed */
};

struct siting_lack {
    enum siting_lack_kind kind;
    int32_t group; /* or -1; of SITING_LACK_CLOSE one of the sites */
    int32_t asked, possible;
};

struct siting {
    int32_t class_count, site_count, group_count; /* at least one group */
    int32_t count;                                /* as can be met */
    const int64_t *weights;                       /* of classes, positive */
    const int32_t *site_first, *site_classes;     /* ascending; of barred sites none */
    const int32_t *class_first, *class_sites;     /* ascending */
    const int32_t *near_first, *near_sites;       /* not together with these */
    const int32_t *groups, *quotas;               /* quotas as can be met */
    const bool *is_fixed, *is_barred;
    int32_t share_count;
    int64_t shares[SITING_SHARES_MAX + 1]; /* 0 after the last */
    const int32_t *class_of;               /* of pieces; -1: no site covers it, or weightless */
    int64_t weight;                        /* of all pieces */
    int64_t coverable;                     /* of those that some site covers */
    int32_t lack_count;
    const struct siting_lack *lacks;
};

/* False with DEMAND_EMPTY, SITES_NONE, PLAN_TOO_LARGE or PLAN_MALFORMED. Everything lives in the
 * arena. Takes time in proportion to the links. */
bool siting_take(const struct siting_question *q, struct arena *a, struct siting *out,
                 struct fail *f);

/* What the `n`th point on a class is worth; n counts from 0. */
static inline int64_t siting_worth(const struct siting *s, int32_t class, int32_t n)
{
    return n < s->share_count ? s->weights[class] * s->shares[n] : 0;
}

/* The value of a choice, counted from nothing. */
int64_t siting_value(const struct siting *s, const int32_t *sites, int32_t count, struct arena *a);

/* What would be lost without this one of the chosen sites: what only it covers. */
int64_t siting_alone(const struct siting *s, const int32_t *sites, int32_t count, int32_t which,
                     struct arena *a);

#endif
