#ifndef ENGINE_PINYIN_H
#define ENGINE_PINYIN_H

/* The initials that a name is typed by: 王小明 is "wxm", 单田芳 is "stf" (as a family
 * name 单 is read shàn), 阿卜杜拉·买买提 is "abdlmmt", "Åsa Öberg" is "ao". Small Latin
 * letters and digits: one for each Chinese character, of Latin the first of each
 * word; other scripts have none. Any thread. */
enum { PINYIN_SIZE = 68 /* bytes with the NUL: what is longer is cut */ };

void pinyin_initials(const char *name, char out[PINYIN_SIZE]);

#endif
