/* Counters are single atomic words: at some ten thousand requests a second the
 * traffic between two cores is not worth a copy for each thread. */
#include "engine/metrics.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>

enum { NS_PER_US = 1000 };

enum metrics_kind { METRICS_COUNTER, METRICS_GAUGE, METRICS_HISTOGRAM, METRICS_FINE };

static const struct row {
    enum metrics_kind kind;
    const char *name, *labels, *word;
} ROWS[METRIC_COUNT] = {
#define METRICS_ROW(id, kind, name, labels, word)                                                  \
    [METRIC_##id] = { METRICS_##kind, name, labels, word },
    METRICS_ROWS(METRICS_ROW)
#undef METRICS_ROW
};

/* Upper bounds of the buckets in microseconds; one more takes the rest. */
enum { BOUND_COUNT = 14 };

static const int64_t BOUNDS_US[BOUND_COUNT] = { 500,     1000,    2500,    5000,    10000,
                                                25000,   50000,   100000,  250000,  500000,
                                                1000000, 2500000, 5000000, 10000000 };
static const int64_t FINE_BOUNDS_US[BOUND_COUNT] = {
    2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 20000, 100000, 1000000
};

static struct {
    _Atomic int64_t value; /* of a histogram: how many */
    _Atomic int64_t sum_ns;
    _Atomic int64_t buckets[BOUND_COUNT];
} cells[METRIC_COUNT];

static const int64_t *bounds_of(enum metrics_id id)
{
    return ROWS[id].kind == METRICS_FINE ? FINE_BOUNDS_US : BOUNDS_US;
}

void metrics_count(enum metrics_id id, int64_t n)
{
    assert(ROWS[id].kind == METRICS_COUNTER && n >= 0);
    atomic_fetch_add_explicit(&cells[id].value, n, memory_order_relaxed);
}

void metrics_set(enum metrics_id id, int64_t value)
{
    assert(ROWS[id].kind == METRICS_GAUGE);
    atomic_store_explicit(&cells[id].value, value, memory_order_relaxed);
}

void metrics_add(enum metrics_id id, int64_t difference)
{
    assert(ROWS[id].kind == METRICS_GAUGE);
    atomic_fetch_add_explicit(&cells[id].value, difference, memory_order_relaxed);
}

void metrics_observe_ns(enum metrics_id id, int64_t ns)
{
    const int64_t *bounds_us = bounds_of(id);

    assert(ROWS[id].kind == METRICS_HISTOGRAM || ROWS[id].kind == METRICS_FINE);
    atomic_fetch_add_explicit(&cells[id].value, 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&cells[id].sum_ns, ns, memory_order_relaxed);
    for (int i = 0; i < BOUND_COUNT; i++) {
        if (ns <= bounds_us[i] * NS_PER_US) {
            atomic_fetch_add_explicit(&cells[id].buckets[i], 1, memory_order_relaxed);
            return;
        }
    }
}

void metrics_observe_us(enum metrics_id id, int64_t us)
{
    metrics_observe_ns(id, us * NS_PER_US);
}

int64_t metrics_get(enum metrics_id id)
{
    return atomic_load_explicit(&cells[id].value, memory_order_relaxed);
}

const char *metrics_word(enum metrics_id id)
{
    return ROWS[id].word;
}

/* The buckets are read before the total: a sample that arrives in between may be
 * in the total alone, never in a bucket alone, so that the series stays valid. */
static void write_histogram(struct buf *out, enum metrics_id id)
{
    const char *name = ROWS[id].name;
    const char *labels = ROWS[id].labels;
    const char *comma = labels[0] ? "," : "";
    int64_t so_far = 0;

    for (int i = 0; i < BOUND_COUNT; i++) {
        so_far += atomic_load_explicit(&cells[id].buckets[i], memory_order_relaxed);
        buf_format(out, "%s_bucket{%s%sle=\"%g\"} %lld\n", name, labels, comma,
                   (double)bounds_of(id)[i] / 1e6, (long long)so_far);
    }
    const int64_t total = metrics_get(id);
    const double sum_s =
        (double)atomic_load_explicit(&cells[id].sum_ns, memory_order_relaxed) / 1e9;
    const long long count = total > so_far ? total : so_far;

    buf_format(out, "%s_bucket{%s%sle=\"+Inf\"} %lld\n", name, labels, comma, count);
    if (labels[0])
        buf_format(out, "%s_sum{%s} %.9f\n%s_count{%s} %lld\n", name, labels, sum_s, name, labels,
                   count);
    else
        buf_format(out, "%s_sum %.6f\n%s_count %lld\n", name, sum_s, name, count);
}

void metrics_write(struct buf *out, const char *(*help)(const char *word))
{
    static const char *const KINDS[] = { "counter", "gauge", "histogram", "histogram" };

    for (int id = 0; id < METRIC_COUNT; id++) {
        const struct row *row = &ROWS[id];

        if (id == 0 || strcmp(row->name, ROWS[id - 1].name) != 0)
            buf_format(out, "# HELP %s %s\n# TYPE %s %s\n", row->name, help(row->word), row->name,
                       KINDS[row->kind]);
        if (row->kind >= METRICS_HISTOGRAM)
            write_histogram(out, (enum metrics_id)id);
        else if (row->labels[0])
            buf_format(out, "%s{%s} %lld\n", row->name, row->labels,
                       (long long)metrics_get((enum metrics_id)id));
        else
            buf_format(out, "%s %lld\n", row->name, (long long)metrics_get((enum metrics_id)id));
    }
}
