/* The key file is text, so that it can be copied and looked at:
 *
 *     hash AAAA…     finds a phone again
 *     seal AAAA…     opens sealed values; the last one seals new ones
 *
 * each with 256 bits in base64url. A new sealing key is put in by adding a line; the
 * old ones stay for what they have sealed. A sealed value begins with the first bytes
 * of its key's own hash, which name the key and tell nothing of it. */
#include "engine/personal.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/secret.h"

enum {
    SEALS_MAX = 16,
    FILE_BYTES_MAX = 4096,
    KEY_NAME_BYTES = 4,
    KEY_TEXT_SIZE = 44,
    WORD_BYTES = 5, /* "hash ", "seal " */
    PATH_MAX_BYTES = 1000,
    PATH_SHOWN = 200,
};

struct seal_key {
    unsigned char name[KEY_NAME_BYTES];
    unsigned char key[SECRET_KEY_BYTES];
};

struct personal {
    unsigned char hash_key[SECRET_KEY_BYTES];
    int32_t seal_count;
    struct seal_key seals[SEALS_MAX];
};

/* ------------------------------------------------------------------ the key file */

static bool unusable(const char *path, const char *why, struct fail *f)
{
    fail_set(f, FAIL_BROKEN, KEY_FILE_UNUSABLE, "the key file %.*s cannot be used: %s", PATH_SHOWN,
             path, why);
    return fail_value(f, path);
}

static bool write_whole(int file, const char *text)
{
    const size_t size = strlen(text);

    return write(file, text, size) == (ssize_t)size && fsync(file) == 0;
}

/* So that the file's name outlives a power cut, too. */
static bool sync_folder_of(const char *path)
{
    char folder[PATH_MAX_BYTES + 1];
    char *slash;

    snprintf(folder, sizeof folder, "%s", path);
    slash = strrchr(folder, '/');
    if (slash)
        slash[slash == folder ? 1 : 0] = '\0';

    const int open_folder = open(slash ? folder : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const bool good = open_folder >= 0 && fsync(open_folder) == 0;

    if (open_folder >= 0)
        close(open_folder);
    return good;
}

/* Written beside it whole and then given its name, so that of two programs that start
 * together both use the one that came first. */
static bool make_file(const char *path, struct fail *f)
{
    char beside[PATH_MAX_BYTES + 16];
    char text[2 * (WORD_BYTES + KEY_TEXT_SIZE) + 1];
    char keys[2][KEY_TEXT_SIZE];
    int said = 0;

    for (int i = 0; i < 2; i++) {
        unsigned char key[SECRET_KEY_BYTES];

        secret_random(key, sizeof key);
        secret_text(key, sizeof key, keys[i], sizeof keys[i]);
        secret_wipe(key, sizeof key);
    }
    snprintf(text, sizeof text, "hash %s\nseal %s\n", keys[0], keys[1]);
    snprintf(beside, sizeof beside, "%s.XXXXXX", path);
    const int file = mkostemp(beside, O_CLOEXEC); /* with mode 0600 */

    if (file < 0)
        return unusable(path, strerrordesc_np(errno), f);
    if (!write_whole(file, text) || (link(beside, path) != 0 && errno != EEXIST) ||
        !sync_folder_of(path))
        said = errno;
    close(file);
    unlink(beside);
    secret_wipe(text, sizeof text);
    secret_wipe(keys, sizeof keys);
    return said == 0 || unusable(path, strerrordesc_np(said), f);
}

static bool add_line(struct personal *p, const char *line, bool *has_hash)
{
    unsigned char key[SECRET_KEY_BYTES];
    unsigned char sum[SECRET_HASH_BYTES];
    bool good = strlen(line) > WORD_BYTES && secret_bytes(line + WORD_BYTES, key, sizeof key);

    if (good && strncmp(line, "hash ", WORD_BYTES) == 0 && !*has_hash) {
        memcpy(p->hash_key, key, sizeof key);
        *has_hash = true;
    } else if (good && strncmp(line, "seal ", WORD_BYTES) == 0 && p->seal_count < SEALS_MAX) {
        struct seal_key *seal = &p->seals[p->seal_count++];

        secret_hash(key, sizeof key, sum);
        memcpy(seal->name, sum, sizeof seal->name);
        memcpy(seal->key, key, sizeof key);
    } else {
        good = false;
    }
    secret_wipe(key, sizeof key);
    return good;
}

static bool read_keys(struct personal *p, char *text)
{
    bool has_hash = false;
    char *rest = text;

    for (char *line; (line = strsep(&rest, "\n"));)
        if (line[0] && line[0] != '#' && !add_line(p, line, &has_hash))
            return false;
    return has_hash && p->seal_count > 0;
}

/* A key that others of this machine can read is none. */
static const char *read_file(struct personal *p, int file)
{
    char text[FILE_BYTES_MAX + 1];
    struct stat about;

    if (fstat(file, &about) != 0)
        return strerrordesc_np(errno);
    if (!S_ISREG(about.st_mode))
        return "it is no file";
    if (about.st_mode & (S_IRWXG | S_IRWXO))
        return "others than its owner may read it (chmod 600)";
    const ssize_t size = read(file, text, sizeof text);

    if (size < 0)
        return strerrordesc_np(errno);
    if ((size_t)size == sizeof text)
        return "it is too large";
    text[size] = '\0';
    const bool good = strlen(text) == (size_t)size && read_keys(p, text);

    secret_wipe(text, sizeof text);
    return good ? NULL : "a line must be `hash KEY` (one) or `seal KEY` (1 to 16)";
}

struct personal *personal_open(const char *key_file, struct fail *f)
{
    struct personal *p = calloc(1, sizeof *p);

    if (!p)
        abort();
    if (strlen(key_file) > PATH_MAX_BYTES) {
        unusable(key_file, "its name is too long", f);
        free(p);
        return NULL;
    }
    int file = open(key_file, O_RDONLY | O_CLOEXEC);

    if (file < 0 && errno == ENOENT) {
        if (!make_file(key_file, f)) {
            free(p);
            return NULL;
        }
        file = open(key_file, O_RDONLY | O_CLOEXEC);
    }
    const char *why = file >= 0 ? read_file(p, file) : strerrordesc_np(errno);

    if (file >= 0)
        close(file);
    if (!why)
        return p;
    unusable(key_file, why, f);
    personal_close(p);
    return NULL;
}

void personal_close(struct personal *p)
{
    if (!p)
        return;
    secret_wipe(p, sizeof *p);
    free(p);
}

/* ------------------------------------------------------------------ sealing */

enum { BOUND_BYTES = 8 + 1 };

/* Whose value it is, and which. */
static void bind_to(int64_t person_id, enum personal_field field, unsigned char bound[BOUND_BYTES])
{
    for (int i = 0; i < 8; i++)
        bound[i] = (unsigned char)((uint64_t)person_id >> (56 - 8 * i));
    bound[8] = (unsigned char)field;
}

const void *personal_seal(const struct personal *p, int64_t person_id, enum personal_field field,
                          const char *text, struct arena *a, size_t *size)
{
    const struct seal_key *seal = &p->seals[p->seal_count - 1];
    const size_t length = strlen(text);
    unsigned char bound[BOUND_BYTES];
    unsigned char *out = arena_take(a, 1, KEY_NAME_BYTES + SECRET_SEAL_BYTES + length);

    assert(length <= PERSONAL_TEXT_MAX);
    bind_to(person_id, field, bound);
    memcpy(out, seal->name, KEY_NAME_BYTES);
    secret_seal(seal->key, bound, sizeof bound, text, length, out + KEY_NAME_BYTES);
    *size = KEY_NAME_BYTES + SECRET_SEAL_BYTES + length;
    return out;
}

static const struct seal_key *key_named(const struct personal *p, const unsigned char *name)
{
    for (int32_t i = 0; i < p->seal_count; i++)
        if (memcmp(p->seals[i].name, name, KEY_NAME_BYTES) == 0)
            return &p->seals[i];
    return NULL;
}

bool personal_unseal(const struct personal *p, int64_t person_id, enum personal_field field,
                     const void *bytes, size_t size, struct arena *a, const char **text,
                     struct fail *f)
{
    const unsigned char *sealed = bytes;
    unsigned char bound[BOUND_BYTES];

    if (size < KEY_NAME_BYTES + SECRET_SEAL_BYTES ||
        size > KEY_NAME_BYTES + SECRET_SEAL_BYTES + PERSONAL_TEXT_MAX)
        return fail_set(f, FAIL_BROKEN, PERSONAL_UNREADABLE,
                        "a personal value of person %lld is damaged", (long long)person_id);
    const struct seal_key *seal = key_named(p, sealed);

    if (!seal)
        return fail_set(f, FAIL_BROKEN, PERSONAL_UNREADABLE,
                        "a personal value of person %lld was sealed with the key %02x%02x%02x%02x, "
                        "which the key file does not have",
                        (long long)person_id, sealed[0], sealed[1], sealed[2], sealed[3]);
    char *out = arena_take(a, 1, size - KEY_NAME_BYTES - SECRET_SEAL_BYTES + 1);

    bind_to(person_id, field, bound);
    if (!secret_open(seal->key, bound, sizeof bound, sealed + KEY_NAME_BYTES, size - KEY_NAME_BYTES,
                     out))
        return fail_set(f, FAIL_BROKEN, PERSONAL_UNREADABLE,
                        "a personal value of person %lld is damaged or another's",
                        (long long)person_id);
    *text = out;
    return true;
}

/* ------------------------------------------------------------------ phones */

enum { PHONE_DIGITS_MIN = 7, PHONE_DIGITS_MAX = 15 /* E.164 */, PHONE_ROOM = 24 };

static bool bad_phone(const char *text, struct fail *f)
{
    fail_set(f, FAIL_INPUT, PHONE_MALFORMED, "this is no phone number: %.40s", text);
    fail_value(f, text);
    return fail_allowed(f,
                        "%d to %d digits, blanks and hyphens between them, + and a country code "
                        "before them",
                        PHONE_DIGITS_MIN, PHONE_DIGITS_MAX);
}

/* China's numbers stand without their country's code, all others with + and theirs. */
bool personal_phone(const char *text, char out[PHONE_ROOM], struct fail *f)
{
    char digits[PHONE_ROOM];
    size_t count = 0;
    const char *at = text + strspn(text, " ");
    bool is_abroad = *at == '+';

    for (at += is_abroad; *at; at++) {
        if (*at >= '0' && *at <= '9' && count < sizeof digits - 1)
            digits[count++] = *at;
        else if (!strchr(" -().", *at))
            return bad_phone(text, f);
    }
    digits[count] = '\0';
    const char *from = digits;

    if (!is_abroad && strncmp(from, "00", 2) == 0) {
        is_abroad = true;
        from += 2;
    }
    /* 86 and a mobile number that somebody left the + away from. */
    if (strncmp(from, "86", 2) == 0 && (is_abroad || (strlen(from) == 13 && from[2] == '1'))) {
        is_abroad = false;
        from += 2;
    }
    if (strlen(from) < PHONE_DIGITS_MIN || strlen(from) > PHONE_DIGITS_MAX)
        return bad_phone(text, f);
    snprintf(out, PHONE_ROOM, "%s%.*s", is_abroad ? "+" : "", PHONE_DIGITS_MAX, from);
    return true;
}

void personal_hash(const struct personal *p, enum personal_field field, const char *text,
                   unsigned char out[PERSONAL_HASH_BYTES])
{
    unsigned char both[1 + PERSONAL_TEXT_MAX] = { (unsigned char)field };
    size_t length = 0;

    for (; text[length]; length++) {
        assert(length < PERSONAL_TEXT_MAX);
        both[1 + length] = (unsigned char)text[length];
    }
    secret_keyed_hash(p->hash_key, both, 1 + length, out);
    secret_wipe(both, sizeof both);
}

/* ------------------------------------------------------------------ masks */

static size_t bytes_of_first_character(const char *text)
{
    size_t size = text[0] ? 1 : 0;

    while (size > 0 && ((unsigned char)text[size] & 0xC0) == 0x80)
        size++;
    return size;
}

/* Enough to tell two numbers apart, too little to call or to name anyone. */
const char *personal_mask(enum personal_field field, const char *text, struct arena *a)
{
    const int length = (int)strlen(text);

    switch (field) {
    case PERSONAL_PHONE:
    case PERSONAL_IDENTITY:
        if (length >= 10)
            return arena_text(a, "%.3s****%s", text, text + length - 4);
        return length < 7 ? "****" : arena_text(a, "****%s", text + length - 2);
    case PERSONAL_EMERGENCY:
        return arena_text(a, "%.*s****", (int)bytes_of_first_character(text), text);
    case PERSONAL_ADDRESS:
    case PERSONAL_FIELDS:
        break;
    }
    return "****";
}
