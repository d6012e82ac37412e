#ifndef API_ON_POSITIONS_H
#define API_ON_POSITIONS_H

#include "api/reply.h"
#include "api/request.h"
#include "geo/fixes.h"

/* The end of every way on which positions come in, for the handlers that read them: has
 * them written, counts them and answers later. `write` writes the answer when it is known
 * what became of each item: `status` is REPLY_OK when those without a code are
 * committed, REPLY_ACCEPTED when some are kept by this node alone. It runs on a writer's
 * thread, so it is brief and waits for nothing. */
bool on_positions_pass(const struct request *r, struct fixes *fixes,
                       void (*write)(const struct request *r, const struct fixes *fixes,
                                     enum reply_status status, struct reply *out),
                       struct reply *out, struct fail *f);

/* {"accepted", "rejected", "report_s", "report"}: such an answer, of all formats but one. */
void on_positions_write(const struct request *r, const struct fixes *fixes,
                        enum reply_status status, struct reply *out);

/* Of whom the fixes are when an enrolled device sends them, into *sender; NULL when it
 * is not one that sends. */
const struct fixes_sender *on_positions_sender(const struct request *r,
                                               struct fixes_sender *sender);

/* How many items have no code. */
int32_t on_positions_accepted(const struct fixes *fixes);

#endif
