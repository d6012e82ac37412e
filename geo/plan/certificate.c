#include "geo/plan/certificate.h"

enum { NUMBER_BYTES = 10 };

static void put(struct buf *out, int64_t number)
{
    unsigned char bytes[NUMBER_BYTES];
    uint64_t rest = (uint64_t)number;
    size_t n = 0;

    while (rest >= 128) {
        bytes[n++] = (unsigned char)(rest | 128);
        rest >>= 7;
    }
    bytes[n++] = (unsigned char)rest;
    buf_put(out, bytes, n);
}

/* Ascending numbers: the first, and the steps. */
static void put_list(struct buf *out, const int32_t *items, int32_t count)
{
    put(out, count);
    for (int32_t k = 0; k < count; k++)
        put(out, k ? items[k] - items[k - 1] : items[k]);
}

static void put_pairs(const struct siting *s, struct buf *out)
{
    for (int32_t i = 0; i < s->site_count; i++)
        for (int32_t k = s->near_first[i]; k < s->near_first[i + 1]; k++)
            if (s->near_sites[k] > i) {
                put(out, i);
                put(out, s->near_sites[k]);
            }
}

void certificate_question(const struct siting *s, struct buf *out)
{
    put(out, CERTIFICATE_VERSION);
    put(out, s->site_count);
    put(out, s->group_count);
    put(out, s->class_count);
    put(out, s->near_first[s->site_count] / 2);
    put(out, s->count);
    put(out, s->share_count);
    for (int32_t k = 0; k < s->share_count; k++)
        put(out, s->shares[k]);
    for (int32_t g = 0; g < s->group_count; g++)
        put(out, s->quotas[g]);
    for (int32_t i = 0; i < s->site_count; i++)
        put(out, 4 * (int64_t)s->groups[i] + s->is_fixed[i] + 2 * s->is_barred[i]);
    put_pairs(s, out);
    for (int32_t c = 0; c < s->class_count; c++) {
        put(out, s->weights[c]);
        put_list(out, s->class_sites + s->class_first[c],
                 s->class_first[c + 1] - s->class_first[c]);
    }
}

void certificate_proof(const struct siting *s, const struct certificate_proof *proof,
                       struct buf *out)
{
    put_list(out, proof->sites, proof->count);
    put(out, proof->value);
    put(out, proof->bound);
    for (int32_t c = 0; c < s->class_count; c++)
        put(out, proof->prices[c]);
}
