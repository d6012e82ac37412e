/* The family names are those that most people have, the commoner ones more than once;
 * given names are put together freely, so whoever is meant is nobody. */
#include "engine/pretend_names.h"

#include <stdio.h>
#include <string.h>

#include "engine/pinyin.h"

static const char *const FAMILY[] = {
    "王", "王", "王",   "王",   "王",   "王",   "王", "李", "李", "李", "李", "李", "李", "李",
    "张", "张", "张",   "张",   "张",   "张",   "张", "刘", "刘", "刘", "刘", "刘", "陈", "陈",
    "陈", "陈", "杨",   "杨",   "杨",   "黄",   "黄", "赵", "赵", "吴", "吴", "周", "周", "徐",
    "徐", "孙", "孙",   "马",   "马",   "朱",   "胡", "郭", "何", "高", "林", "罗", "郑", "梁",
    "谢", "宋", "唐",   "许",   "韩",   "冯",   "邓", "曹", "彭", "曾", "肖", "田", "董", "袁",
    "潘", "于", "蒋",   "蔡",   "余",   "杜",   "叶", "程", "苏", "魏", "吕", "丁", "任", "沈",
    "姚", "卢", "姜",   "崔",   "钟",   "谭",   "陆", "汪", "范", "金", "石", "廖", "贾", "夏",
    "韦", "傅", "方",   "白",   "邹",   "孟",   "熊", "秦", "邱", "江", "尹", "薛", "闫", "段",
    "雷", "侯", "龙",   "史",   "陶",   "黎",   "贺", "顾", "毛", "郝", "龚", "邵", "万", "钱",
    "严", "覃", "欧阳", "上官", "司马", "诸葛",
};

static const char *const GIVEN[] = {
    "伟", "芳", "娜", "敏", "静", "丽", "强", "磊", "军", "洋", "勇", "艳", "杰", "娟", "涛", "明",
    "超", "霞", "平", "刚", "桂", "英", "华", "玉", "兰", "建", "国", "志", "文", "秀", "珍", "慧",
    "春", "梅", "红", "晓", "宇", "浩", "轩", "子", "涵", "梓", "欣", "怡", "雨", "佳", "俊", "博",
    "思", "远", "海", "林", "云", "龙", "鹏", "飞", "斌", "波", "辉", "燕", "凤", "莉", "萍", "琴",
    "荣", "新", "立", "德", "成", "宏", "永", "庆", "贵", "福", "生", "峰", "亮", "东", "凯", "旭",
    "晨", "阳", "瑞", "琳", "洁", "倩", "悦", "萌", "颖", "璐", "婷", "雪", "莹", "蕾", "菲", "薇",
    "嘉", "景", "祥", "振", "学", "兴", "正", "少", "天", "一", "可", "若", "诗", "语", "书", "安",
};

static const char *const FIRST[] = {
    "河", "青", "双", "新", "太", "安", "石", "王", "张", "大", "小", "东", "西",
    "南", "北", "上", "下", "清", "白", "黄", "古", "龙", "凤", "马", "平", "长",
    "金", "银", "高", "柳", "杨", "桃", "梅", "竹", "松", "云", "水", "湖", "沙",
    "永", "福", "吉", "和", "泰", "仁", "义", "玉", "锦", "祥", "荣",
};

static const char *const SECOND[] = {
    "口", "山", "沟", "安", "平", "桥", "塘", "庄", "楼", "集", "湾",   "岭", "泉",
    "溪", "田", "林", "坡", "坝", "店", "堡", "营", "屯", "岗", "河",   "湖", "塔",
    "寺", "井", "门", "园", "坪", "洲", "港", "渡", "埠", "堰", "圩",   "窑", "埝",
    "阁", "台", "墩", "寨", "关", "亭", "浦", "泽", "川", "原", "台子",
};

#define COUNT(list) ((int32_t)(sizeof(list) / sizeof *(list)))
_Static_assert(sizeof FIRST / sizeof *FIRST * (sizeof SECOND / sizeof *SECOND) >=
                   PRETEND_NAMES_PLACES,
               "every place has a name of its own");

static char family_initials[sizeof FAMILY / sizeof *FAMILY][PINYIN_SIZE];
static char given_initials[sizeof GIVEN / sizeof *GIVEN][PINYIN_SIZE];

/* 1,001 has no divisor in common with 2,500, so every pair is met once. */
void pretend_names_place(int32_t number, char out[PRETEND_NAMES_PLACE_BYTES])
{
    const int32_t pair = (int32_t)((int64_t)number * 1001 % (COUNT(FIRST) * COUNT(SECOND)));

    snprintf(out, PRETEND_NAMES_PLACE_BYTES, "%s%s", FIRST[pair / COUNT(SECOND)],
             SECOND[pair % COUNT(SECOND)]);
}

void pretend_names_open(void)
{
    for (int32_t i = 0; i < COUNT(FAMILY); i++)
        pinyin_initials(FAMILY[i], family_initials[i]);
    for (int32_t i = 0; i < COUNT(GIVEN); i++)
        pinyin_initials(GIVEN[i], given_initials[i]);
}

static int32_t take(uint64_t *draw, int32_t count)
{
    const int32_t taken = (int32_t)(*draw % (uint64_t)count);

    *draw /= (uint64_t)count;
    return taken;
}

void pretend_names_person(uint64_t draw, struct pretend_names_person *out)
{
    const int32_t family = take(&draw, COUNT(FAMILY));
    const int32_t first = take(&draw, COUNT(GIVEN));
    const bool two = take(&draw, 100) < 85;
    const int32_t second = take(&draw, COUNT(GIVEN));

    snprintf(out->name, sizeof out->name, "%s%s%s", FAMILY[family], GIVEN[first],
             two ? GIVEN[second] : "");
    snprintf(out->initials, sizeof out->initials, "%.2s%.1s%.1s", family_initials[family],
             given_initials[first], two ? given_initials[second] : "");
}
