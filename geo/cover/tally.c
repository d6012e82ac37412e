#include "geo/cover/tally.h"

#include <stdbool.h>
#include <stdlib.h>

struct span {
    uint32_t from_cm, to_cm;
    int32_t who;
};

void tally_end(struct tally *t)
{
    buf_free(&t->spans);
    buf_free(&t->ends);
    buf_free(&t->steps);
}

void tally_clear(struct tally *t)
{
    buf_clear(&t->spans);
}

void tally_add(struct tally *t, int32_t who, uint32_t from_cm, uint32_t to_cm)
{
    const struct span span = { from_cm, to_cm, who };

    if (from_cm < to_cm)
        buf_put(&t->spans, &span, sizeof span);
}

static int by_who(const void *one, const void *other)
{
    const struct span *a = one;
    const struct span *b = other;

    if (a->who != b->who)
        return a->who < b->who ? -1 : 1;
    return (a->from_cm > b->from_cm) - (a->from_cm < b->from_cm);
}

static int by_number(const void *one, const void *other)
{
    const uint32_t a = *(const uint32_t *)one;
    const uint32_t b = *(const uint32_t *)other;

    return (a > b) - (a < b);
}

/* Each one's spans become one where they can; how many are left, and how many of them are
 * the whole segment. */
static int32_t join(struct span *spans, int32_t count, uint32_t length_cm, int32_t *whole)
{
    int32_t kept = 0;

    qsort(spans, (size_t)count, sizeof *spans, by_who);
    for (int32_t i = 0; i < count; i++) {
        struct span *last = kept > 0 ? &spans[kept - 1] : NULL;

        if (!last || last->who != spans[i].who || spans[i].from_cm > last->to_cm + 1)
            spans[kept++] = spans[i];
        else if (spans[i].to_cm > last->to_cm)
            last->to_cm = spans[i].to_cm;
    }
    *whole = 0;
    for (int32_t i = 0; i < kept; i++)
        *whole += spans[i].from_cm == 0 && spans[i].to_cm == length_cm;
    return kept;
}

static void add_step(struct tally *t, uint32_t from_cm, uint32_t to_cm, uint32_t people)
{
    const struct cover_step step = { from_cm, to_cm, people };
    struct cover_step *last =
        t->steps.size ? (struct cover_step *)(void *)(t->steps.bytes + t->steps.size) - 1 : NULL;

    if (people == 0)
        return;
    if (last && last->to_cm == from_cm && last->people == people)
        last->to_cm = to_cm;
    else
        buf_put(&t->steps, &step, sizeof step);
}

/* Where spans begin and where they end, each in order, are gone through side by side. */
static void count_spans(struct tally *t, const struct span *spans, int32_t count, uint32_t most)
{
    buf_clear(&t->ends);
    uint32_t *begins = (void *)buf_reserve(&t->ends, 2 * (size_t)count * sizeof *begins);
    uint32_t *ends = begins + count;
    int32_t begun = 0, ended = 0;

    for (int32_t i = 0; i < count; i++) {
        begins[i] = spans[i].from_cm;
        ends[i] = spans[i].to_cm;
    }
    qsort(begins, (size_t)count, sizeof *begins, by_number);
    qsort(ends, (size_t)count, sizeof *ends, by_number);
    for (uint32_t from_cm = begins[0];;) {
        while (begun < count && begins[begun] == from_cm)
            begun++;
        while (ended < count && ends[ended] == from_cm)
            ended++;
        if (ended == count)
            return;
        const bool is_begin = begun < count && begins[begun] < ends[ended];
        const uint32_t to_cm = is_begin ? begins[begun] : ends[ended];

        add_step(t, from_cm, to_cm,
                 (uint32_t)(begun - ended) < most ? (uint32_t)(begun - ended) : most);
        from_cm = to_cm;
    }
}

int32_t tally_steps(struct tally *t, uint32_t length_cm, uint32_t most,
                    const struct cover_step **out)
{
    struct span *spans = (void *)t->spans.bytes;
    const int32_t count = (int32_t)(t->spans.size / sizeof *spans);

    buf_clear(&t->steps);
    if (count > 0) {
        int32_t whole;
        const int32_t kept = join(spans, count, length_cm, &whole);

        t->spans.size = (size_t)kept * sizeof *spans;
        if ((uint32_t)whole >= most)
            add_step(t, 0, length_cm, most);
        else
            count_spans(t, spans, kept, most);
    }
    *out = (const void *)t->steps.bytes;
    return (int32_t)(t->steps.size / sizeof **out);
}
