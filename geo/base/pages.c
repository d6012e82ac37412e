/* Half of what a search in some hundred megabytes of labels takes is looking up where the
 * pages are, when they have 4 KiB each. */
#include "geo/base/pages.h"

#include <stdint.h>
#include <sys/mman.h>

enum { PAGE = 4096 };

/* It is advice, about whole pages, and that a neighbour on the first or the last of them is
 * meant, too, does no harm. A system that knows no large pages refuses, which is as well. */
void *pages_large(void *memory, size_t size)
{
    const uintptr_t before = (uintptr_t)memory % PAGE;

    if (memory && size >= PAGES_LARGE)
        (void)madvise((char *)memory - before, size + before, MADV_HUGEPAGE);
    return memory;
}
