/* The figures of `tools/bar frames`: how exactly the frames agree, and what a
 * conversion costs. Prints one line a figure: name, figure, bar, verdict. */
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "geo/crs.h"
#include "geo/frame.h"

enum { ROUND_TRIPS = 10000, SPEED_ROUNDS = 2000000 };

/* Places measured in three frames: Xuzhou, Xinyi, Pizhou, Yunmeng. */
static const struct {
    struct point wgs84, gcj02, bd09;
} MEASURED[] = {
    { { 117.185000, 34.261000 }, { 117.190773, 34.259778 }, { 117.197360, 34.265480 } },
    { { 118.354000, 34.369000 }, { 118.359673, 34.367920 }, { 118.366234, 34.373751 } },
    { { 117.963000, 34.335000 }, { 117.968552, 34.333650 }, { 117.974972, 34.339973 } },
    { { 113.753000, 31.021000 }, { 113.758815, 31.018755 }, { 113.765223, 31.025096 } },
};
enum { MEASURED_COUNT = sizeof MEASURED / sizeof *MEASURED };

static uint64_t random_state;

/* splitmix64 (Steele, Lea and Flood, 2014). */
static double next_part(void)
{
    uint64_t z = random_state += UINT64_C(0x9E3779B97F4A7C15);

    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    z ^= z >> 31;
    return (double)(z >> 11) / (double)(UINT64_C(1) << 53);
}

static struct point convert(bool (*step)(enum frame, struct point, struct point *, struct fail *),
                            enum frame frame, struct point p)
{
    struct point out;
    struct fail f;

    if (step(frame, p, &out, &f))
        return out;
    fprintf(stderr, "%s\n", f.text);
    exit(2);
}

static struct point from(enum frame frame, struct point p)
{
    return convert(frame_to_wgs84, frame, p);
}

static struct point to(enum frame frame, struct point p)
{
    return convert(frame_from_wgs84, frame, p);
}

static int missed_count;

/* A line: name, figure, bar, verdict. */
__attribute__((format(printf, 4, 5))) static void report(const char *name, const char *bar, bool ok,
                                                         const char *figure, ...)
{
    va_list args;

    va_start(args, figure);
    printf("%s\t", name);
    vprintf(figure, args);
    printf("\t%s\t%s\n", bar, ok ? "ok" : "missed");
    va_end(args);
    missed_count += !ok;
}

static double apart_m(struct point a, struct point b)
{
    return crs_distance_m(a, b);
}

static void vectors(void)
{
    double worst = 0.0;

    for (int i = 0; i < MEASURED_COUNT; i++) {
        worst = fmax(worst, apart_m(to(FRAME_GCJ02, MEASURED[i].wgs84), MEASURED[i].gcj02));
        worst = fmax(worst, apart_m(to(FRAME_BD09, MEASURED[i].wgs84), MEASURED[i].bd09));
        worst = fmax(worst, apart_m(from(FRAME_GCJ02, MEASURED[i].gcj02), MEASURED[i].wgs84));
        worst = fmax(worst, apart_m(from(FRAME_BD09, MEASURED[i].bd09), MEASURED[i].wgs84));
    }
    report("measured places in three frames", "0.2 m, what their six digits can say", worst <= 0.2,
           "%.3f m at worst in %d conversions", worst, 4 * MEASURED_COUNT);
}

static void phones(void)
{
    double worst = 0.0;

    for (int i = 0; i < MEASURED_COUNT; i++) {
        const struct point phone[FRAME_COUNT] = {
            [FRAME_WGS84] = from(FRAME_WGS84, MEASURED[i].wgs84),
            [FRAME_CGCS2000] = from(FRAME_CGCS2000, MEASURED[i].wgs84),
            [FRAME_GCJ02] = from(FRAME_GCJ02, MEASURED[i].gcj02),
            [FRAME_BD09] = from(FRAME_BD09, MEASURED[i].bd09),
        };

        for (int a = 0; a < FRAME_COUNT; a++)
            for (int b = 0; b < a; b++)
                worst = fmax(worst, apart_m(phone[a], phone[b]));
    }
    report("four phones in four frames at one spot", "1 m", worst <= 1.0,
           "%.3f m apart at worst at %d spots", worst, MEASURED_COUNT);
}

static void round_trips(enum frame frame)
{
    double worst = 0.0;
    int over = 0;

    for (int i = 0; i < ROUND_TRIPS; i++) {
        const struct point p = { 72.004 + next_part() * (137.8347 - 72.004),
                                 0.8293 + next_part() * (55.8271 - 0.8293) };
        const double off_m = apart_m(from(frame, to(frame, p)), p);

        worst = fmax(worst, off_m);
        over += off_m > 0.001;
    }
    report(frame == FRAME_GCJ02 ? "random round trips through gcj02"
                                : "random round trips through bd09",
           "all within 1 mm", over == 0, "%d of %d over, %.6f mm at worst", over, ROUND_TRIPS,
           worst * 1000.0);
}

static void abroad(void)
{
    int changed = 0;
    int taken = 0;
    int count = 0;

    while (count < ROUND_TRIPS) {
        const struct point p = { next_part() * 360.0 - 180.0, next_part() * 180.0 - 90.0 };
        struct point out;
        struct fail f;

        if (frame_in_china(p))
            continue;
        const struct point same = to(FRAME_GCJ02, p);

        changed += apart_m(same, p) > 0.0;
        taken += frame_from_wgs84(FRAME_BD09, p, &out, &f);
        count++;
    }
    report("gcj02 outside the rectangle", "none changed", changed == 0, "%d of %d changed", changed,
           count);
    report("bd09 outside the rectangle", "all refused", taken == 0, "%d of %d taken", taken, count);
}

static double cpu_s(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void speed(enum frame frame)
{
    const double start = cpu_s();
    double sum = 0.0;

    for (int i = 0; i < SPEED_ROUNDS; i++) {
        const struct point p = { 110.0 + i * 1e-6, 30.0 + i * 1e-6 };

        sum += from(frame, p).lon;
    }
    const double each_us = (cpu_s() - start) / SPEED_ROUNDS * 1e6;

    /* 20,000 positions a second must be a small part of one core. */
    report(frame == FRAME_GCJ02 ? "one conversion from gcj02" : "one conversion from bd09", "10 us",
           each_us <= 10.0 && sum > 0.0, "%.2f us of CPU time", each_us);
}

int main(int argc, char **argv)
{
    random_state = argc > 1 ? strtoull(argv[1], NULL, 10) : 1;
    vectors();
    phones();
    round_trips(FRAME_GCJ02);
    round_trips(FRAME_BD09);
    abroad();
    speed(FRAME_GCJ02);
    speed(FRAME_BD09);
    return missed_count > 0;
}
