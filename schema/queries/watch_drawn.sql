UPDATE vigil.patrol_opening SET drawn_at = greatest(clock_timestamp(), closes_at) WHERE opening_id = $1::bigint;
