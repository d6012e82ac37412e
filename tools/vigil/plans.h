#ifndef TOOLS_VIGIL_PLANS_H
#define TOOLS_VIGIL_PLANS_H

#include "geo/base/buf.h"
#include "geo/base/fail.h"

/* What `vigil plan` plans, each in its own file; plan.c has the table. argv[0] is what. */
int plan_people(int argc, char **argv);
int plan_sites(int argc, char **argv);

/* The bytes of a file, or of what comes in when the path is "-". False with FILE_UNREADABLE
 * or VALUE_TOO_LONG. */
enum { PLANS_FILE_MAX = 256 * 1024 * 1024 };
bool plans_read(const char *path, struct buf *out, struct fail *f);

#endif
