#ifndef TOOLS_VIGIL_OFFER_H
#define TOOLS_VIGIL_OFFER_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "geo/base/fail.h"
#include "tools/vigil/tally.h"
#include "tools/vigil/walkers.h"

/* What `vigil load` offers a server: several streams at once, each at a rate of its own
 * over connections of its own, whatever the server makes of it. What is due while all
 * connections of a stream are busy waits for a second and is then left out.
 *
 * As phones and dispatchers do, a request that got no answer or 503 is sent again as it
 * was, under the same Idempotency-Key, until it is answered; positions that are told 429
 * are given up. What the server said of each thing goes into the ledger. */
struct offer;

enum offer_kind {
    OFFER_BATCHES,   /* positions, many in a request */
    OFFER_SINGLES,   /* positions, one in a request */
    OFFER_INCIDENTS, /* new ones */
    OFFER_ORDERS,    /* one person each, to an incident that was acknowledged before */
    OFFER_NEAREST,   /* only asked for; never sent again */
    OFFER_KINDS
};

/* "batches" and so on, as figures are called after them. */
const char *offer_word(enum offer_kind kind);

struct offer_plan {
    const char *urls;           /* as lanes_open */
    const char *token;          /* of a dispatcher, for incidents, orders and nearest */
    const char *gateway_token;  /* for positions */
    const char *run;            /* what incidents and orders are known by, with a number */
    int64_t rates[OFFER_KINDS]; /* positions or requests a second */
    int32_t lanes[OFFER_KINDS]; /* connections, where there is a rate */
    int32_t batch;              /* positions in a request of OFFER_BATCHES */
    int32_t patience_ms;
    FILE *ledger; /* NULL: none is kept */
};

/* Of one stream so far. Things are positions, incidents, orders or questions. */
struct offer_figures {
    int64_t offered;      /* things that were due */
    int64_t left_out;     /* of these: never sent */
    int64_t accepted;     /* acknowledged as committed; nearest: answered */
    int64_t node_local;   /* acknowledged as kept by the node */
    int64_t rejected;     /* items refused within an answer that took others */
    int64_t too_many;     /* answered 429 */
    int64_t away;         /* answers 503 */
    int64_t refused;      /* other answers 4xx: a person is taken already, say */
    int64_t broken;       /* other answers */
    int64_t unanswered;   /* requests without an answer, that may have been read */
    int64_t unconnected;  /* requests for which there was no connection */
    int64_t gap_us;       /* the longest time without an acknowledgement */
    struct tally answers; /* time to acknowledgements, from when a request was first sent */
    struct tally waits;   /* the same from when it was due */
    char first_bad[200];  /* the first answer that counts as refused or broken */
};

/* `walkers` must outlive it. */
struct offer *offer_open(const struct offer_plan *plan, struct walkers *walkers,
                         struct chance *chance, struct fail *f);
/* What is under way is given up, and is unknown to the ledger. */
void offer_close(struct offer *o);

/* Sends what is due and hears answers, for some milliseconds. After offer_stop nothing new
 * becomes due. */
void offer_work(struct offer *o);
void offer_stop(struct offer *o);
int32_t offer_under_way(const struct offer *o);

const struct offer_figures *offer_figures(const struct offer *o, enum offer_kind kind);

#endif
