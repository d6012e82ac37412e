#ifndef ENGINE_DOCTOR_JSON_H
#define ENGINE_DOCTOR_JSON_H

#include "engine/doctor.h"
#include "geo/base/emit.h"

/* A report as one JSON object, the same on the command line and over HTTP
 * (api/openapi/network_report.json). Places are in WGS 84. */
void doctor_json_write(struct emit *e, const struct doctor_report *report);

#endif
