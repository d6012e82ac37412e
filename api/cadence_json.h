#ifndef API_CADENCE_JSON_H
#define API_CADENCE_JSON_H

#include <stdint.h>

#include "api/request.h"
#include "geo/base/emit.h"
#include "geo/fixes.h"

/* Tells who sent positions when the next are wanted, into an object that is open:
 * `report_s`, seconds, of everyone in the batch but those in `report`, which lists
 * {report_s, person_ids} of who is to be heard of sooner. To somebody who is one
 * person `report_s` is her own, null when nothing is wanted of her, and `report` empty. */
void cadence_json_write(struct emit *e, const struct request *r, const struct fixes *fixes);

/* What holds for everyone else on duty. */
int32_t cadence_json_idle_s(const struct request *r);
/* Of one person; 0: nothing is wanted of her. */
int32_t cadence_json_report_s(const struct request *r, int64_t person_id);

#endif
