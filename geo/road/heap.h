#ifndef GEO_ROAD_HEAP_H
#define GEO_ROAD_HEAP_H

#include <stdint.h>

/* A heap of numbers in an array of the caller's, the least first, with four children a
 * parent: half as deep as a binary one, and the four lie side by side in memory (LaMarca
 * and Ladner, The influence of caches on the performance of heaps, 1996). A cost in the
 * upper half and what has it in the lower make such a number. */
enum { HEAP_CHILDREN = 4 };

/* The array has room for one more. */
static inline void heap_put(uint64_t *heap, int32_t *count, uint64_t item)
{
    int32_t i = (*count)++;

    while (i > 0 && item < heap[(i - 1) / HEAP_CHILDREN]) {
        heap[i] = heap[(i - 1) / HEAP_CHILDREN];
        i = (i - 1) / HEAP_CHILDREN;
    }
    heap[i] = item;
}

/* Puts an item in at a place that is free, with the right order below it. */
static inline void heap_sink(uint64_t *heap, int32_t count, int32_t i, uint64_t item)
{
    for (;;) {
        const int32_t first = HEAP_CHILDREN * i + 1;
        const int32_t end = first + HEAP_CHILDREN < count ? first + HEAP_CHILDREN : count;
        int32_t least = first;

        if (first >= count)
            break;
        for (int32_t child = first + 1; child < end; child++)
            least = heap[child] < heap[least] ? child : least;
        if (heap[least] >= item)
            break;
        heap[i] = heap[least];
        i = least;
    }
    heap[i] = item;
}

/* There is at least one. */
static inline uint64_t heap_take(uint64_t *heap, int32_t *count)
{
    const uint64_t top = heap[0];
    const uint64_t last = heap[--*count];

    heap_sink(heap, *count, 0, last); /* the last one of all sinks into room of the caller's */
    return top;
}

/* Any numbers become a heap. */
static inline void heap_make(uint64_t *heap, int32_t count)
{
    for (int32_t i = (count - 2) / HEAP_CHILDREN; i >= 0 && count > 1; i--)
        heap_sink(heap, count, i, heap[i]);
}

#endif
