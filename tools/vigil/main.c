/* The command line: finds the command and hands it the rest. */
#include <stdio.h>
#include <string.h>

#include "tools/vigil/command.h"
#include "tools/vigil/commands.h"

struct entry {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *arguments;
    const char *english;
    const char *chinese;
};

/* In alphabetical order. */
static const struct entry COMMANDS[] = {
    { "audit", audit_command, "verify|head|seal [--head NUMBER:HEX] [--show N]",
      "verify computes the audit's hash chain again; head prints its last link",
      "verify 重新计算审计哈希链；head 输出最后一个环节" },
    { "city", city_command,
      "[--size small|demo|full [--people N] [--on-duty N]] [--stations N] [--lookouts N] "
      "[--grid-side METRES] [--grid-kind square|hexagon] [--seed N]",
      "adds made-up places to an imported city; with --size its organisations and people, too",
      "为已导入的城市添加演示用的点位；给出 --size 时连同组织与人员" },
    { "doctor", doctor_command, "network [--show N] [--json]",
      "tells which streets do not hang together, which barriers cut them off, whom that "
      "concerns, and what the map probably has wrong",
      "检查路网：哪些道路互不连通、由何障碍物隔断、影响哪些站点，以及地图中可疑之处" },
    { "gaps", gaps_command,
      "[--at TIME | --from TIME --to TIME] [--kind plan|actual] [--class CLASS] [--grid ID] "
      "[--org ID] [--format json|geojson|csv|gpkg] [--verify] [--url URL]",
      "asks a server which stretches of streets are not covered; --verify has the list computed "
      "again with GEOS; token from VIGIL_TOKEN",
      "向服务器查询未被覆盖的路段；--verify 用 GEOS 重新计算并比对；令牌取自 VIGIL_TOKEN" },
    { "import", import_command, "FILE [--name CITY] [--attribution TEXT]",
      "reads a city's streets and map from an OpenStreetMap extract",
      "从 OpenStreetMap 数据文件导入城市道路和底图" },
    { "load", load_command,
      "[--rate N [--singles N] [--batch N]] [--incidents N] [--orders N] [--nearest N] "
      "[--for SECONDS] [--url URL,...] [--people N] [--seed N] [--connections N] [--patience MS] "
      "[--grace SECONDS] [--cache-dir DIR] [--watch NAME=PID,...] [--ledger FILE] | --check FILE",
      "offers a server so much a second and keeps a ledger of what it acknowledged; --check "
      "looks for it in the database; tokens from VIGIL_GATEWAY_TOKEN and VIGIL_TOKEN",
      "按给定速率向服务器施加负载，并记下其确认的内容；--check 在数据库中逐项核对；"
      "令牌取自 VIGIL_GATEWAY_TOKEN 与 VIGIL_TOKEN" },
    { "match", match_command, "FILE [--by foot|ebike|car] [--csv]",
      "says by which streets a track went: a GPX file, or a table with the columns time, lon, lat "
      "and perhaps frame and accuracy_m",
      "推断轨迹经过哪些道路：GPX 文件，或含 time、lon、lat 列（可含 frame、accuracy_m）的表格" },
    { "migrate", migrate_command, "[--check]", "brings the database to this program's form",
      "将数据库升级到本程序所需的结构" },
    { "people", people_command, "--count N [--seed S]", "makes volunteers that do not exist",
      "生成虚构的志愿者" },
    { "plan", plan_command,
      "people FILE [--csv] | sites FILE [--effort N] [--gap PERCENT] [--seed N] [--exact] "
      "[--certificate FILE]",
      "plans who goes to which post, with proof that nobody can do it better, and why places stay "
      "empty; or where points should stand, with how much better any plan could be; the file is "
      "JSON",
      "规划人员到岗：给出无法更优的证明，并说明岗位缺人的原因；或规划点位，并给出任何方案的上界；"
      "文件为 JSON" },
    { "simulate", simulate_command,
      "[--people N] [--rate R] [--seed S] [--for SECONDS] [--url URL] [--token-file FILE] "
      "[--frames]",
      "sends people about the city who post their positions, R a second; a gateway's token from "
      "VIGIL_TOKEN",
      "让人员在城中移动并上报位置，每秒 R 次；网关令牌取自 VIGIL_TOKEN" },
    { "token", token_command,
      "create|enter|list|revoke ID [--name TEXT] [--role ROLE] [--org ID] [--person ID] [--days N]",
      "makes, lists and ends tokens; enter makes a one-use code for the console",
      "创建、列出和吊销令牌；enter 生成一次性的控制台登录码" },
    { "verify-plan", verify_plan_command, "FILE [--question DIGEST]",
      "counts a plan's value and bound again from its certificate, and refuses one that is false",
      "根据证书重新计算方案的覆盖值与上界，不成立的证书一律拒绝" },
};

enum { COMMAND_COUNT = sizeof COMMANDS / sizeof COMMANDS[0] };

static void show_help(FILE *out)
{
    fputs(command_say("Usage: vigil COMMAND [ARGUMENTS]\n\n", "用法：vigil 命令 [参数]\n\n"), out);
    for (int i = 0; i < COMMAND_COUNT; i++) {
        fprintf(out, "  vigil %s %s\n", COMMANDS[i].name, COMMANDS[i].arguments);
        fprintf(out, "      %s\n", command_say(COMMANDS[i].english, COMMANDS[i].chinese));
    }
    fputs(
        command_say(
            "\nEvery command takes --database ADDRESS, a libpq string; else VIGIL_DATABASE "
            "counts.\nIt ends with 0 when done, 1 when it failed, 2 when called wrongly, "
            "75 when it\nmay be tried again later, 130 when interrupted.\n",
            "\n每个命令都接受 --database 地址（libpq 连接串），否则使用环境变量 VIGIL_DATABASE。\n"
            "退出码：0 完成，1 失败，2 用法错误，75 可稍后重试，130 被中断。\n"),
        out);
}

int main(int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : "";

    if (strcmp(name, "--version") == 0) {
        puts("vigil " VIGIL_VERSION);
        return COMMAND_DONE;
    }
    if (strcmp(name, "--help") == 0 || strcmp(name, "help") == 0) {
        show_help(stdout);
        return COMMAND_DONE;
    }
    for (int i = 0; i < COMMAND_COUNT; i++)
        if (strcmp(name, COMMANDS[i].name) == 0)
            return COMMANDS[i].run(argc - 1, argv + 1);
    if (name[0])
        fprintf(stderr,
                command_say("vigil: there is no command %.60s\n\n", "vigil: 没有命令 %.60s\n\n"),
                name);
    show_help(stderr);
    return COMMAND_USAGE;
}
