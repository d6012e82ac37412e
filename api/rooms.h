#ifndef API_ROOMS_H
#define API_ROOMS_H

struct worker;

/* What a worker's searches need, made once and kept for its life: whoever adds one adds it
 * here, for the server's workers and those of tests alike. */
void rooms_new(struct worker *w);
void rooms_free(struct worker *w);

/* The worker that the calling thread is for what it answers in passing: its rooms are made
 * when they are first asked for, and go with the thread. */
struct worker *rooms_in_passing(void);

#endif
