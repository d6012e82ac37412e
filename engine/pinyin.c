/* Every Latin letter and Chinese character of the Basic Multilingual Plane is asked
 * of ICU once, all of them in one text; from then on a name is looked up letter by
 * letter. A character that is read in several ways has the reading that ICU holds for
 * the commonest, which for family names is often not theirs: those are told here. */
#include "engine/pinyin.h"

#include <assert.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <unicode/uchar.h>
#include <unicode/utrans.h>

#include "geo/base/utf8.h"

enum {
    FIRST_TOLD = 0x00C0,  /* what is before it is ASCII or no letter */
    LETTERS_END = 0xA000, /* Hangul and rare scripts have none */
    AT_ONCE = 256,
    READING_MAX = 16,        /* UChars of the longest reading of a letter, its line end and room */
    FIRST_BLANKLESS = 0x2E80 /* from here on writing has no blanks between words */
};

/* Family names, the character's first reading and then the family's. */
static const struct {
    const char *name;
    char initials[3];
} FAMILIES[] = {
    { "万俟", "mq" }, /* mòqí, not wàn */
    { "单于", "cy" }, /* chányú */
    { "尉迟", "yc" }, /* yùchí, not wèi */
    { "澹台", "tt" }, /* tántái, not dàn */
    { "单", "s" },    /* shàn, not dān */
    { "曾", "z" },    /* zēng, not céng */
    { "仇", "q" },    /* qiú, not chóu */
    { "解", "x" },    /* xiè, not jiě */
    { "查", "z" },    /* zhā, not chá */
    { "翟", "z" },    /* zhái, not dí */
    { "区", "o" },    /* ōu, not qū */
    { "折", "s" },    /* shé, not zhé */
    { "种", "c" },    /* chóng, not zhǒng */
    { "乐", "y" },    /* yuè, not lè */
    { "覃", "q" },    /* qín, not tán */
    { "繁", "p" },    /* pó, not fán */
    { "召", "s" },    /* shào, not zhào */
    { "祭", "z" },    /* zhài, not jì */
    { "句", "g" },    /* gōu, not jù */
    { "秘", "b" },    /* bì, not mì */
    { "乜", "n" },    /* niè, not miē */
    { "盖", "g" },    /* gě */
    { "朴", "p" },    /* piáo */
};

static char initial_of[LETTERS_END]; /* 0: no letter */
static pthread_once_t once = PTHREAD_ONCE_INIT;

/* What ICU makes of "à\ná\n…": a line for each letter. */
static void read_lines(const UChar *text, int32_t size, const UChar *letters)
{
    int32_t letter = 0;
    bool is_new = true;

    for (int32_t i = 0; i < size; i++) {
        const UChar c = text[i];

        if (c == '\n') {
            letter++;
            is_new = true;
        } else if (is_new && ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))) {
            initial_of[letters[letter]] = (char)c;
            is_new = false;
        }
    }
}

/* The letters from *c on, as many as are asked of ICU together: it moves the rest of
 * its text with every letter it replaces. */
static int32_t next_letters(UChar *c, UChar letters[AT_ONCE], UChar *text)
{
    int32_t count = 0;

    for (; *c < LETTERS_END && count < AT_ONCE; (*c)++) {
        if (!u_isalnum(*c))
            continue;
        text[2 * count] = *c;
        text[2 * count + 1] = '\n';
        letters[count++] = *c;
    }
    return count;
}

static void ask_icu(void)
{
    static const UChar RULES[] = u"Han-Latin; Latin-ASCII; Lower";
    UErrorCode status = U_ZERO_ERROR;
    UTransliterator *reader = utrans_openU(RULES, -1, UTRANS_FORWARD, NULL, 0, NULL, &status);
    UChar letters[AT_ONCE];
    UChar text[AT_ONCE * READING_MAX];
    UChar c = FIRST_TOLD;
    int32_t count;

    assert(U_SUCCESS(status));
    while ((count = next_letters(&c, letters, text)) > 0) {
        int32_t size = 2 * count;
        int32_t limit = size;

        utrans_transUChars(reader, text, &size, AT_ONCE * READING_MAX, 0, &limit, &status);
        assert(U_SUCCESS(status));
        read_lines(text, size, letters);
    }
    utrans_close(reader);
}

static char initial(UChar32 c)
{
    if (c < 0x80)
        return (char)(u_isalnum(c) ? u_tolower(c) : 0);
    return (char)(c >= FIRST_TOLD && c < LETTERS_END ? initial_of[c] : 0);
}

/* Writes a family name that is read as no other word is; returns its length in
 * bytes, 0 when the name begins with none. */
static size_t family(const char *name, char *out, size_t *size)
{
    for (size_t i = 0; i < sizeof FAMILIES / sizeof *FAMILIES; i++) {
        const size_t length = strlen(FAMILIES[i].name);

        if (strncmp(name, FAMILIES[i].name, length) == 0) {
            *size = strlen(FAMILIES[i].initials);
            memcpy(out, FAMILIES[i].initials, *size);
            return length;
        }
    }
    return 0;
}

/* The character at the start of what is valid UTF-8 so far; 0 where it is not. */
static UChar32 character(const char *bytes, size_t size)
{
    const unsigned char first = (unsigned char)bytes[0];
    UChar32 c = size < 2 ? first : first & (0x7F >> size);

    for (size_t i = 1; i < size; i++)
        c = c << 6 | ((unsigned char)bytes[i] & 0x3F);
    return size == 0 ? 0 : c;
}

void pinyin_initials(const char *name, char out[PINYIN_SIZE])
{
    const size_t length = strlen(name);
    size_t size = 0;
    bool in_word = false;

    pthread_once(&once, ask_icu);
    for (size_t i = family(name, out, &size); i < length && size < PINYIN_SIZE - 1;) {
        const size_t width = utf8_character(name + i, length - i);
        const UChar32 c = character(name + i, width);
        const char letter = initial(c);
        const bool joins = c == '\'' || u_getCombiningClass(c) > 0;

        if (letter && (!in_word || c >= FIRST_BLANKLESS))
            out[size++] = letter;
        in_word = (letter && c < FIRST_BLANKLESS) || (in_word && joins);
        i += width > 0 ? width : 1;
    }
    out[size] = '\0';
}
