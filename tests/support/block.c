/* Worlds without a database. */
#include "tests/support/block.h"

#include "tests/support/check_near.h"

#include "engine/city.h"
#include "tests/support/town.h"

const struct point BLOCK_PORTO = { -8.61, 41.15 };
const struct point BLOCK_BEIJING = { 116.39, 39.9 };

struct world *block_world(struct world_slot *slot, int32_t side, struct point south_west)
{
    struct arena *a = arena_new();
    const struct network *n = town_blocks(side, south_west, a);
    const struct streets streets = { .city_name = "Blocks",
                                     .attribution = "made up",
                                     .south_west = south_west,
                                     .north_east = point_from_e7(n->node_at[n->node_count - 1]),
                                     .network = *n };
    struct fail f = { 0 };
    struct world *w = city_world(slot, &streets, a, &f);

    if (!w)
        fail_msg("%s", f.text);
    return w;
}

/* Nodes are numbered row by row from the south-west; a block is 0.001 degrees and
 * is said to be 100 m long. */
static const char IMPORT[] =
    "UPDATE vigil.import SET current = false;"
    "UPDATE vigil.segment SET valid_to = now() WHERE valid_to IS NULL;"
    "INSERT INTO vigil.import (file_name, file_sha256, city_name, attribution, finished_at, "
    "current)"
    " VALUES ('blocks.osm', '', 'Blocks', 'made up', now(), true);"
    "INSERT INTO vigil.segment (way_id, from_node, to_node, ordinal, start_cm, length_cm, class,"
    "                           access, name, geom, import_id)"
    " SELECT upward * 1000 + line, a, b, 0, block * 10000, 10000, 5, 63,"
    "        CASE upward WHEN 0 THEN 'Row ' ELSE 'Column ' END || line,"
    "        ST_SetSRID(ST_MakeLine("
    "            ST_MakePoint(west + mod(a, n) * 0.001, south + a / n * 0.001),"
    "            ST_MakePoint(west + mod(b, n) * 0.001, south + b / n * 0.001)), 4326),"
    "        currval('vigil.import_import_id_seq')"
    " FROM (SELECT upward, line, block, west, south, n,"
    "              CASE upward WHEN 0 THEN line * n + block ELSE block * n + line END AS a,"
    "              CASE upward WHEN 0 THEN line * n + block + 1 ELSE (block + 1) * n + line END AS "
    "b"
    "       FROM (SELECT %.7f::float8 AS west, %.7f::float8 AS south, %d AS n) AS city,"
    "            generate_series(0, 1) AS upward, generate_series(0, n - 1) AS line,"
    "            generate_series(0, n - 2) AS block) AS piece"
    " ORDER BY upward, line, block";

void block_import(struct database *d, int32_t side, struct point south_west)
{
    struct fail f;

    if (!db_script(d->db, arena_text(d->arena, IMPORT, south_west.lon, south_west.lat, side + 1),
                   &f))
        fail_msg("%s", f.text);
}
