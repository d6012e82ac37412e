/* One mutex around the file's ends; the disk is waited for outside it, by one thread
 * for all that were written before (group commit).
 *
 * When fdatasync fails nobody knows what is on the disk, and asking again may say that
 * all is well although pages were dropped: so nothing is added any more to a file that
 * failed once, until it is empty and cut. */
#include "engine/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/secret.h"

/* Two records of the largest size: a whole one is in sight wherever the first ends. */
enum { WINDOW = 2 * (SPOOL_RECORD_HEAD + SPOOL_RECORD_MAX), PATH_SHOWN = 200 };

struct spool {
    int fd;
    int64_t size_max;
    struct spool_record_owner owner;

    pthread_mutex_t lock; /* guards the rest */
    pthread_cond_t synced_more;
    int64_t begin;         /* where the oldest record that waits is looked for */
    int64_t end;           /* of the whole records */
    int64_t last_number;   /* ever given out */
    int64_t synced_number; /* up to here the disk has them */
    int64_t gone_number;
    int64_t waiting;
    int64_t damaged;
    bool is_syncing;
    bool has_failed;
};

/* ---- the file */

static bool fail_errno(const char *path, const char *what, struct fail *f)
{
    fail_set(f, FAIL_BROKEN, SPOOL_UNUSABLE, "the spool %.*s cannot be %s: %s", PATH_SHOWN, path,
             what, strerrordesc_np(errno));
    return fail_value(f, path);
}

static bool write_all(int fd, const void *bytes, size_t size, int64_t at)
{
    const char *from = bytes;

    while (size > 0) {
        const ssize_t done = pwrite(fd, from, size, at);

        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return false;
        from += done;
        at += done;
        size -= (size_t)done;
    }
    return true;
}

/* As many bytes as there are, at most `size`. */
static size_t read_some(int fd, void *bytes, size_t size, int64_t at)
{
    char *into = bytes;
    size_t have = 0;

    while (have < size) {
        const ssize_t done = pread(fd, into + have, size - have, at + (int64_t)have);

        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            break;
        have += (size_t)done;
    }
    return have;
}

/* The name of a new file is on the disk once its folder is. */
static bool sync_folder(const char *path)
{
    const char *slash = strrchr(path, '/');
    char *copy = slash ? strndup(path, (size_t)(slash - path) + 1) : strdup(".");

    if (!copy)
        abort();
    const int fd = open(copy, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const bool good = fd >= 0 && fsync(fd) == 0;

    if (fd >= 0)
        close(fd);
    free(copy);
    return good;
}

/* A file that is too short for a head was being made when the machine stopped. */
static bool make_head(struct spool *s, const char *path, const unsigned char city[SPOOL_RECORD_ID],
                      struct fail *f)
{
    struct buf head = { 0 };

    secret_random(s->owner.spool, sizeof s->owner.spool);
    memcpy(s->owner.city, city, sizeof s->owner.city);
    spool_record_put_owner(&head, &s->owner);
    const bool good = ftruncate(s->fd, 0) == 0 && write_all(s->fd, head.bytes, head.size, 0) &&
                      fsync(s->fd) == 0 && sync_folder(path);

    buf_free(&head);
    return good || fail_errno(path, "written", f);
}

static bool read_head(struct spool *s, const char *path, const unsigned char city[SPOOL_RECORD_ID],
                      struct fail *f)
{
    unsigned char head[SPOOL_RECORD_FILE_HEAD];
    const size_t size = read_some(s->fd, head, sizeof head, 0);

    if (size < sizeof head)
        return make_head(s, path, city, f);
    if (!spool_record_get_owner(head, size, &s->owner)) {
        fail_set(f, FAIL_BROKEN, SPOOL_UNREADABLE,
                 "%.*s is no spool of this version, or its head is damaged", PATH_SHOWN, path);
        return fail_value(f, path);
    }
    if (memcmp(s->owner.city, city, sizeof s->owner.city) == 0)
        return true;
    fail_set(f, FAIL_BROKEN, SPOOL_FOREIGN, "the spool %.*s belongs to another database",
             PATH_SHOWN, path);
    return fail_value(f, path);
}

/* The first whole record with a number above `above` at or behind `at`, read into
 * `window`; where it begins and ends in the file. */
static bool find_record(const struct spool *s, int64_t at, int64_t above, char *window,
                        struct spool_record *out, int64_t *begin, int64_t *end)
{
    for (;;) {
        const size_t have = read_some(s->fd, window, WINDOW, at);
        size_t from = 0;
        size_t to = 0;

        if (spool_record_find(window, have, out, &from, &to)) {
            *begin = at + (int64_t)from;
            *end = at + (int64_t)to;
            if (out->number > above)
                return true;
            at = *end; /* a number that was there before: not written by us in this order */
            continue;
        }
        if (have < WINDOW)
            return false;
        at += WINDOW / 2;
    }
}

/* Walks along all records once; what is behind the last one is torn and goes. */
static bool look_through(struct spool *s, const char *path, struct fail *f)
{
    struct spool_record record;
    char *window = malloc(WINDOW);
    int64_t begin;
    int64_t end;

    if (!window)
        abort();
    while (find_record(s, s->end, s->last_number, window, &record, &begin, &end)) {
        s->damaged += begin - s->end;
        s->last_number = record.number;
        s->end = end;
        s->waiting++;
    }
    free(window);
    s->synced_number = s->last_number;
    return ftruncate(s->fd, s->end) == 0 || fail_errno(path, "cut", f);
}

static bool open_file(struct spool *s, const char *path, struct fail *f)
{
    s->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (s->fd < 0)
        return fail_errno(path, "opened", f);
    if (flock(s->fd, LOCK_EX | LOCK_NB) == 0)
        return true;
    if (errno != EWOULDBLOCK)
        return fail_errno(path, "locked", f);
    fail_set(f, FAIL_BUSY, SPOOL_TAKEN, "another process has the spool %.*s", PATH_SHOWN, path);
    return fail_value(f, path);
}

struct spool *spool_open(const char *path, const unsigned char city[SPOOL_RECORD_ID],
                         int64_t size_max, struct fail *f)
{
    struct spool *s = calloc(1, sizeof *s);

    if (!s)
        abort();
    pthread_mutex_init(&s->lock, NULL);
    pthread_cond_init(&s->synced_more, NULL);
    s->fd = -1;
    s->size_max = size_max;
    s->begin = s->end = SPOOL_RECORD_FILE_HEAD;
    if (open_file(s, path, f) && read_head(s, path, city, f) && look_through(s, path, f))
        return s;
    spool_close(s);
    return NULL;
}

void spool_close(struct spool *s)
{
    if (!s)
        return;
    if (s->fd >= 0)
        close(s->fd); /* and unlocks it */
    pthread_cond_destroy(&s->synced_more);
    pthread_mutex_destroy(&s->lock);
    free(s);
}

const unsigned char *spool_id(const struct spool *s)
{
    return s->owner.spool;
}

/* ---- adding */

static bool fail_full(const struct spool *s, int64_t size, struct fail *f)
{
    fail_set(f, FAIL_BUSY, SPOOL_FULL,
             "the spool of this node is full: %lld bytes wait for the database",
             (long long)(s->end - SPOOL_RECORD_FILE_HEAD));
    return fail_allowed(f, "%lld bytes", (long long)size);
}

static bool fail_disk(struct spool *s, struct fail *f)
{
    s->has_failed = true;
    return fail_set(f, FAIL_BUSY, SPOOL_FAILED,
                    "the disk of this node's spool does not keep what it is given");
}

/* Under the lock: what was written behind `end` is taken back. */
static bool fail_write(struct spool *s, int64_t size_most, struct fail *f)
{
    const int why = errno;

    if (ftruncate(s->fd, s->end) == 0 && (why == ENOSPC || why == EDQUOT || why == EFBIG))
        return fail_full(s, size_most, f);
    return fail_disk(s, f);
}

static bool append(struct spool *s, uint32_t kind, const void *bytes, size_t size,
                   int64_t size_most, struct fail *f)
{
    const struct spool_record record = { s->last_number + 1, kind, bytes, size };
    struct buf whole = { 0 };

    if (s->has_failed)
        return fail_disk(s, f);
    if (s->end + SPOOL_RECORD_HEAD + (int64_t)size > size_most)
        return fail_full(s, size_most, f);
    spool_record_put(&whole, &record);
    const bool good =
        write_all(s->fd, whole.bytes, whole.size, s->end) || fail_write(s, size_most, f);

    if (good) {
        s->end += (int64_t)whole.size;
        s->last_number = record.number;
        s->waiting++;
    }
    buf_free(&whole);
    return good;
}

/* Under the lock: waits until the disk has all up to this number. */
static bool sync_up_to(struct spool *s, int64_t number, struct fail *f)
{
    while (s->synced_number < number && !s->has_failed) {
        const int64_t target = s->last_number;

        if (s->is_syncing) {
            pthread_cond_wait(&s->synced_more, &s->lock);
            continue;
        }
        s->is_syncing = true;
        pthread_mutex_unlock(&s->lock);
        const bool good = fdatasync(s->fd) == 0;

        pthread_mutex_lock(&s->lock);
        s->is_syncing = false;
        if (good)
            s->synced_number = target;
        else
            s->has_failed = true;
        pthread_cond_broadcast(&s->synced_more);
    }
    return s->synced_number >= number || fail_disk(s, f);
}

bool spool_add(struct spool *s, uint32_t kind, const void *bytes, size_t size, int64_t size_most,
               struct fail *f)
{
    pthread_mutex_lock(&s->lock);
    const bool good =
        append(s, kind, bytes, size, size_most < s->size_max ? size_most : s->size_max, f) &&
        sync_up_to(s, s->last_number, f);

    pthread_mutex_unlock(&s->lock);
    return good;
}

/* ---- taking */

/* Under the lock: nothing waits and nobody is waiting for the disk. */
static void cut(struct spool *s)
{
    if (s->is_syncing || s->end == SPOOL_RECORD_FILE_HEAD ||
        ftruncate(s->fd, SPOOL_RECORD_FILE_HEAD) != 0 || fdatasync(s->fd) != 0)
        return;
    s->begin = s->end = SPOOL_RECORD_FILE_HEAD;
    s->has_failed = false;
}

bool spool_first(struct spool *s, struct arena *a, struct spool_record *out)
{
    char *window = malloc(WINDOW);
    int64_t begin = 0;
    int64_t end = 0;

    if (!window)
        abort();
    pthread_mutex_lock(&s->lock);
    const bool found = find_record(s, s->begin, s->gone_number, window, out, &begin, &end) &&
                       out->number <= s->synced_number;

    if (found)
        s->begin = begin;
    pthread_mutex_unlock(&s->lock);
    if (found)
        out->bytes = arena_copy(a, out->bytes, out->size);
    free(window);
    return found;
}

/* Under the lock: passes over what has gone, which is nearly always one record. */
static void pass_over(struct spool *s)
{
    struct spool_record record;
    char *window = malloc(WINDOW);
    int64_t begin;
    int64_t end;
    int64_t waiting = 0;

    if (!window)
        abort();
    for (int64_t at = s->begin; find_record(s, at, 0, window, &record, &begin, &end); at = end) {
        if (record.number > s->gone_number) {
            waiting = s->last_number - record.number + 1;
            break;
        }
        s->begin = end;
    }
    s->waiting = waiting;
    free(window);
}

void spool_forget(struct spool *s, int64_t number)
{
    pthread_mutex_lock(&s->lock);
    if (number > s->gone_number)
        s->gone_number = number;
    if (s->last_number < s->gone_number)
        s->last_number = s->synced_number = s->gone_number;
    pass_over(s);
    if (s->waiting == 0)
        cut(s);
    pthread_mutex_unlock(&s->lock);
}

int64_t spool_waiting(struct spool *s)
{
    pthread_mutex_lock(&s->lock);
    const int64_t waiting = s->waiting;

    pthread_mutex_unlock(&s->lock);
    return waiting;
}

int64_t spool_size(struct spool *s)
{
    pthread_mutex_lock(&s->lock);
    const int64_t size = s->end;

    pthread_mutex_unlock(&s->lock);
    return size;
}

int64_t spool_size_max(const struct spool *s)
{
    return s->size_max;
}

int64_t spool_damaged(struct spool *s)
{
    pthread_mutex_lock(&s->lock);
    const int64_t damaged = s->damaged;

    pthread_mutex_unlock(&s->lock);
    return damaged;
}
