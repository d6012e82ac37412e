#ifndef ENGINE_RECALL_H
#define ENGINE_RECALL_H

#include "engine/trail.h"
#include "geo/base/fail.h"

struct db;

/* Before anything is sent to a process that has just started: what was committed in the
 * last RECALL_S comes into its trail. Its predecessor may have been killed between a commit
 * and the answer, and what was not answered is sent again. Reads as many rows as came in
 * that time, a million a second or two. */
enum { RECALL_S = 60 };

bool recall_trail(struct db *db, struct trail *trail, struct fail *f);

#endif
