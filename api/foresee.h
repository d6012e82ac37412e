#ifndef API_FORESEE_H
#define API_FORESEE_H

#include "api/reply.h"
#include "api/suppose.h"

/* And if the plan were another? What each candidate would change of its hours: metre·hours
 * that nobody watches, hour by hour and by grid cell, and on which streets. */
bool foresee_answer(const struct request *r, const struct suppose *w, struct reply *out,
                    struct fail *f);

#endif
