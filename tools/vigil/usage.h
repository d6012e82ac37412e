#ifndef TOOLS_VIGIL_USAGE_H
#define TOOLS_VIGIL_USAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "geo/base/fail.h"

/* What programs use of the machine while they are watched, out of /proc: each by its
 * first process, whose children count with it, as those of PostgreSQL's first. */
enum { USAGE_WATCHED_MAX = 8, USAGE_NAME_MAX = 24 };

struct usage_watched {
    char name[USAGE_NAME_MAX];
    int32_t pid;
    double began_s, cpu_s; /* processor seconds, at the beginning and by now */
    int64_t peak_kib;      /* the most memory of the first process alone */
};

struct usage {
    int32_t count;
    struct usage_watched watched[USAGE_WATCHED_MAX];
};

/* Reads "vigild=17,postgres=18" and looks for the first time; NULL is nobody. */
bool usage_open(struct usage *u, const char *wish, struct fail *f);
/* Looks again. What has ended since counts as it was when it was last seen. */
void usage_look(struct usage *u);

#endif
