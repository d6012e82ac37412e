#ifndef API_HANDLERS_H
#define API_HANDLERS_H

#include "api/request.h"

/* Every handler that the endpoint table names, one line each, by file. Each reads
 * the request, asks the engine and writes the answer; false leaves the failure
 * in *f. They run on workers, which may wait for the database. */
#define HANDLER(name) bool name(const struct request *r, struct reply *out, struct fail *f)

/* api/on_enter.c */
HANDLER(on_enter);
HANDLER(on_enter_leave);

/* api/on_service.c */
HANDLER(on_service_health);
HANDLER(on_service_index);
HANDLER(on_service_metrics);
HANDLER(on_service_openapi);
HANDLER(on_service_ready);

/* api/on_grids.c */
HANDLER(on_grids_list);
HANDLER(on_grids_get);
HANDLER(on_grids_create);
HANDLER(on_grids_change);
HANDLER(on_grids_close);
HANDLER(on_grids_import);
HANDLER(on_grids_lay);

/* api/on_lookout_points.c */
HANDLER(on_lookout_points_list);
HANDLER(on_lookout_points_get);
HANDLER(on_lookout_points_create);
HANDLER(on_lookout_points_change);
HANDLER(on_lookout_points_close);
HANDLER(on_lookout_points_import);

/* api/on_places.c */
HANDLER(on_places_search);

/* api/on_stations.c */
HANDLER(on_stations_list);
HANDLER(on_stations_get);
HANDLER(on_stations_create);
HANDLER(on_stations_change);
HANDLER(on_stations_close);
HANDLER(on_stations_import);

/* api/on_people.c */
HANDLER(on_people_list);
HANDLER(on_people_get);
HANDLER(on_people_create);
HANDLER(on_people_change);

/* api/on_nearest.c, api/on_positions.c, api/on_route.c */
HANDLER(on_nearest_find);
HANDLER(on_positions_send);
HANDLER(on_route_find);

#undef HANDLER

#endif
