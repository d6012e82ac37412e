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
HANDLER(on_enter_session);

/* api/on_tokens.c */
HANDLER(on_tokens_list);
HANDLER(on_tokens_create);
HANDLER(on_tokens_close);

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
HANDLER(on_people_close);

/* api/on_people_files.c */
HANDLER(on_people_files_import);
HANDLER(on_people_files_export);

/* api/on_memberships.c, api/on_credentials.c */
HANDLER(on_memberships_list);
HANDLER(on_memberships_create);
HANDLER(on_memberships_close);
HANDLER(on_credentials_list);
HANDLER(on_credentials_expiring);
HANDLER(on_credentials_create);
HANDLER(on_credentials_change);
HANDLER(on_credentials_close);

/* api/on_orgs.c */
HANDLER(on_orgs_list);
HANDLER(on_orgs_get);
HANDLER(on_orgs_create);
HANDLER(on_orgs_change);
HANDLER(on_orgs_close);

/* api/on_org_files.c */
HANDLER(on_org_files_import);
HANDLER(on_org_files_export);

/* api/on_hot_spots.c */
HANDLER(on_hot_spots_list);
HANDLER(on_hot_spots_get);
HANDLER(on_hot_spots_create);
HANDLER(on_hot_spots_change);
HANDLER(on_hot_spots_close);

/* api/on_weights.c */
HANDLER(on_weights_list);
HANDLER(on_weights_use);

/* api/on_mutual_aid.c */
HANDLER(on_mutual_aid_list);
HANDLER(on_mutual_aid_get);
HANDLER(on_mutual_aid_create);
HANDLER(on_mutual_aid_change);
HANDLER(on_mutual_aid_close);

/* api/on_sites.c */
HANDLER(on_sites_list);
HANDLER(on_sites_get);
HANDLER(on_sites_create);
HANDLER(on_sites_change);
HANDLER(on_sites_close);
HANDLER(on_sites_import);

/* api/on_squads.c */
HANDLER(on_squads_list);
HANDLER(on_squads_get);
HANDLER(on_squads_create);
HANDLER(on_squads_change);
HANDLER(on_squads_close);
HANDLER(on_squads_members);
HANDLER(on_squads_join);
HANDLER(on_squads_leave);

/* api/on_doubts.c */
HANDLER(on_doubts_list);
HANDLER(on_doubts_clear);

/* api/on_devices.c */
HANDLER(on_devices_list);
HANDLER(on_devices_create);
HANDLER(on_devices_get);
HANDLER(on_devices_change);
HANDLER(on_devices_close);
HANDLER(on_devices_rotate);
/* api/on_trackers.c */
HANDLER(on_trackers_packed);
HANDLER(on_trackers_osmand);
HANDLER(on_trackers_owntracks);

/* api/on_duties.c */
HANDLER(on_duties_set);
HANDLER(on_duties_set_mine);
HANDLER(on_duties_list);

/* api/on_matrix.c, api/on_nearest.c, api/on_positions.c, api/on_reach.c, api/on_route.c */
HANDLER(on_matrix_find);
HANDLER(on_nearest_find);
HANDLER(on_positions_send);
HANDLER(on_reach_find);
HANDLER(on_route_find);

/* api/on_audits.c */
HANDLER(on_audits_list);
HANDLER(on_audits_head);

/* api/on_events.c */
HANDLER(on_events);

/* api/on_incidents.c, api/on_incident_types.c */
HANDLER(on_incidents_list);
HANDLER(on_incidents_get);
HANDLER(on_incidents_create);
HANDLER(on_incidents_change);
HANDLER(on_incidents_act);
HANDLER(on_incidents_timeline);
HANDLER(on_incidents_reveal);
HANDLER(on_incident_types_list);
HANDLER(on_incident_types_create);
HANDLER(on_incident_types_change);

/* api/on_dispatches.c */
HANDLER(on_dispatches_list);
HANDLER(on_dispatches_create);
HANDLER(on_dispatches_get);
HANDLER(on_dispatches_own);
HANDLER(on_dispatches_step);

/* api/on_consents.c */
HANDLER(on_consents_texts);
HANDLER(on_consents_list);
HANDLER(on_consents_record);
HANDLER(on_consents_own);
HANDLER(on_consents_say);

/* api/on_enrolments.c */
HANDLER(on_enrolments_code_make);
HANDLER(on_enrolments_code_list);
HANDLER(on_enrolments_code_get);
HANDLER(on_enrolments_code_qr);
HANDLER(on_enrolments_code_close);
HANDLER(on_enrolments_look);
HANDLER(on_enrolments_ask);
HANDLER(on_enrolments_claim);
HANDLER(on_enrolments_list);
HANDLER(on_enrolments_approve);
HANDLER(on_enrolments_refuse);

/* api/on_me.c */
HANDLER(on_me_get);
HANDLER(on_me_correct);
HANDLER(on_me_export);
HANDLER(on_me_withdraw);

/* api/on_reveals.c */
HANDLER(on_reveals_look);
HANDLER(on_reveals_erase);
HANDLER(on_reveals_receipts);

/* api/on_shifts.c, api/on_signups.c, api/on_beats.c, api/on_patrols.c, api/on_claims.c,
 * api/on_hours.c */
HANDLER(on_shifts_template_list);
HANDLER(on_shifts_template_create);
HANDLER(on_shifts_template_get);
HANDLER(on_shifts_template_close);
HANDLER(on_shifts_template_weeks);
HANDLER(on_shifts_list);
HANDLER(on_shifts_create);
HANDLER(on_shifts_get);
HANDLER(on_shifts_cancel);
HANDLER(on_shifts_code);
HANDLER(on_signups_list_of_shift);
HANDLER(on_signups_of_shift);
HANDLER(on_signups_get);
HANDLER(on_signups_approve);
HANDLER(on_signups_confirm);
HANDLER(on_signups_cancel);
HANDLER(on_signups_swap);
HANDLER(on_signups_take);
HANDLER(on_signups_check_in);
HANDLER(on_signups_check_out);
HANDLER(on_beats_list);
HANDLER(on_beats_create);
HANDLER(on_beats_get);
HANDLER(on_beats_close);
HANDLER(on_beats_geojson);
HANDLER(on_patrols_plan_list);
HANDLER(on_patrols_plan_create);
HANDLER(on_patrols_plan_get);
HANDLER(on_patrols_plan_close);
HANDLER(on_patrols_plan_months);
HANDLER(on_patrols_opening);
HANDLER(on_patrols_day_list);
HANDLER(on_patrols_day_get);
HANDLER(on_shifts_day_code);
HANDLER(on_claims_list);
HANDLER(on_claims_create);
HANDLER(on_patrols_calendar);
HANDLER(on_claims_get);
HANDLER(on_claims_confirm);
HANDLER(on_claims_cancel);
HANDLER(on_claims_start);
HANDLER(on_claims_pause);
HANDLER(on_claims_resume);
HANDLER(on_claims_finish);
HANDLER(on_claims_abandon);
HANDLER(on_claims_swap);
HANDLER(on_signups_list_of_claim);
HANDLER(on_signups_of_claim);
HANDLER(on_hours_list);
HANDLER(on_hours_export);
HANDLER(on_hours_get);
HANDLER(on_hours_reverse);
HANDLER(on_hours_balance);
HANDLER(on_signups_mine);
HANDLER(on_claims_mine);
HANDLER(on_hours_mine);
HANDLER(on_hours_my_balance);

/* api/on_proofs.c */
HANDLER(on_proofs_get);
HANDLER(on_proofs_geojson);
HANDLER(on_proofs_again);
HANDLER(on_proofs_credit);

/* api/on_network.c */
HANDLER(on_network_report);

/* api/on_speeds.c */
HANDLER(on_speeds_list);
HANDLER(on_speeds_set);

/* api/on_nodes.c */
HANDLER(on_nodes_list);

/* api/on_fences.c */
HANDLER(on_fences_list);
HANDLER(on_fences_create);
HANDLER(on_fences_get);
HANDLER(on_fences_change);
HANDLER(on_fences_close);
HANDLER(on_fences_visits);
HANDLER(on_fences_absences);

/* api/on_bus_lines.c */
HANDLER(on_bus_lines_list);
HANDLER(on_bus_lines_create);
HANDLER(on_bus_lines_get);
HANDLER(on_bus_lines_change);
HANDLER(on_bus_lines_close);
HANDLER(on_bus_lines_buses);

/* api/on_closures.c: on_closures_streets shows everyone's, without whose or why. */
HANDLER(on_closures_list);
HANDLER(on_closures_create);
HANDLER(on_closures_get);
HANDLER(on_closures_change);
HANDLER(on_closures_lift);
HANDLER(on_closures_streets);

/* api/on_speed_hours.c */
HANDLER(on_speed_hours_list);
HANDLER(on_speed_hours_put);

/* api/on_jobs.c */
HANDLER(on_jobs_list);
HANDLER(on_jobs_get);
HANDLER(on_jobs_cancel);
HANDLER(on_jobs_cover);

/* api/on_cover_classes.c */
HANDLER(on_cover_classes_list);
HANDLER(on_cover_classes_put);

/* api/on_cover_hours.c */
HANDLER(on_cover_hours_list);

/* api/on_city.c */
HANDLER(on_city_get);

/* api/on_console.c: pages and files, open to anyone. They hold nothing of the
 * city: what they show they ask for, signed in. */
HANDLER(on_console_home);
HANDLER(on_console_enter);
HANDLER(on_console_enrol);
HANDLER(on_console_me);
HANDLER(on_console_file);
HANDLER(on_console_folder_file);

/* api/on_style.c: the map as a MapLibre style, which names no glyphs and no
 * sprite: text is drawn with the viewer's own fonts. */
HANDLER(on_style_get);

/* api/on_tiles.c: one vector tile of one layer, or of several whose names are
 * joined by commas, empty where there is nothing; and its TileJSON 3.0. */
HANDLER(on_tiles_get);
HANDLER(on_tiles_describe);

/* api/on_tracks.c: where a person was, and those who went to an incident. */
HANDLER(on_tracks_person);
HANDLER(on_tracks_incident);
HANDLER(on_tracks_matched);

/* api/on_matches.c: tracks that are sent along, on the streets. */
HANDLER(on_matches_find);

/* api/on_coverages.c, api/on_gaps.c, api/on_what_if.c */
HANDLER(on_coverages_get);
HANDLER(on_gaps_list);
HANDLER(on_what_if_find);

#undef HANDLER

#endif
