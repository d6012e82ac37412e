/* The first test of a cluster makes the template, migrated once; the others copy
 * it, which takes a few dozen milliseconds. Its name is a sum over the migrations,
 * so that a long-lived cluster serves every state of the source. */
#include "tests/support/database.h"

#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/migrate.h"

enum { LINE_MAX_BYTES = 512, TEMPLATE_NAME_MAX = 40 };
static const int64_t TEMPLATE_LOCK = 0x766967696c74;

static void give_up(const char *what, const char *why)
{
    fprintf(stderr, "database: %s: %s\n", what, why);
    abort();
}

/* The address of the cluster without its dbname. */
static void read_cluster(char *address, size_t room)
{
    static const char HEAD[] = "VIGIL_TEST_DATABASE='";
    const char *path = getenv("VIGIL_TEST_CLUSTER"); // NOLINT(concurrency-mt-unsafe): one thread
    char line[LINE_MAX_BYTES];
    FILE *file = path ? fopen(path, "r") : NULL;

    if (!file)
        give_up("no cluster",
                "run by ctest, or start one: tests/support/cluster start ENVFILE, and set "
                "VIGIL_TEST_CLUSTER=ENVFILE");
    if (!fgets(line, sizeof line, file) || strncmp(line, HEAD, strlen(HEAD)) != 0)
        give_up(path, "not written by tests/support/cluster");
    fclose(file);

    char *end = strstr(line, " dbname=");

    if (!end)
        give_up(path, "no dbname in the address");
    *end = '\0';
    snprintf(address, room, "%s", line + strlen(HEAD));
}

static void say_nothing(void *self, const PGresult *notice)
{
    (void)self;
    (void)notice;
}

static PGconn *connect_to(const char *address)
{
    PGconn *link = PQconnectdb(address);

    if (PQstatus(link) != CONNECTION_OK)
        give_up(address, PQerrorMessage(link));
    PQsetNoticeReceiver(link, say_nothing, NULL);
    return link;
}

static char *run(PGconn *link, const char *sql)
{
    PGresult *result = PQexec(link, sql);
    const ExecStatusType status = PQresultStatus(result);
    char *text = NULL;

    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK)
        give_up(sql, PQresultErrorMessage(result));
    if (PQntuples(result) > 0 && !PQgetisnull(result, 0, 0)) {
        text = strdup(PQgetvalue(result, 0, 0));
        if (!text)
            abort();
    }
    PQclear(result);
    return text;
}

static void migrate_template(const char *cluster)
{
    char address[LINE_MAX_BYTES + 64];
    struct fail f = { 0 };

    snprintf(address, sizeof address, "%s dbname=vigil_template", cluster);

    struct db *db = db_open(address, &f);

    if (!db || !migrate_run(db, MIGRATIONS_TEXTS, NULL, NULL, &f))
        give_up("the template", f.text);
    db_close(db);
}

/* FNV-1a over all migrations. */
static void name_template(char *name, size_t room)
{
    uint64_t sum = 0xcbf29ce484222325;

    for (const struct migrations_text *m = MIGRATIONS_TEXTS; m->name; m++)
        for (const char *c = m->text; *c; c++)
            sum = (sum ^ (unsigned char)*c) * 0x100000001b3;
    snprintf(name, room, "vigil_template_%016llx", (unsigned long long)sum);
}

/* A template whose making was interrupted still has its working name. */
static void make_template(PGconn *link, const char *cluster, const char *name)
{
    char lock[96];
    char find[128];
    char rename[128];

    snprintf(lock, sizeof lock, "SELECT pg_advisory_lock(%lld)", (long long)TEMPLATE_LOCK);
    free(run(link, lock));
    snprintf(find, sizeof find, "SELECT 1 FROM pg_database WHERE datname = '%.40s'", name);
    char *there = run(link, find);

    if (!there) {
        free(run(link, "DROP DATABASE IF EXISTS vigil_template"));
        free(run(link, "CREATE DATABASE vigil_template TEMPLATE template0"));
        migrate_template(cluster);
        snprintf(rename, sizeof rename, "ALTER DATABASE vigil_template RENAME TO %.40s", name);
        free(run(link, rename));
    }
    free(there);
    free(run(link, "SELECT pg_advisory_unlock_all()"));
}

struct database *database_new(bool migrated)
{
    static int made;
    char cluster[LINE_MAX_BYTES];
    char text[LINE_MAX_BYTES + 64];
    char template[TEMPLATE_NAME_MAX];
    struct fail f = { 0 };
    struct arena *a = arena_new();
    struct database *d = arena_take(a, 1, sizeof *d);

    read_cluster(cluster, sizeof cluster);
    d->arena = a;
    d->name = arena_text(a, "test_%ld_%d", (long)getpid(), ++made);
    snprintf(text, sizeof text, "%s dbname=postgres", cluster);
    PGconn *link = connect_to(text);

    name_template(template, sizeof template);
    if (migrated)
        make_template(link, cluster, template);
    snprintf(text, sizeof text, "CREATE DATABASE %s TEMPLATE %s", d->name,
             migrated ? template : "template0");
    free(run(link, text));
    PQfinish(link);
    d->address = arena_text(a, "%s dbname=%s", cluster, d->name);
    // NOLINTNEXTLINE(concurrency-mt-unsafe): one thread
    d->key_file = arena_text(a, "%s.%s.key", getenv("VIGIL_TEST_CLUSTER"), d->name);
    d->db = db_open(d->address, &f);
    if (!d->db)
        give_up(d->address, f.text);
    return d;
}

void database_free(struct database *d)
{
    char cluster[LINE_MAX_BYTES];
    char text[LINE_MAX_BYTES + 64];

    if (!d)
        return;
    db_close(d->db);
    unlink(d->key_file);
    read_cluster(cluster, sizeof cluster);
    snprintf(text, sizeof text, "%s dbname=postgres", cluster);
    PGconn *link = connect_to(text);

    snprintf(text, sizeof text, "DROP DATABASE IF EXISTS %s WITH (FORCE)", d->name);
    free(run(link, text));
    PQfinish(link);
    arena_free(d->arena);
}

void database_shut(struct database *d, bool is_shut)
{
    char cluster[LINE_MAX_BYTES];
    char text[LINE_MAX_BYTES + 64];

    read_cluster(cluster, sizeof cluster);
    snprintf(text, sizeof text, "%s dbname=postgres", cluster);
    PGconn *link = connect_to(text);

    snprintf(text, sizeof text, "ALTER DATABASE %s ALLOW_CONNECTIONS %s", d->name,
             is_shut ? "false" : "true");
    free(run(link, text));
    snprintf(
        text, sizeof text,
        "SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity WHERE datname = '%s'",
        d->name);
    if (is_shut)
        free(run(link, text));
    PQfinish(link);
}

struct db *database_reader(struct database *d, int64_t org_id)
{
    const struct db_scope scope = { .org_id = org_id };
    struct fail f = { 0 };
    struct db *db = db_open(d->address, &f);

    if (!db || !db_become(db, DB_APP, &f))
        give_up("a reader", f.text);
    db_scope(db, &scope);
    return db;
}

int database_setup(void **state)
{
    *state = database_new(true);
    return 0;
}

int database_teardown(void **state)
{
    database_free(*state);
    return 0;
}

void database_run(struct database *d, const char *sql)
{
    struct fail f = { 0 };

    if (!db_script(d->db, sql, &f))
        give_up(sql, f.text);
}

const char *database_text(struct database *d, const char *sql)
{
    PGconn *link = connect_to(d->address);
    char *text = run(link, sql);
    const char *copy = text ? arena_copy(d->arena, text, strlen(text)) : NULL;

    free(text);
    PQfinish(link);
    return copy;
}

int64_t database_int(struct database *d, const char *sql)
{
    const char *text = database_text(d, sql);

    if (!text)
        give_up(sql, "gave nothing");
    return strtoll(text, NULL, 10);
}
