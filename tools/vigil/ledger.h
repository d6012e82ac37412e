#ifndef TOOLS_VIGIL_LEDGER_H
#define TOOLS_VIGIL_LEDGER_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "geo/base/fail.h"

/* What a server was asked to keep and what it said to that, as `vigil load` heard it,
 * one line a thing:
 *
 *   p FATE TRIES PERSON FIX_US LON_E7 LAT_E7       a position
 *   i FATE TRIES NUMBER 0 INCIDENT 0               an incident whose note is RUN-NUMBER
 *   o FATE TRIES NUMBER PERSON DISPATCH INCIDENT   an order whose reason is RUN-NUMBER
 *
 * after a first line "vigil ledger RUN". Ids that were never told are 0. */
enum { LEDGER_RUN_MAX = 40 };

enum ledger_kind { LEDGER_POSITION, LEDGER_INCIDENT, LEDGER_ORDER, LEDGER_KINDS };

enum ledger_fate {
    LEDGER_STORED,     /* 'd': acknowledged as committed in the database */
    LEDGER_NODE_LOCAL, /* 'n': acknowledged as kept by the node, 202 */
    LEDGER_REFUSED,    /* 'r': it must not be there */
    LEDGER_UNKNOWN,    /* 'u': no answer, or one that leaves it open: it may be there */
    LEDGER_FATES
};

struct ledger_entry {
    int64_t key, part;   /* what it is known by: PERSON and FIX_US, or NUMBER and PERSON or 0 */
    int64_t first, last; /* what must be found there: the other two */
    enum ledger_fate fate;
    int32_t tries; /* how often it was sent */
};

/* Writes the first line. */
void ledger_begin(FILE *file, const char *run);
void ledger_add(FILE *file, enum ledger_kind kind, const struct ledger_entry *entry);

/* A whole ledger, each kind in the order of key and part. */
struct ledger {
    char run[LEDGER_RUN_MAX];
    struct ledger_entry *entries[LEDGER_KINDS];
    int64_t counts[LEDGER_KINDS];
};

/* False with FILE_UNREADABLE when there is no such file, or it is none. A last line that
 * was not written to its end is left out. To be given back with ledger_free either way. */
bool ledger_read(struct ledger *l, const char *path, struct fail *f);
void ledger_free(struct ledger *l);

#endif
