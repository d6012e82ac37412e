/* Publishing and holding. The lock is held only for the step from reading the
 * pointer to counting the reader: between the two the last holder could drop
 * the world. Everything else of a world is read without any lock. */
#include "engine/world.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>

struct world_share {
    atomic_int holders;
    struct arena *arena; /* holds the world itself, and this */
};

struct world_slot {
    pthread_mutex_t lock; /* guards `newest` and the step from reading it to counting us */
    struct world *newest;
    uint64_t drafted; /* of the one thread that drafts and publishes */
    struct arena *arena;
};

struct world_slot *world_slot_new(void)
{
    struct arena *a = arena_new();
    struct world_slot *slot = arena_take(a, 1, sizeof *slot);

    slot->arena = a;
    pthread_mutex_init(&slot->lock, NULL);
    return slot;
}

void world_slot_free(struct world_slot *slot)
{
    if (!slot)
        return;
    world_drop(slot->newest);
    pthread_mutex_destroy(&slot->lock);
    arena_free(slot->arena);
}

struct world *world_draft(struct world_slot *slot, struct arena *a)
{
    struct world *w = arena_take(a, 1, sizeof *w);

    w->share = arena_take(a, 1, sizeof *w->share);
    w->share->arena = a;
    w->version = ++slot->drafted;
    w->city_name = "";
    w->attribution = "";
    atomic_init(&w->share->holders, 1);
    return w;
}

void world_publish(struct world_slot *slot, struct world *draft)
{
    pthread_mutex_lock(&slot->lock);
    const struct world *old = slot->newest;

    slot->newest = draft;
    pthread_mutex_unlock(&slot->lock);
    world_drop(old);
}

const struct world *world_hold_again(const struct world *w)
{
    atomic_fetch_add_explicit(&w->share->holders, 1, memory_order_relaxed);
    return w;
}

const struct world *world_hold(struct world_slot *slot)
{
    pthread_mutex_lock(&slot->lock);
    const struct world *w = slot->newest ? world_hold_again(slot->newest) : NULL;

    pthread_mutex_unlock(&slot->lock);
    return w;
}

void world_drop(const struct world *w)
{
    if (w && atomic_fetch_sub_explicit(&w->share->holders, 1, memory_order_acq_rel) == 1)
        arena_free(w->share->arena);
}
