#ifndef GEO_BASE_PAGES_H
#define GEO_BASE_PAGES_H

#include <stddef.h>

/* Says of memory that has just been taken, and not been touched, that it will be read here
 * and there: the system may give it in few large pages, of which a processor remembers where
 * they are. The first touch may take longer for it, so this is for what is kept. What is
 * smaller than PAGES_LARGE is left as it is. Gives the memory back, NULL for NULL. */
enum { PAGES_LARGE = 4 * 1024 * 1024 };

void *pages_large(void *memory, size_t size);

#endif
