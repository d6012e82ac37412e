#ifndef GEO_ROAD_LATTICE_H
#define GEO_ROAD_LATTICE_H

#include "geo/base/buf.h"
#include "geo/road/match.h"

/* The hidden Markov model of match: for each fix that counts a *step* with the places
 * where the traveller may have been, and the likeliest ways from those of the step before
 * to these. Only the steps that are not decided yet are kept. Belongs to one traveller;
 * starts as { 0 }, ends with lattice_free. */
struct lattice {
    struct buf steps, nodes, links;
};

/* One place where she may have been. Weights are negative logarithms of likelihoods. */
struct lattice_node {
    struct hop_place place; /* where a fix fell back a little along the street, it stays */
    struct point at;
    double off_m;
    double emission; /* that the fix is so far off */
    double score;    /* the likeliest way to here, all of it; LATTICE_LOST: none */
    double before;   /* share of all ways up to here */
    double after;    /* share of all ways from here on; set by surety_weigh */
    int32_t prev;    /* where the likeliest way was at the step before; -1 at the first */
    bool turned;     /* and on that way she turned round between two junctions */
};
#define LATTICE_LOST 1e300
enum { LATTICE_NODES_MAX = 56 }; /* of a step; a bit of 64 each */

/* A way from a place of the step before that is not too unlikely. */
struct lattice_link {
    int32_t from, to;
    double likely; /* e to the minus weight, over that of the likeliest of the step */
};

void lattice_free(struct lattice *l);
void lattice_clear(struct lattice *l);
int32_t lattice_count(const struct lattice *l); /* steps */

/* A step's places, and when and where its fix was. */
struct lattice_node *lattice_nodes(const struct lattice *l, int32_t step, int32_t *count);
const struct lattice_link *lattice_links(const struct lattice *l, int32_t step, int32_t *count);
const struct match_fix *lattice_fix(const struct lattice *l, int32_t step);

/* How far off a fix is usually: the standard deviation east and north. */
double lattice_sigma_m(const struct match_fix *fix);
/* What a fix has to say to be so far off. */
double lattice_accuracy_m(double sigma_m);

/* One step more; nothing is added unless it is taken. */
enum lattice_step { LATTICE_TAKEN, LATTICE_NO_STREET, LATTICE_NO_WAY };
enum lattice_step lattice_add(struct lattice *l, struct hop_room *room,
                              const struct match_streets *streets, const struct match_fix *fix);

/* She was still where the newest step is. */
void lattice_stay(struct lattice *l, int64_t at_us);
/* When she left the step before this one: some time before this one, as she may have
 * stayed there for hours. */
int64_t lattice_left_us(const struct lattice *l, int32_t step);

/* The last step at which all ways that are still likely were in one place; at least 0, -1
 * when not even the first is decided. */
int32_t lattice_decided(const struct lattice *l);

/* The place of the likeliest way at each step up to `step`, where it is in `node`; the
 * steps after it are on the likeliest way from there only, once lattice_settle was told. */
void lattice_settle(struct lattice *l, int32_t step, int32_t node);
void lattice_trace(const struct lattice *l, int32_t step, int32_t node, int32_t *nodes);
/* The likeliest place of the newest step, and where that way was at a step before. */
int32_t lattice_best(const struct lattice *l, int32_t step);

/* Appends the arcs (int32_t) that lie between the place of a step and the one of its `prev`
 * when she did not turn round; none when both are on one. */
void lattice_way(const struct lattice *l, struct hop_room *room,
                 const struct match_streets *streets, int32_t step, int32_t node, struct buf *arcs);

/* Forgets the steps before this one. */
void lattice_drop(struct lattice *l, int32_t step);

/* Where on its segment a place is. */
struct spot lattice_spot(const struct hop_streets *s, struct hop_place place);

/* How long a way from one fix to another may be at all; longer: nobody went it. */
uint32_t lattice_limit_cm(enum mode mode, const struct match_fix *from, const struct match_fix *to);

#endif
