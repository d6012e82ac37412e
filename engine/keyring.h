#ifndef ENGINE_KEYRING_H
#define ENGINE_KEYRING_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/devices.h"

/* What lets devices in, in memory: the hashes of the secrets of all open devices, and
 * whose each is. A post of a device asks the database for nothing, so that sixty
 * thousand phones cost it no look each, and still come in while it is away. A device
 * that was closed or got another secret ends here at once, and on other nodes as soon
 * as a notification has told them. About 100 bytes a device. Any thread. */
struct keyring;

struct keyring *keyring_new(void);
void keyring_free(struct keyring *k);

struct keyring_device {
    int64_t device_id;
    int64_t person_id;
    int64_t org_id;
    enum devices_format format;
    enum frame frame;
};

/* Whose secret has this hash; false when it opens nothing. */
bool keyring_find(struct keyring *k, const unsigned char hash[DEVICES_HASH_BYTES],
                  struct keyring_device *out);

/* A device is known with this hash from now on, and with no other. A NULL hash keeps
 * the one it has; then a device that is not known stays so. */
void keyring_put(struct keyring *k, const unsigned char *hash, const struct keyring_device *device);
void keyring_drop(struct keyring *k, int64_t device_id);

/* Whether a device is to be told how often to report: true when this is not what it
 * was told last. */
bool keyring_tell(struct keyring *k, int64_t device_id, int32_t report_s);

int32_t keyring_count(struct keyring *k);

/* Brings it up to the database: every open device at first, then what has changed.
 * One thread at a time. */
bool keyring_follow(struct keyring *k, struct db *db, struct arena *a, struct fail *f);

#endif
