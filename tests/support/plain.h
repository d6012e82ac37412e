#ifndef TESTS_SUPPORT_PLAIN_H
#define TESTS_SUPPORT_PLAIN_H

#include <stdint.h>

/* A second opinion on costs: a plain Dijkstra over the rows of vigil.edge. It shares
 * no code and no data with geo/road, only the definition in network.h. Modes are
 * numbered foot, e-bike, car. */
struct plain;

enum { PLAIN_MODES = 3 };

/* Reads the view. A database that cannot be read ends the program. */
struct plain *plain_new(const char *address);
void plain_free(struct plain *p);

int32_t plain_nodes(const struct plain *p);
int32_t plain_edges(const struct plain *p);

/* A place on a street, by the database's id. */
struct plain_place {
    int64_t segment_id;
    int64_t along_cm;
};

/* Computes the cost from every node to the place: the whole city, each time. */
void plain_search(struct plain *p, int mode, struct plain_place place);

/* The cost from a place to that of the last search, in milliseconds; INT32_MAX when
 * there is no way. */
int64_t plain_cost(const struct plain *p, int mode, struct plain_place from);

#endif
