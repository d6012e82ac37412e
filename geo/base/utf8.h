#ifndef GEO_BASE_UTF8_H
#define GEO_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>

/* UTF-8 by RFC 3629: no overlong form, no surrogate, nothing above U+10FFFF. */

/* The length in bytes of the valid character at the start of `left` bytes, or 0. */
size_t utf8_character(const char *bytes, size_t left);

bool utf8_valid(const char *bytes, size_t size);

#endif
