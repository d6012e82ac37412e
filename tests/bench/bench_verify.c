/* Certificates and what is done to them:
 *
 *   bench_verify FILE SEED COUNT
 *
 * Checks the certificate five times; then changes one byte of it, COUNT times, and checks each;
 * then makes COUNT / 5 lies in its numbers and seals each anew. Prints figures, one a line. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "engine/seal.h"
#include "geo/plan/verdict.h"
#include "tests/support/town.h"

enum { RUNS = 5, LIES_IN = 5, BLOCK = 1024 * 1024 };

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static bool holds(const struct buf *b)
{
    struct arena *a = arena_new();
    struct seal s;
    struct verdict v;
    struct fail f;
    const bool good = seal_open(b->bytes, b->size, &s, &f) &&
                      verdict_reach(s.question, s.question_size, s.proof, s.proof_size, a, &v, &f);

    arena_free(a);
    return good;
}

static int64_t get(const unsigned char **at)
{
    uint64_t number = 0;

    for (int shift = 0;; shift += 7) {
        const unsigned char byte = *(*at)++;

        number |= (uint64_t)(byte & 127) << shift;
        if (byte < 128)
            return (int64_t)number;
    }
}

static void put(struct buf *out, int64_t number)
{
    uint64_t rest = (uint64_t)number;

    for (; rest >= 128; rest >>= 7)
        buf_byte(out, (unsigned char)(rest | 128));
    buf_byte(out, (unsigned char)rest);
}

/* A proof with a number that is not so: a site moved, a value raised, a bound lowered, or a
 * price raised above what it may be. */
static void lie(const struct seal *s, struct town_dice *dice, struct buf *out)
{
    const unsigned char *at = (const unsigned char *)s->proof, *end = at + s->proof_size;
    const int32_t kind = town_pick(dice, 4);
    const int64_t count = get(&at);
    const int32_t which = town_pick(dice, (int32_t)count);

    put(out, count);
    for (int32_t k = 0; k < count; k++)
        put(out, get(&at) + (kind == 0 && k == which));
    put(out, get(&at) + (kind == 1 ? 1 + town_pick(dice, 1000) : 0));
    put(out, get(&at) - (kind == 2 ? 1 + town_pick(dice, 1000) : 0));
    for (int32_t n = 0; at < end; n++)
        put(out, get(&at) + (kind == 3 && n == which ? INT64_C(1) << 40 : 0));
}

static int32_t lies_refused(const struct buf *whole, struct town_dice *dice, int32_t count)
{
    int32_t refused = 0;
    struct seal s;
    struct fail f;

    if (!seal_open(whole->bytes, whole->size, &s, &f))
        return -1;
    for (int32_t k = 0; k < count; k++) {
        struct buf question = { 0 }, proof = { 0 }, sealed = { 0 };

        buf_put(&question, s.question, s.question_size);
        lie(&s, dice, &proof);
        seal_close(&question, &proof, &sealed);
        refused += !holds(&sealed);
        buf_free(&question);
        buf_free(&proof);
        buf_free(&sealed);
    }
    return refused;
}

int main(int argc, char **argv)
{
    struct buf bytes = { 0 };
    FILE *file = argc == 4 ? fopen(argv[1], "rb") : NULL;
    size_t got = 1;
    int32_t held = 0, refused = 0;
    double least = 1e9;

    if (!file)
        return 2;
    while (got > 0) {
        got = fread(buf_reserve(&bytes, BLOCK), 1, BLOCK, file);
        bytes.size += got;
    }
    fclose(file);
    struct town_dice dice = { strtoull(argv[2], NULL, 10) };
    const int32_t count = (int32_t)strtol(argv[3], NULL, 10);

    for (int32_t n = 0; n < RUNS; n++) {
        const double began = now();

        held += holds(&bytes);
        least = now() - began < least ? now() - began : least;
    }
    for (int32_t n = 0; n < count; n++) {
        char *byte = &bytes.bytes[town_roll(&dice) % bytes.size];
        const char before = *byte;

        *byte = (char)(before ^ (1 << town_pick(&dice, 8)));
        refused += !holds(&bytes);
        *byte = before;
    }
    printf("bytes\t%zu\nms\t%.1f\nheld\t%d\nrefused\t%d\n", bytes.size, 1e3 * least, held, refused);
    printf("lies\t%d\n", lies_refused(&bytes, &dice, count / LIES_IN));
    buf_free(&bytes);
    return 0;
}
