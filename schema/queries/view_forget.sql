-- What a lookout point saw.
DELETE FROM vigil.lookout_view WHERE lookout_point_id = $1::bigint;
