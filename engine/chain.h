#ifndef ENGINE_CHAIN_H
#define ENGINE_CHAIN_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/db.h"
#include "engine/secret.h"
#include "geo/base/buf.h"
#include "geo/base/fail.h"

/* The hash chain over the audit. Link n is
 *
 *     SHA-256( link n-1 ‖ n ‖ audit_id ‖ at ‖ org_id ‖ token_id ‖ person_id
 *              ‖ action ‖ subject ‖ purpose ‖ request_id ‖ detail )
 *
 * where link 0 is 32 zero bytes, n is 8 bytes, and each further value is the byte 0
 * when it is null, else the byte 1 and: of a number its 8 bytes; of a text 4 bytes of
 * its length and its UTF-8. `at` is the number of microseconds since 1970; all numbers
 * are big-endian. Whoever changes, removes or inserts a row breaks the link of it;
 * whoever makes all later links anew, or cuts off the end, is found by a head that was
 * kept elsewhere. */
enum { CHAIN_HASH_BYTES = SECRET_HASH_BYTES };

struct chain_head {
    int64_t seq; /* 0: nothing is sealed yet */
    unsigned char hash[CHAIN_HASH_BYTES];
    int64_t waiting; /* entries that the sealer has not come to */
};

/* An entry as it is sealed. A number that is null has its flag off. */
struct chain_entry {
    int64_t audit_id, at_us, org_id;
    int64_t token_id, person_id;
    bool has_token, has_person;
    const char *action, *subject, *purpose, *request_id, *detail; /* NULL is null */
};

/* The link behind `last`; `scratch` is used and may be used again. Pure. */
void chain_link(const unsigned char last[CHAIN_HASH_BYTES], int64_t seq,
                const struct chain_entry *entry, struct buf *scratch,
                unsigned char out[CHAIN_HASH_BYTES]);

bool chain_head(struct db *db, struct arena *a, struct chain_head *out, struct fail *f);

/* Seals what waits, CHAIN_BATCH entries a transaction, at most so many transactions.
 * Does nothing while another process is at it. For the engine's role. */
enum { CHAIN_BATCH = 5000 };
bool chain_seal(struct db *db, int32_t batches, int64_t *sealed, struct fail *f);
/* The same, for engine_every_tick; what fails is logged and tried again. */
void chain_tick(void *self, struct db *db);

enum chain_finding {
    CHAIN_ALTERED,    /* the entry or its link is not what was sealed */
    CHAIN_ENTRY_GONE, /* a link whose entry is not there */
    CHAIN_LINK_GONE,  /* a number of the chain is not there; told once for a gap */
};

struct chain_report {
    int64_t link_count; /* links looked at */
    int64_t altered_count, entry_gone_count, link_gone_count;
    int64_t first_bad;   /* number of the first link that is wrong, 0: none */
    int64_t loose_count; /* entries without a link … */
    int64_t late_count;  /* … of which older than 10 s */
    int64_t lost_count;  /* … and not waiting for one either */
    int64_t first_loose; /* audit_id of the first that is late or lost */
    struct chain_head head;
    bool is_behind; /* the chain ends before `kept` or has another link in its place */
};

/* Computes every link again. `kept` is a head that was written down before, or NULL.
 * `say` is called for each wrong link, in order; it may be NULL. True when it was
 * carried through, whatever was found. */
bool chain_verify(struct db *db, const struct chain_head *kept,
                  void (*say)(void *self, enum chain_finding finding, int64_t seq), void *self,
                  struct chain_report *out, struct fail *f);
bool chain_is_whole(const struct chain_report *report);

/* "altered", "entry_gone", "link_gone". */
const char *chain_word(enum chain_finding finding);

/* A head as it is written down: "SEQ:HEX". False when a text is none. */
enum { CHAIN_HEAD_SIZE = 20 + 1 + 2 * CHAIN_HASH_BYTES + 1 };
void chain_head_text(const struct chain_head *head, char out[CHAIN_HEAD_SIZE]);
bool chain_head_read(const char *text, struct chain_head *out);
void chain_hex(const unsigned char hash[CHAIN_HASH_BYTES], char out[2 * CHAIN_HASH_BYTES + 1]);

#endif
