/* Mobilising a city, timed and looked at again:
 *
 *   bench_mobilise SEED PEOPLE POSTS SLOTS ROUNDS [FILE [control]]
 *   bench_mobilise SEED PEOPLE POSTS SLOTS 0
 *
 * Makes up people, posts and shifts, plans ROUNDS times, and looks at the plan as somebody
 * would who knows nothing of how it was made. Writes the same mobilisation into FILE, its
 * pairs found one by one, for another program to solve; with `control` one place in it is
 * missing. Then one person in twenty declines, and planning on must come to what planning
 * anew does. With 0 rounds each organisation is planned apart, once. CPU times of one thread. Exits
 * 1 when a rule is broken. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "geo/plan/apart.h"
#include "geo/plan/lack.h"
#include "tests/support/levy.h"

enum { WANTED = 5, PEOPLE_A_HOME = 36, KEPT_PERCENT = 10, ORGS = 12, TRAVEL_MAX_S = 750 };
enum { DECLINE_EVERY = 20, ROUNDS_MAX = 32, REMEDIES = 4 };

static double cpu_s(void)
{
    struct timespec t;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int by_time(const void *left, const void *right)
{
    const double a = *(const double *)left;
    const double b = *(const double *)right;

    return a < b ? -1 : a > b;
}

/* How many people go where a rule forbids it, and places that are filled twice. */
static int64_t broken_rules(const struct levy *l, const struct mobilise *m, int64_t *floors)
{
    int32_t *left = calloc((size_t)l->ask.home_count + 1, sizeof *left);
    int32_t *sent = calloc((size_t)l->ask.slot_count + 1, sizeof *sent);
    int64_t broken = 0;

    assert(left && sent);
    for (int32_t p = 0; p < l->ask.person_count; p++) {
        const int32_t slot = mobilise_slot_of(m, p);

        if (l->people[p].home >= 0)
            left[l->people[p].home] += slot < 0;
        if (slot < 0)
            continue;
        broken += !levy_may(l, p, slot) || mobilise_has_declined(m, p) ||
                  mobilise_travel_s(m, p) != levy_travel_s(l, p, l->slots[slot].post);
        sent[slot]++;
    }
    for (int32_t s = 0; s < l->ask.slot_count; s++)
        broken +=
            sent[s] > l->slots[s].people || sent[s] + mobilise_missing(m, s) != l->slots[s].people;
    for (int32_t h = 0; h < l->ask.home_count; h++)
        *floors += left[h] < l->keep[h];
    free(left);
    free(sent);
    return broken;
}

static void write_numbers(FILE *file, long a, long b)
{
    fprintf(file, "%ld %ld\n", a, b);
}

/* As mobilise_lemon reads it. */
static void write_levy(const struct levy *l, const char *path, int64_t pairs, bool is_control)
{
    int32_t *may_leave = calloc((size_t)l->ask.home_count + 1, sizeof *may_leave);
    FILE *file = fopen(path, "w");

    assert(file && may_leave);
    fprintf(file, "%d %d %d %lld %lld\n", l->ask.home_count, l->ask.person_count, l->ask.slot_count,
            (long long)pairs, (long long)(l->ask.person_count + 1) * MOBILISE_TRAVEL_MAX_S);
    for (int32_t p = 0; p < l->ask.person_count; p++)
        if (l->people[p].home >= 0)
            may_leave[l->people[p].home]++;
    for (int32_t h = 0; h < l->ask.home_count; h++)
        fprintf(file, "%d\n", may_leave[h] - l->keep[h]);
    for (int32_t p = 0; p < l->ask.person_count; p++)
        fprintf(file, "%d\n", l->people[p].home);
    for (int32_t s = 0; s < l->ask.slot_count; s++)
        write_numbers(file, l->slots[s].people - (is_control && s == 0), l->slots[s].weight);
    for (int32_t p = 0; p < l->ask.person_count; p++)
        for (int32_t s = 0; s < l->ask.slot_count; s++)
            if (levy_may(l, p, s))
                fprintf(file, "%d %d %d\n", p, s, levy_travel_s(l, p, l->slots[s].post));
    fclose(file);
    free(may_leave);
}

static int64_t count_pairs(const struct levy *l)
{
    int64_t out = 0;

    for (int32_t p = 0; p < l->ask.person_count; p++)
        for (int32_t s = 0; s < l->ask.slot_count; s++)
            out += levy_may(l, p, s);
    return out;
}

static struct mobilise *plan(const struct levy *l, double *took_s)
{
    struct fail f = { 0 };
    const double begun = cpu_s();
    struct mobilise *m = mobilise_new(&l->ask, &f);

    if (!m) {
        fprintf(stderr, "bench_mobilise: %s\n", f.text);
        exit(2); // NOLINT(concurrency-mt-unsafe): one thread
    }
    mobilise_run(m, NULL, NULL);
    *took_s = cpu_s() - begun;
    return m;
}

/* Some decline; planning on and planning anew without them must fill as much. */
static bool show_declined(const struct levy *l, struct mobilise *m, struct town_dice *dice)
{
    struct levy without = *l;
    double again_s;
    int64_t floors = 0;

    without.people = calloc((size_t)l->ask.person_count, sizeof *without.people);
    assert(without.people);
    memcpy(without.people, l->people, (size_t)l->ask.person_count * sizeof *without.people);
    without.ask.people = without.people;
    without.ask.self = &without;

    const double begun = cpu_s();

    for (int32_t p = 0; p < l->ask.person_count; p++)
        if (mobilise_slot_of(m, p) >= 0 && town_pick(dice, DECLINE_EVERY) == 0) {
            mobilise_decline(m, p);
            without.people[p].free = 0;
        }
    mobilise_run(m, NULL, NULL);

    const double on_s = cpu_s() - begun;
    const struct mobilise_figures on = mobilise_figures(m);
    struct mobilise *anew = plan(&without, &again_s);
    const struct mobilise_figures want = mobilise_figures(anew);
    const int64_t broken = broken_rules(l, m, &floors);

    mobilise_free(anew);
    free(without.people);
    printf("declined %d moved %d empty %lld anew %lld broken %lld floors %lld\n", on.declined,
           on.moved, (long long)on.empty_weight, (long long)want.empty_weight, (long long)broken,
           (long long)floors);
    printf("again %.1f %.1f\n", on_s * 1e3, again_s * 1e3);
    return on.is_best && broken == 0 && floors == 0 && on.empty_weight == want.empty_weight;
}

/* Each organisation by itself: what that comes to, and what no plan can be below. */
static bool show_apart(const struct levy *l, struct arena *a)
{
    struct fail f = { 0 };
    struct apart got;
    int64_t broken = 0;
    int64_t floors = 0;
    int32_t *left = arena_take(a, (size_t)l->ask.home_count + 1, sizeof *left);
    int32_t *sent = arena_take(a, (size_t)l->ask.slot_count + 1, sizeof *sent);
    const double begun = cpu_s();

    if (!apart_take(&l->ask, a, &got, &f)) {
        fprintf(stderr, "bench_mobilise: %s\n", f.text);
        exit(2); // NOLINT(concurrency-mt-unsafe): one thread
    }
    const double took_s = cpu_s() - begun;

    for (int32_t p = 0; p < l->ask.person_count; p++) {
        const int32_t slot = got.slot_of[p];

        left[l->people[p].home] += slot < 0;
        if (slot < 0)
            continue;
        broken += !levy_may(l, p, slot);
        sent[slot]++;
    }
    for (int32_t s = 0; s < l->ask.slot_count; s++)
        broken += sent[s] + got.missing[s] != l->slots[s].people;
    for (int32_t h = 0; h < l->ask.home_count; h++)
        floors += left[h] < l->keep[h];
    printf("apart %d %lld %lld %.4f\n", got.parts, (long long)got.filled,
           (long long)got.empty_weight,
           100.0 * (double)(got.cost - got.bound) / (double)(got.bound > 0 ? got.bound : 1));
    printf("took %.1f\n", took_s * 1e3);
    printf("rules %lld %lld\n", (long long)broken, (long long)floors);
    return broken == 0 && floors == 0 && got.bound <= got.cost;
}

/* Does away with what is said to keep places empty, one thing at a time, and plans anew:
 * each time a place more has to be filled. */
static bool show_lacks(struct levy *l, const struct mobilise *m, struct arena *a)
{
    const int64_t empty = mobilise_figures(m).empty_weight;
    const struct lack *lacks;
    const int32_t count = lack_list(m, a, &lacks);
    int32_t whys[LACK_RULES] = { 0 };
    int32_t tried = 0;
    int32_t worked = 0;

    for (int32_t i = 0; i < count; i++) {
        const struct lack *lack = &lacks[i];
        double took_s;

        whys[lack->why]++;
        if (lack->home < 0 || tried == REMEDIES)
            continue;
        l->keep[lack->home]--;

        struct mobilise *other = plan(l, &took_s);

        worked += mobilise_figures(other).empty_weight <= empty - l->slots[lack->slot].weight;
        tried++;
        mobilise_free(other);
        l->keep[lack->home]++;
    }
    printf("lacks %d %d %d", count, tried, worked);
    for (int32_t i = 0; i < LACK_RULES; i++)
        printf(" %s:%d", lack_word((enum lack_rule)i), whys[i]);
    printf("\n");
    return worked == tried;
}

static bool has_word(int argc, char **argv, int at, const char *word)
{
    return argc > at && strcmp(argv[at], word) == 0;
}

static int32_t number(const char *text)
{
    return (int32_t)strtol(text, NULL, 10);
}

int main(int argc, char **argv)
{
    struct levy_wish wish = {
        .wanted = WANTED, .kept_percent = KEPT_PERCENT, .orgs = ORGS, .travel_max_s = TRAVEL_MAX_S
    };
    struct arena *a = arena_new();
    double took_s[ROUNDS_MAX];
    int64_t floors = 0;

    if (argc < 6 || number(argv[5]) < 0 || number(argv[5]) > ROUNDS_MAX) {
        fputs("bench_mobilise SEED PEOPLE POSTS SLOTS ROUNDS [FILE [control]]\n", stderr);
        return 2;
    }
    struct town_dice dice = { (uint64_t)number(argv[1]) };

    wish.people = number(argv[2]);
    wish.posts = number(argv[3]);
    wish.slots = number(argv[4]);
    wish.homes = wish.people / PEOPLE_A_HOME;

    const int32_t rounds = number(argv[5]);
    struct levy *l = levy_take(&dice, &wish, a);

    if (rounds == 0) {
        const bool is_kept = show_apart(l, a);

        arena_free(a);
        return is_kept ? 0 : 1;
    }
    struct mobilise *m = plan(l, &took_s[0]);

    for (int32_t i = 1; i < rounds; i++) {
        mobilise_free(m);
        m = plan(l, &took_s[i]);
    }
    qsort(took_s, (size_t)rounds, sizeof *took_s, by_time);

    const struct mobilise_figures got = mobilise_figures(m);
    const int64_t broken = broken_rules(l, m, &floors);

    printf("size %d %d %d %lld %lld\n", wish.people, wish.homes, wish.slots, (long long)got.places,
           (long long)got.options);
    printf("plan %lld %lld %lld %lld %lld\n", (long long)got.empty_weight, (long long)got.travel_s,
           (long long)got.filled, (long long)got.cost, (long long)got.bound);
    printf("took %.1f %lld\n", took_s[rounds / 2] * 1e3, (long long)got.steps);
    printf("rules %lld %lld\n", (long long)broken, (long long)floors);
    if (argc > 6)
        write_levy(l, argv[6], count_pairs(l), has_word(argc, argv, 7, "control"));

    bool good = got.is_best && broken == 0 && floors == 0;

    good = show_lacks(l, m, a) && good;
    good = show_declined(l, m, &dice) && good;
    mobilise_free(m);
    arena_free(a);
    return good ? 0 : 1;
}
