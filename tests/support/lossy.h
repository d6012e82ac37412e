#ifndef TESTS_SUPPORT_LOSSY_H
#define TESTS_SUPPORT_LOSSY_H

#include <stdbool.h>

#include "tests/support/database.h"

/* A wire to the test database that can lose the answer to a COMMIT: what was asked for is
 * done, and whoever asked hears only that the connection is gone. One connection at a
 * time. */
struct lossy;

struct lossy *lossy_open(struct database *d);
void lossy_close(struct lossy *l);

/* For libpq; lives as long as the wire. */
const char *lossy_address(const struct lossy *l);

/* Loses the answer to the next commit, and lets nobody through behind it if so wanted. */
void lossy_lose(struct lossy *l, bool then_shut);
/* Whether that has happened. */
bool lossy_has_lost(const struct lossy *l);
/* From now on nobody gets through; or everyone again. */
void lossy_shut(struct lossy *l, bool is_shut);
/* From now on nothing gets through, and nobody is told; or everything again. */
void lossy_hush(struct lossy *l, bool is_hushed);

#endif
