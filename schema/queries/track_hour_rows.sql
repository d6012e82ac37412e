SELECT person_id, fixes FROM vigil.track_hour WHERE hour_us = $1::bigint ORDER BY person_id, part;
