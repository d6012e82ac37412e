/* A heap with four children a parent: half as deep as a binary one, and the four
 * lie side by side in one or two cache lines (LaMarca and Ladner 1996). */
#include "geo/road/queue.h"

#include <assert.h>

enum { CHILDREN = 4 };

static struct queue_item *items(const struct queue *q)
{
    return (void *)q->heap.bytes;
}

static bool before(const struct queue_item *a, const struct queue_item *b)
{
    return a->cost < b->cost || (a->cost == b->cost && a->id < b->id);
}

void queue_free(struct queue *q)
{
    buf_free(&q->heap);
    q->count = 0;
}

void queue_clear(struct queue *q)
{
    buf_clear(&q->heap);
    q->count = 0;
}

void queue_put(struct queue *q, struct queue_item item)
{
    buf_reserve(&q->heap, sizeof item);
    q->heap.size += sizeof item;

    struct queue_item *heap = items(q);
    int32_t i = q->count++;

    while (i > 0 && before(&item, &heap[(i - 1) / CHILDREN])) {
        heap[i] = heap[(i - 1) / CHILDREN];
        i = (i - 1) / CHILDREN;
    }
    heap[i] = item;
}

const struct queue_item *queue_top(const struct queue *q)
{
    return q->count > 0 ? items(q) : NULL;
}

struct queue_item queue_take(struct queue *q)
{
    assert(q->count > 0);
    struct queue_item *heap = items(q);
    const struct queue_item top = heap[0];
    const struct queue_item last = heap[--q->count];
    int32_t i = 0;

    q->heap.size -= sizeof last;
    for (;;) {
        const int32_t first = CHILDREN * i + 1;
        const int32_t end = first + CHILDREN < q->count ? first + CHILDREN : q->count;
        int32_t least = first;

        if (first >= q->count)
            break;
        for (int32_t child = first + 1; child < end; child++)
            if (before(&heap[child], &heap[least]))
                least = child;
        if (!before(&heap[least], &last))
            break;
        heap[i] = heap[least];
        i = least;
    }
    heap[i] = last; /* when the queue is empty now this is heap[0], which is room we own */
    return top;
}
