#include "tools/vigil/usage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PATH_ROOM = 80, STAT_ROOM = 1024, FIELD_UTIME = 14 };

/* The processor time of a process in seconds, with that of its children that it has
 * waited for when asked; 0 when there is none. */
static double cpu_of(int32_t pid, bool with_ended)
{
    char path[PATH_ROOM], line[STAT_ROOM];
    double ticks = 0;

    snprintf(path, sizeof path, "/proc/%d/stat", pid);
    FILE *file = fopen(path, "re");
    const char *got = file ? fgets(line, sizeof line, file) : NULL;

    if (file)
        fclose(file);
    /* The name, in brackets, may hold anything; the third field follows it. */
    char *at = got ? strrchr(line, ')') : NULL;

    for (int field = 2; at && field < FIELD_UTIME + 3; field++) {
        at = strchr(at + 1, ' ');
        if (at && field + 1 >= FIELD_UTIME && (with_ended || field + 1 < FIELD_UTIME + 2))
            ticks += (double)strtoll(at + 1, NULL, 10);
    }
    return ticks / (double)sysconf(_SC_CLK_TCK);
}

static double cpu_of_all(int32_t pid)
{
    char path[PATH_ROOM];
    double sum = cpu_of(pid, true);
    int child;

    snprintf(path, sizeof path, "/proc/%d/task/%d/children", pid, pid);
    FILE *file = fopen(path, "re");

    while (file && fscanf(file, "%d", &child) == 1) // NOLINT(cert-err34-c): the kernel wrote it
        sum += cpu_of(child, true);
    if (file)
        fclose(file);
    return sum;
}

static int64_t peak_of(int32_t pid)
{
    char path[PATH_ROOM], line[200];
    int64_t kib = 0;

    snprintf(path, sizeof path, "/proc/%d/status", pid);
    FILE *file = fopen(path, "re");

    while (file && kib == 0 && fgets(line, sizeof line, file))
        if (strncmp(line, "VmHWM:", 6) == 0)
            kib = strtoll(line + 6, NULL, 10);
    if (file)
        fclose(file);
    return kib;
}

void usage_look(struct usage *u)
{
    for (int32_t i = 0; i < u->count; i++) {
        struct usage_watched *w = &u->watched[i];
        const double cpu_s = cpu_of_all(w->pid);
        const int64_t peak_kib = peak_of(w->pid);

        /* A child that has just ended may be missing for a moment. */
        w->cpu_s = cpu_s > w->cpu_s ? cpu_s : w->cpu_s;
        w->peak_kib = peak_kib > w->peak_kib ? peak_kib : w->peak_kib;
    }
}

static bool read_one(const char *text, size_t size, struct usage_watched *out)
{
    const char *equals = memchr(text, '=', size);
    const size_t name = equals ? (size_t)(equals - text) : 0;
    char *end;

    if (name == 0 || name >= USAGE_NAME_MAX)
        return false;
    memcpy(out->name, text, name);
    out->pid = (int32_t)strtol(equals + 1, &end, 10);
    return end == text + size && out->pid > 0 && cpu_of(out->pid, true) > 0;
}

bool usage_open(struct usage *u, const char *wish, struct fail *f)
{
    *u = (struct usage){ 0 };
    for (const char *at = wish; at && *at; at += strspn(at, ",")) {
        const size_t size = strcspn(at, ",");

        if (u->count == USAGE_WATCHED_MAX || !read_one(at, size, &u->watched[u->count])) {
            fail_set(f, FAIL_INPUT, VALUE_NOT_ALLOWED, "--watch cannot be %.100s", wish);
            fail_allowed(f, "NAME=PID of running processes, at most %d with commas between",
                         USAGE_WATCHED_MAX);
            return fail_value(f, wish);
        }
        u->count++;
        at += size;
    }
    usage_look(u);
    for (int32_t i = 0; i < u->count; i++)
        u->watched[i].began_s = u->watched[i].cpu_s;
    return true;
}
