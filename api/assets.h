#ifndef API_ASSETS_H
#define API_ASSETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "geo/base/fail.h"

/* The files of the console, read once into memory before the server starts: a
 * request never touches the disk, and no path from outside ever becomes a file
 * name. */
struct asset {
    const char *name; /* "map.js", "words/zh.json": below the folder, at most one level down */
    const char *type; /* content type */
    const char *bytes;
    size_t size;
    char tag[24];   /* for an ETag */
    bool versioned; /* its folder names its version: the bytes never change */
};

/* Reads the folder. False with CONSOLE_MISSING when it cannot be read, or
 * CONSOLE_TOO_LARGE. Called once, before any thread looks. */
bool assets_load(const char *folder, struct fail *f);
void assets_unload(void);

/* NULL when there is no such file, and when nothing has been loaded. */
const struct asset *assets_find(const char *name);

#endif
