#ifndef TESTS_SUPPORT_COVER_SCENE_H
#define TESTS_SUPPORT_COVER_SCENE_H

#include "engine/streets.h"
#include "geo/cover/disc.h"
#include "geo/cover/within.h"
#include "tests/support/plain_cover.h"
#include "tests/support/town.h"

/* A city on whose streets lookouts stand and people reach 1.5 km by e-bike, for the bars of
 * coverage; and times taken. */
enum {
    COVER_SCENE_LOOKOUTS = 5000,
    COVER_SCENE_PEOPLE = 800,
    COVER_SCENE_STATIONS = 365,
    COVER_SCENE_MORE = 20,             /* lookouts that nobody has thought of yet */
    COVER_SCENE_REACH_MS = 357 * 1000, /* 1.5 km at 15.12 km/h */
};

struct cover_scene {
    struct arena *arena, *scratch;
    struct town_dice dice;
    struct streets streets;
    const struct network *n;
    struct ground *ground;
    struct roads *roads;
    struct range_room *room;
    struct plots_wish plots_wish;
    const struct plots *plots;
    struct visits_wish visits;
    struct plain_source lookouts[COVER_SCENE_LOOKOUTS + COVER_SCENE_MORE];
    struct plain_source people[COVER_SCENE_PEOPLE];
    struct spot at[COVER_SCENE_PEOPLE];
    struct buf passes; /* struct visits_pass, all that were told */
    uint32_t now_s;
    struct cover *cover;
    struct within *within; /* the people once more, as the engine keeps them */
    struct cover *engine;  /* that has them alone */
};

/* The streets of `what`: a database address, or a number of blocks square, 100 m each; cells
 * of 500 m, villages, counties and stations. Nobody covers anything yet. */
void cover_scene_make(struct cover_scene *s, const char *what, uint64_t seed);
/* Half of the lookouts are staffed; whoever is there reaches what she can. */
void cover_scene_fill(struct cover_scene *s);

/* Another cover of the same city, that was told nothing. */
struct cover *cover_scene_cover(const struct cover_scene *s);

/* What a lookout sees that stands somewhere, or where somebody can be; in the scratch. */
struct range_band cover_scene_see(struct cover_scene *s, struct spot spot, double reach_m);
struct range_band cover_scene_reach(struct cover_scene *s, struct spot spot);
/* 120 to 280. */
double cover_scene_reach_m(struct cover_scene *s);

/* Remembers what a source has now. */
void cover_scene_keep(struct plain_source *source, const struct range_band *band);
/* Tells `within` and `engine` where somebody stands; how many streets were looked at. */
int32_t cover_scene_put_within(struct cover_scene *s, int32_t i);

/* The sums of all lots, from nothing and the plain way. In the arena. */
const struct cover_sums *cover_scene_lots(const struct cover_scene *s, struct arena *a);

/* Ends the program. */
__attribute__((noreturn)) void cover_scene_give_up(const char *what, const char *why);

/* CPU time of this thread. */
double cover_scene_cpu_s(void);

struct cover_scene_times {
    double *taken_s;
    int32_t count, room;
};

void cover_scene_take_time(struct cover_scene_times *t, double taken_s);
/* "NAME mean p99 worst count", in microseconds; and forgets them. */
void cover_scene_print(const char *name, struct cover_scene_times *t);

#endif
