/* A spool on a real disk: what was kept is there afterwards, and what was not is not. */
#include "tests/support/check_near.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/spool.h"

enum { ROOM = 1 << 20, THREADS = 4, EACH = 50 };
static const unsigned char CITY[SPOOL_RECORD_ID] = "this city......";
static const unsigned char OTHER[SPOOL_RECORD_ID] = "another city...";

struct place {
    char folder[64];
    char path[96];
    struct arena *arena;
    struct spool *spool;
};

static struct spool *reopen(struct place *p)
{
    struct fail f = { 0 };

    spool_close(p->spool);
    p->spool = spool_open(p->path, CITY, ROOM, &f);
    assert_non_null(p->spool);
    return p->spool;
}

static int set_up(void **state)
{
    struct place *p = calloc(1, sizeof *p);

    snprintf(p->folder, sizeof p->folder, "/tmp/vigil-test-spool-XXXXXX");
    assert_non_null(mkdtemp(p->folder));
    snprintf(p->path, sizeof p->path, "%s/spool-1", p->folder);
    p->arena = arena_new();
    reopen(p);
    *state = p;
    return 0;
}

static int tear_down(void **state)
{
    struct place *p = *state;

    spool_close(p->spool);
    spool_close(NULL);
    unlink(p->path);
    rmdir(p->folder);
    arena_free(p->arena);
    free(p);
    return 0;
}

static void add(struct place *p, const char *text)
{
    struct fail f = { 0 };

    if (!spool_add(p->spool, 7, text, strlen(text), ROOM, &f)) {
        print_error("%s\n", f.text);
        fail();
    }
}

/* The texts that wait, each taken. */
static const char *drain(struct place *p)
{
    struct spool_record record;
    const char *all = "";

    while (spool_first(p->spool, p->arena, &record)) {
        assert_int_equal(record.kind, 7);
        all = arena_text(p->arena, "%s%s%lld:%s", all, all[0] ? " " : "", (long long)record.number,
                         (const char *)record.bytes);
        spool_forget(p->spool, record.number);
    }
    return all;
}

static int64_t file_size(const struct place *p)
{
    struct stat s;

    assert_int_equal(stat(p->path, &s), 0);
    return s.st_size;
}

/* Changes a byte of the file. */
static void touch(const struct place *p, int64_t at)
{
    const int fd = open(p->path, O_RDWR | O_CLOEXEC);
    char byte;

    assert_int_equal(pread(fd, &byte, 1, at), 1);
    byte ^= 0x20;
    assert_int_equal(pwrite(fd, &byte, 1, at), 1);
    close(fd);
}

static void the_sum_is_that_of_the_standard(void **state)
{
    unsigned char zeros[32] = { 0 }; /* RFC 3720, B.4 */

    (void)state;
    assert_int_equal(spool_record_sum("123456789", 9), 0xE3069283);
    assert_int_equal(spool_record_sum(zeros, sizeof zeros), 0x8A9136AA);
    assert_int_equal(spool_record_sum("", 0), 0);
}

static void what_is_added_is_given_in_order_also_to_the_next_process(void **state)
{
    struct place *p = *state;

    add(p, "one");
    add(p, "two");
    reopen(p);
    add(p, "three");
    assert_int_equal(spool_waiting(p->spool), 3);
    assert_string_equal(drain(p), "1:one 2:two 3:three");
    assert_int_equal(spool_waiting(p->spool), 0);
}

static void an_empty_spool_is_cut_and_its_numbers_go_on(void **state)
{
    struct place *p = *state;

    add(p, "a secret place");
    assert_string_equal(drain(p), "1:a secret place");
    assert_int_equal(file_size(p), SPOOL_RECORD_FILE_HEAD);
    add(p, "more");
    assert_string_equal(drain(p), "2:more");
}

static void a_record_that_went_elsewhere_is_not_given_to_the_next_process(void **state)
{
    struct place *p = *state;
    struct spool_record record;

    add(p, "one");
    add(p, "two");
    assert_true(spool_first(p->spool, p->arena, &record));
    reopen(p);
    spool_forget(p->spool, 1);
    assert_int_equal(spool_waiting(p->spool), 1);
    assert_string_equal(drain(p), "2:two");
    reopen(p); /* an empty file does not say what its last number was */
    spool_forget(p->spool, 2);
    add(p, "three");
    assert_string_equal(drain(p), "3:three");
}

/* As a power cut leaves it: each length that the last record can have been cut to. */
static void a_torn_tail_is_cut_off(void **state)
{
    struct place *p = *state;

    add(p, "one");
    const int64_t whole = file_size(p);

    add(p, "torn");
    const int64_t all = file_size(p);

    for (int64_t size = all - 1; size >= whole; size--) {
        assert_int_equal(truncate(p->path, size), 0);
        reopen(p);
        assert_int_equal(spool_waiting(p->spool), 1);
        assert_int_equal(spool_damaged(p->spool), 0);
        assert_int_equal(file_size(p), whole);
    }
    add(p, "two");
    assert_string_equal(drain(p), "1:one 2:two");
}

static void damage_costs_the_record_that_it_hit_alone(void **state)
{
    struct place *p = *state;

    add(p, "one");
    const int64_t second = file_size(p);

    add(p, "two");
    add(p, "three");
    for (int64_t at = second; at < second + SPOOL_RECORD_HEAD + 3; at++) {
        touch(p, at);
        reopen(p);
        /* A sum's neighbours that nothing uses are covered by it, too. */
        assert_int_equal(spool_waiting(p->spool), 2);
        assert_int_equal(spool_damaged(p->spool), SPOOL_RECORD_HEAD + 3);
        touch(p, at);
    }
    reopen(p);
    touch(p, second + SPOOL_RECORD_HEAD);
    reopen(p);
    assert_string_equal(drain(p), "1:one 3:three");
    assert_int_equal(file_size(p), SPOOL_RECORD_FILE_HEAD);
}

static void a_file_that_was_being_made_is_made_again(void **state)
{
    struct place *p = *state;

    for (int64_t size = SPOOL_RECORD_FILE_HEAD - 1; size >= 0; size -= 21) {
        assert_int_equal(truncate(p->path, size), 0);
        reopen(p);
        assert_int_equal(file_size(p), SPOOL_RECORD_FILE_HEAD);
    }
}

static void a_spool_belongs_to_one_process_and_one_database(void **state)
{
    struct place *p = *state;
    struct fail f = { 0 };

    add(p, "one");
    assert_null(spool_open(p->path, CITY, ROOM, &f));
    assert_int_equal(f.code, CODE_SPOOL_TAKEN);
    spool_close(p->spool);
    p->spool = NULL;
    assert_null(spool_open(p->path, OTHER, ROOM, &f));
    assert_int_equal(f.code, CODE_SPOOL_FOREIGN);
    assert_string_equal(f.value, p->path);
    touch(p, 3);
    assert_null(spool_open(p->path, CITY, ROOM, &f));
    assert_int_equal(f.code, CODE_SPOOL_UNREADABLE);
    touch(p, 3);
    reopen(p);
    assert_string_equal(drain(p), "1:one");
    assert_null(spool_open("/nonexistent/spool", CITY, ROOM, &f));
    assert_int_equal(f.code, CODE_SPOOL_UNUSABLE);
}

static void nobody_else_may_read_it(void **state)
{
    const struct place *p = *state;
    struct stat s;

    assert_int_equal(stat(p->path, &s), 0);
    assert_int_equal(s.st_mode & 07777, 0600);
}

static void a_full_spool_takes_nothing_until_it_is_emptied(void **state)
{
    struct place *p = *state;
    struct fail f = { 0 };
    char *large = calloc(1, SPOOL_RECORD_MAX);
    int32_t count = 0;

    while (spool_add(p->spool, 7, large, SPOOL_RECORD_MAX, ROOM, &f))
        count++;
    assert_int_equal(f.code, CODE_SPOOL_FULL);
    assert_int_equal(f.kind, FAIL_BUSY);
    assert_int_equal(count, ROOM / SPOOL_RECORD_MAX - 1);
    /* A smaller share of it is full before, so that there is room for something else. */
    assert_false(spool_add(p->spool, 7, "x", 1, ROOM / 2, &f));
    assert_true(spool_add(p->spool, 7, "x", 1, ROOM, &f));
    reopen(p);
    assert_int_equal(spool_waiting(p->spool), count + 1);
    spool_forget(p->spool, count + 1);
    assert_int_equal(spool_size(p->spool), SPOOL_RECORD_FILE_HEAD);
    assert_true(spool_add(p->spool, 7, large, SPOOL_RECORD_MAX, ROOM, &f));
    free(large);
}

/* A limit of the process stands for the disk: what was half written is taken back. */
static void a_full_disk_leaves_no_half_of_a_record(void **state)
{
    struct place *p = *state;
    struct rlimit was;
    struct rlimit tight;
    struct fail f = { 0 };
    char text[4096] = { 0 };

    add(p, "one");
    const int64_t size = file_size(p);

    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &was);
    tight = was;
    tight.rlim_cur = (rlim_t)size + 100;
    setrlimit(RLIMIT_FSIZE, &tight);
    const bool kept = spool_add(p->spool, 7, text, sizeof text, ROOM, &f);

    setrlimit(RLIMIT_FSIZE, &was);
    assert_false(kept);
    assert_int_equal(f.code, CODE_SPOOL_FULL);
    assert_int_equal(file_size(p), size);
    add(p, "two"); /* there is room again */
    assert_string_equal(drain(p), "1:one 2:two");
}

static void *add_many(void *self)
{
    struct place *p = self;
    struct fail f = { 0 };

    for (int i = 0; i < EACH; i++)
        if (!spool_add(p->spool, 7, "x", 1, ROOM, &f))
            abort();
    return NULL;
}

static void many_threads_add_while_one_takes(void **state)
{
    struct place *p = *state;
    pthread_t threads[THREADS];
    struct spool_record record;
    int64_t last = 0;

    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, add_many, p), 0);
    while (last < (int64_t)THREADS * EACH) {
        if (!spool_first(p->spool, p->arena, &record))
            continue;
        assert_int_equal(record.number, last + 1);
        last = record.number;
        spool_forget(p->spool, last);
    }
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(spool_waiting(p->spool), 0);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_sum_is_that_of_the_standard),
        CASE(what_is_added_is_given_in_order_also_to_the_next_process),
        CASE(an_empty_spool_is_cut_and_its_numbers_go_on),
        CASE(a_record_that_went_elsewhere_is_not_given_to_the_next_process),
        CASE(a_torn_tail_is_cut_off),
        CASE(damage_costs_the_record_that_it_hit_alone),
        CASE(a_file_that_was_being_made_is_made_again),
        CASE(a_spool_belongs_to_one_process_and_one_database),
        CASE(nobody_else_may_read_it),
        CASE(a_full_spool_takes_nothing_until_it_is_emptied),
        CASE(a_full_disk_leaves_no_half_of_a_record),
        CASE(many_threads_add_while_one_takes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
