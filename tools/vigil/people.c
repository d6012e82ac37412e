/* vigil people --count N [--seed S]: volunteers that do not exist, for trying the
 * city out. The same seed makes the same people. */
#include "engine/people.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/ids.h"
#include "engine/pgwire.h"
#include "engine/pinyin.h"
#include "tools/vigil/chance.h"
#include "tools/vigil/command.h"
#include "tools/vigil/commands.h"

enum { COUNT_MAX = 1000000, COLUMNS = 7, ROWS_AT_ONCE = 20000, SKILL_BITS = 63 };

/* The hundred commonest family names hold 85 of 100 people; these are the first
 * forty, the commoner ones more than once. */
static const char *const FAMILY[] = {
    "王", "王", "王", "王", "李", "李", "李", "李", "张", "张", "张", "张", "刘", "刘",   "刘",
    "陈", "陈", "陈", "杨", "杨", "黄", "黄", "赵", "赵", "吴", "吴", "周", "周", "徐",   "孙",
    "马", "朱", "胡", "郭", "何", "林", "高", "罗", "郑", "梁", "谢", "宋", "唐", "许",   "韩",
    "邓", "冯", "曹", "彭", "曾", "肖", "田", "董", "潘", "袁", "蔡", "蒋", "余", "欧阳",
};

static const char *const GIVEN[] = {
    "伟", "芳", "娜", "敏", "静", "丽", "强", "磊", "军", "洋", "勇", "艳", "杰", "娟", "涛",
    "明", "超", "霞", "平", "刚", "桂", "英", "华", "玉", "兰", "建", "国", "志", "文", "秀",
    "珍", "慧", "春", "梅", "红", "晓", "宇", "浩", "轩", "子", "涵", "梓", "欣", "怡", "雨",
    "佳", "俊", "博", "思", "远", "海", "林", "云", "龙", "鹏", "飞", "斌", "波", "辉", "燕",
};

enum { FAMILIES = sizeof FAMILY / sizeof *FAMILY, GIVENS = sizeof GIVEN / sizeof *GIVEN };

/* Of a hundred people so many have the skill, by bit. */
static const int32_t SKILL_PER_CENT[] = { 30, 15, 8, 4, 5, 1, 20, 12, 10, 2 };

static void put_text(struct buf *rows, const char *text)
{
    pgwire_bytes(rows, text, (int32_t)strlen(text));
}

static void put_person(struct buf *rows, int64_t person_id, struct chance *chance)
{
    char initials[PINYIN_SIZE];
    const char *family = FAMILY[chance_pick(chance, FAMILIES)];
    const char *first = GIVEN[chance_pick(chance, GIVENS)];
    const char *second = chance_pick(chance, 100) < 70 ? GIVEN[chance_pick(chance, GIVENS)] : "";
    const int32_t way = chance_pick(chance, 100);
    const enum mode mode = way < 55 ? MODE_FOOT : way < 85 ? MODE_EBIKE : MODE_CAR;
    uint64_t skills = 0;
    char name[64];

    for (size_t i = 0; i < sizeof SKILL_PER_CENT / sizeof *SKILL_PER_CENT; i++)
        if (chance_pick(chance, 100) < SKILL_PER_CENT[i])
            skills |= 1ULL << i;
    snprintf(name, sizeof name, "%s%s%s", family, first, second);
    pgwire_row(rows, COLUMNS);
    pgwire_int8(rows, person_id);
    put_text(rows, name);
    put_text(rows, network_mode_word(mode));
    pgwire_int8(rows, (int64_t)skills);
    pgwire_bytes(rows, chance_pick(chance, 100) < 95 ? "\1" : "\0", 1); /* on duty */
    pgwire_bytes(rows, "\1", 1);                                        /* agrees to be located */
    pinyin_initials(name, initials);
    put_text(rows, initials);
}

static bool add_some(struct db *db, struct ids *ids, int64_t count, struct chance *chance,
                     struct fail *f)
{
    struct buf rows = { 0 };
    bool is_good = true;

    pgwire_copy_begin(&rows);
    for (int64_t i = 0; is_good && i < count; i++) {
        int64_t person_id;

        is_good = ids_take(ids, db, &person_id, f);
        if (is_good)
            put_person(&rows, person_id, chance);
    }
    pgwire_copy_end(&rows);
    is_good = is_good && db_load(db, "person", QUERIES_PEOPLE_COPY, &rows, f);
    buf_free(&rows);
    return is_good;
}

static bool add_all(struct db *db, int64_t count, uint64_t seed, struct fail *f)
{
    struct chance chance = { seed };
    struct ids *ids = ids_new();
    bool is_good = true;

    for (int64_t done = 0; is_good && done < count; done += ROWS_AT_ONCE)
        is_good = add_some(db, ids, count - done < ROWS_AT_ONCE ? count - done : ROWS_AT_ONCE,
                           &chance, f);
    ids_free(ids);
    return is_good;
}

int people_command(int argc, char **argv)
{
    const char *count_text = NULL;
    const char *seed_text = "1";
    const struct command_option options[] = { { .name = "count", .value = &count_text },
                                              { .name = "seed", .value = &seed_text } };
    struct command_line line;
    struct fail f = { 0 };
    int64_t count, seed;

    if (!command_read(argc, argv, options, 2, 0, &line, &f) ||
        !command_number("count", count_text, 1, COUNT_MAX, &count, &f) ||
        !command_number("seed", seed_text, 0, INT64_MAX, &seed, &f))
        return command_fail(&f);

    struct db *db = command_city(&f);

    if (!db)
        return command_fail(&f);
    const bool is_good = add_all(db, count, (uint64_t)seed, &f);

    db_close(db);
    if (!is_good)
        return command_fail(&f);
    printf(command_say("%lld volunteers made\n", "已生成 %lld 名志愿者\n"), (long long)count);
    return COMMAND_DONE;
}
