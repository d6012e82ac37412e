/* fork and exec rather than posix_spawn, because only between the two can the
 * child ask to die with its parent. Nothing but system calls happens there. */
#include "engine/program.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { POLL_MS = 100, CHUNK = 16384, CANNOT_RUN = 127, SIGNALLED = 128, ENVIRONMENT_MAX = 4096 };

/* Our ends of the child's streams. */
struct pipes {
    int out[2];
    int said[2];
    int trouble[2]; /* carries errno when the program could not be run */
};

static void close_end(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

static void close_pipes(struct pipes *p)
{
    for (int i = 0; i < 2; i++) {
        close_end(&p->out[i]);
        close_end(&p->said[i]);
        close_end(&p->trouble[i]);
    }
}

static bool open_pipes(struct pipes *p, struct fail *f)
{
    *p = (struct pipes){ { -1, -1 }, { -1, -1 }, { -1, -1 } };
    if (pipe2(p->out, O_CLOEXEC) == 0 && pipe2(p->said, O_CLOEXEC) == 0 &&
        pipe2(p->trouble, O_CLOEXEC) == 0)
        return true;
    close_pipes(p);
    return fail_set(f, FAIL_BROKEN, IMPORT_FAILED, "no pipe to another program: error %d", errno);
}

/* Ours, and what the caller adds; a later line of the same name counts. */
static char **join_environment(char *const *more)
{
    char **all = calloc(ENVIRONMENT_MAX + 1, sizeof *all);
    size_t count = 0;

    if (!all)
        abort();
    for (; more && *more && count < ENVIRONMENT_MAX; more++)
        all[count++] = *more;
    for (char **line = environ; *line && count < ENVIRONMENT_MAX; line++)
        all[count++] = *line;
    return all;
}

_Noreturn static void become(const struct program *p, struct pipes *pipes, char **environment,
                             pid_t parent)
{
    const int nothing = open("/dev/null", O_RDONLY);
    char *const *arguments;
    int problem;

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) /* it died before we asked */
        _exit(CANNOT_RUN);
    dup2(nothing, STDIN_FILENO);
    dup2(pipes->out[1], STDOUT_FILENO);
    dup2(pipes->said[1], STDERR_FILENO);
    /* POSIX declares the strings as writable and promises not to write. */
    memcpy(&arguments, &p->arguments, sizeof arguments);
    execvpe(arguments[0], arguments, environment);
    problem = errno;
    (void)!write(pipes->trouble[1], &problem, sizeof problem);
    _exit(CANNOT_RUN);
}

/* Keeps the first bytes, or the last when `newest`. False at the stream's end. */
static bool read_stream(int fd, struct buf *b, bool newest)
{
    char chunk[CHUNK];
    const ssize_t got = read(fd, chunk, sizeof chunk);

    if (got <= 0)
        return got < 0 && errno == EINTR;
    if (newest && b->size + (size_t)got > PROGRAM_OUTPUT_MAX) {
        const size_t keep = PROGRAM_OUTPUT_MAX / 2;

        memmove(b->bytes, b->bytes + (b->size - keep), keep);
        b->size = keep;
    }
    if (b->size + (size_t)got <= PROGRAM_OUTPUT_MAX)
        buf_put(b, chunk, (size_t)got);
    return true;
}

/* Until both streams have ended. False when the caller does not want to go on. */
static bool listen_to(const struct program *p, struct pipes *pipes, struct buf *out,
                      struct buf *said)
{
    while (pipes->out[0] >= 0 || pipes->said[0] >= 0) {
        struct pollfd ends[] = { { .fd = pipes->out[0], .events = POLLIN },
                                 { .fd = pipes->said[0], .events = POLLIN } };

        if (p->go_on && !p->go_on(p->self))
            return false;
        if (poll(ends, 2, POLL_MS) <= 0)
            continue;
        if (ends[0].revents && !read_stream(pipes->out[0], out, false))
            close_end(&pipes->out[0]);
        if (ends[1].revents && !read_stream(pipes->said[0], said, true))
            close_end(&pipes->said[0]);
    }
    return true;
}

static int wait_for(pid_t child)
{
    int status = 0;

    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        continue;
    return WIFEXITED(status) ? WEXITSTATUS(status) : SIGNALLED + WTERMSIG(status);
}

static bool fail_missing(const struct program *p, int problem, struct fail *f)
{
    if (problem == ENOENT)
        return fail_set(f, FAIL_BROKEN, PROGRAM_MISSING,
                        "%s is not installed here: install the package %s", p->arguments[0],
                        p->package);
    return fail_set(f, FAIL_BROKEN, PROGRAM_MISSING, "%s cannot be run (error %d)", p->arguments[0],
                    problem);
}

bool program_run(const struct program *p, struct buf *out, struct buf *said, int *status,
                 struct fail *f)
{
    struct pipes pipes;
    int problem = 0;

    if (!open_pipes(&pipes, f))
        return false;

    char **environment = join_environment(p->environment);
    const pid_t parent = getpid();
    const pid_t child = fork();

    if (child == 0)
        become(p, &pipes, environment, parent);
    free(environment);
    if (child < 0) {
        close_pipes(&pipes);
        return fail_set(f, FAIL_BROKEN, IMPORT_FAILED, "no other program can be started: error %d",
                        errno);
    }
    close_end(&pipes.out[1]);
    close_end(&pipes.said[1]);
    close_end(&pipes.trouble[1]);

    const bool heard = listen_to(p, &pipes, out, said);

    if (!heard)
        kill(child, SIGKILL);
    *status = wait_for(child);
    if (read(pipes.trouble[0], &problem, sizeof problem) != sizeof problem)
        problem = 0;
    close_pipes(&pipes);
    if (!heard || (p->go_on && !p->go_on(p->self)))
        return fail_set(f, FAIL_BUSY, INTERRUPTED, "interrupted while %s was running",
                        p->arguments[0]);
    return problem == 0 || fail_missing(p, problem, f);
}

/* Ends the line at `text` and gives what follows it, or NULL. */
static char *end_line(char *text)
{
    char *end = text + strcspn(text, "\r\n");

    if (*end == '\0')
        return NULL;
    *end = '\0';
    return end + 1;
}

const char *program_reason(struct buf *said)
{
    const char *reason = "";
    bool error_seen = false;
    char *next;

    (void)buf_text(said);
    for (char *line = said->bytes; line; line = next) {
        next = end_line(line);
        const bool error = strcasestr(line, "error") != NULL;

        if (line[strspn(line, " \t")] == '\0' || (error_seen && !error))
            continue;
        error_seen = error_seen || error;
        reason = line;
    }
    return reason;
}
