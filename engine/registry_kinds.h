#ifndef ENGINE_REGISTRY_KINDS_H
#define ENGINE_REGISTRY_KINDS_H

#include "engine/registry.h"

/* The row of a noun in the table; for registry.c, whose registry_kind everyone else
 * asks. */
const struct registry_kind *registry_kinds_of(enum registry_noun noun);

#endif
